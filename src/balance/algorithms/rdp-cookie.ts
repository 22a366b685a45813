import type { ByteRange } from "../../base/byte-range.ts";
import { optional, text } from "../../config/arg.ts";
import {
  AlgorithmKind,
  type BalancerContext,
  type BalanceStream,
  defineAlgorithm,
} from "../algorithm.ts";
import { findRdpCookie } from "../rdp-cookie-scan.ts";
import { HashBalancer } from "./hash-balancer.ts";

/** The cookie that clients set to the name of the user. */
const NAME_DEFAULT = "mstshash";

/** Hashes a cookie of the Remote Desktop Protocol. */
class RdpCookieHash extends HashBalancer {
  readonly #name: Uint8Array;

  constructor(name: string, context: BalancerContext) {
    super(context);
    this.#name = Buffer.from(name.toLowerCase(), "latin1");
  }

  /** @hot */
  override findKey(stream: BalanceStream, key: ByteRange): boolean {
    return stream.findClientBytes(key) && findRdpCookie(key, this.#name);
  }
}

/** `balance rdp-cookie`. */
export const rdpCookie = defineAlgorithm({
  name: "rdp-cookie",
  summary: "Hashes a cookie of the Remote Desktop Protocol, so that a user keeps a server",
  source: "HAProxy configuration manual, section 4.2, balance",
  args: [optional(text("name"))],
  parameterCount: 1,
  kind: AlgorithmKind.HASH,
  needsHttp: false,
  make: ([name = NAME_DEFAULT], context) => new RdpCookieHash(name, context),
});
