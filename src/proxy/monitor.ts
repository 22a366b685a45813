import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";
import { isSame } from "../http/cookie-scan.ts";
import type { Head } from "../http/head.ts";
import type { Condition } from "../policy/condition.ts";
import type { Network } from "../policy/patterns/network.ts";
import { Truth } from "../policy/truth.ts";
import { AddressFamily, type SocketAddress } from "../sys/socket-address.ts";
import type { PolicyView } from "./policy-view.ts";

/** What a frontend says of requests that only ask whether it is there. */
export interface MonitorSettings {
  /** `monitor-uri`, or "". */
  uri: string;
  /** `monitor fail` lines: the words of each condition. */
  readonly failures: (readonly Word[])[];
  /** `monitor-net`; null without one. */
  network: Network | null;
}

/** The part of a section that holds it. */
export const MONITOR = definePart<MonitorSettings>("monitor", () => ({
  uri: "",
  failures: [],
  network: null,
}));

const SLASH = 0x2f;

/**
 * The requests of a monitor, which a frontend answers at once: nobody else sees them, and they are
 * not logged.
 *
 * Source: HAProxy configuration manual, section 4.2 (`monitor-uri`).
 */
export class Monitor {
  readonly #uri: Uint8Array;
  /** It is compared with the path: a client may send the whole URI. */
  readonly #isPath: boolean;

  readonly #failures: readonly Condition[];

  /** @param failures - One that holds is enough for a failure. */
  constructor(uri: string, failures: readonly Condition[] = []) {
    this.#failures = failures;
    this.#uri = new Uint8Array(Buffer.from(uri, "latin1"));
    this.#isPath = this.#uri[0] === SLASH;
  }

  /** @hot */
  isAskedBy(request: Head): boolean {
    const start = this.#isPath ? request.pathStart : request.targetStart;
    return isSame(request.bytes, start, request.targetEnd, this.#uri);
  }

  /** Does a condition of `monitor fail` hold? */
  fails(view: PolicyView): boolean {
    return this.#failures.some((condition) => condition.test(view) === Truth.YES);
  }
}

/**
 * The machines of a monitor, which only ask whether somebody listens: their connections are closed
 * at once, in HTTP mode with a word of success, and nobody else hears of them.
 *
 * Source: HAProxy configuration manual, section 4.2 (`monitor-net`), of earlier versions.
 */
export class MonitorNetwork {
  readonly #isIpv6: boolean;
  readonly #words: Network["words"];
  readonly #masks: readonly [number, number, number, number];

  constructor({ isIpv6, words, bits, mask }: Network) {
    this.#isIpv6 = isIpv6;
    this.#words = words;
    this.#masks = isIpv6
      ? [maskOf(bits), maskOf(bits - 32), maskOf(bits - 64), maskOf(bits - 96)]
      : [0, 0, 0, mask];
  }

  /** @hot */
  holds(client: SocketAddress): boolean {
    if (client.family !== (this.#isIpv6 ? AddressFamily.INET6 : AddressFamily.INET)) return false;
    const words = this.#words;
    const masks = this.#masks;
    return (
      (client.word3 & masks[3]) >>> 0 === words[3] >>> 0 &&
      (!this.#isIpv6 ||
        ((client.word0 & masks[0]) >>> 0 === words[0] >>> 0 &&
          (client.word1 & masks[1]) >>> 0 === words[1] >>> 0 &&
          (client.word2 & masks[2]) >>> 0 === words[2] >>> 0))
    );
  }
}

function maskOf(bits: number): number {
  if (bits >= 32) return 0xffff_ffff;
  return bits <= 0 ? 0 : (0xffff_ffff << (32 - bits)) >>> 0;
}
