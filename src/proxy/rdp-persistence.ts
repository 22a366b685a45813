import { findRdpCookie } from "../balance/rdp-cookie-scan.ts";
import type { Server } from "../balance/server.ts";
import { ByteRange } from "../base/byte-range.ts";
import { definePart } from "../config/part.ts";
import { AddressFamily } from "../sys/socket-address.ts";

/** Name of the cookie that terminal servers give. */
export const RDP_COOKIE_NAME = "msts";

/** `persist rdp-cookie`: the cookie's name, or "". */
export const RDP_PERSISTENCE = definePart<{ name: string }>("rdp persistence", () => ({
  name: "",
}));

const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/**
 * Binds clients of terminal servers to their server, by the address that the cookie in their first
 * bytes holds: `address.port.reserved`, decimal numbers of the bytes as they lie in memory.
 *
 * Source: HAProxy configuration manual, section 4.2 (`persist rdp-cookie`); MS-RDPBCGR section 2.2.1.1.
 */
export class RdpPersistence {
  readonly #name: Uint8Array;
  readonly #servers: readonly Server[];
  /** `option persist`: a server that is down is meant all the same. */
  readonly #ignoresDown: boolean;
  readonly #range = new ByteRange();
  /** Where the reading of a cookie stands. */
  #at = 0;

  constructor(name: string, servers: readonly Server[], ignoresDown: boolean) {
    this.#name = new Uint8Array(Buffer.from(name.toLowerCase(), "latin1"));
    this.#servers = servers;
    this.#ignoresDown = ignoresDown;
  }

  /**
   * The server that the client's first bytes name, or null.
   *
   * @hot
   */
  findServer(bytes: Uint8Array, start: number, end: number): Server | null {
    const range = this.#range;
    range.set(bytes, start, end);
    if (!findRdpCookie(range, this.#name)) return null;
    this.#at = range.start;
    const address = this.#number();
    const port = this.#number();
    if (address < 0 || port < 0 || address > 0xffff_ffff || port > 0xffff) return null;
    return this.#serverAt(swap32(address), ((port & 0xff) << 8) | (port >>> 8));
  }

  #serverAt(word: number, port: number): Server | null {
    const servers = this.#servers;
    for (let index = 0; index < servers.length; index++) {
      const server = servers[index]!;
      const { address } = server;
      if (address.family !== AddressFamily.INET || address.port !== port) continue;
      if (address.word3 >>> 0 !== word) continue;
      if (server.isRunning || this.#ignoresDown) return server;
    }
    return null;
  }

  /** Reads a decimal number and the dot behind it; -1 where that is not what stands there. */
  #number(): number {
    const { bytes, end } = this.#range;
    const start = this.#at;
    let value = 0;
    let at = start;
    for (; at < end && bytes[at]! >= ZERO && bytes[at]! <= NINE; at++) {
      value = Math.min(value * 10 + bytes[at]! - ZERO, Number.MAX_SAFE_INTEGER);
    }
    this.#at = at + 1;
    return at === start || at >= end || bytes[at] !== DOT ? -1 : value;
  }
}

/** The bytes of a word in the other order. */
function swap32(word: number): number {
  const low = ((word & 0xff) << 24) | ((word & 0xff00) << 8);
  return (low | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}
