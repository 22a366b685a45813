import type { ByteRange } from "../../base/byte-range.ts";
import { oneOf, optional, text } from "../../config/arg.ts";
import {
  AlgorithmKind,
  type BalancerContext,
  type BalanceStream,
  defineAlgorithm,
} from "../algorithm.ts";
import { HashBalancer } from "./hash-balancer.ts";

const TAB = 0x09;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const DOT = 0x2e;
const BACKSLASH = 0x5c;

/** Hashes the first value of a header, or the main part of the domain that it names. */
class HeaderHash extends HashBalancer {
  readonly #name: Uint8Array;
  readonly #isDomain: boolean;

  constructor(name: string, isDomain: boolean, context: BalancerContext) {
    super(context);
    this.#name = Buffer.from(name, "latin1");
    this.#isDomain = isDomain;
  }

  /** @hot */
  override findKey(stream: BalanceStream, key: ByteRange): boolean {
    if (!stream.findHeader(this.#name, key)) return false;
    takeFirstOfList(key);
    if (key.size === 0) return false;
    if (this.#isDomain) takeMainDomain(key);
    return true;
  }
}

/** Narrows a value to what stands before its first comma that is not quoted. */
function takeFirstOfList(value: ByteRange): void {
  const { bytes, start, end } = value;
  let isQuoted = false;
  let at = start;
  for (; at < end; at++) {
    const octet = bytes[at]!;
    if (octet === QUOTE) isQuoted = !isQuoted;
    else if (octet === BACKSLASH && isQuoted) at++;
    else if (octet === COMMA && !isQuoted) break;
  }
  let last = Math.min(at, end);
  while (last > start && (bytes[last - 1] === SPACE || bytes[last - 1] === TAB)) last--;
  value.end = last;
}

/**
 * Narrows `www.example.com` to `example`: what stands before the last dot, from the dot before that
 * on. A value without a dot, or with one at its very start only, is taken whole.
 */
function takeMainDomain(value: ByteRange): void {
  const { bytes, start, end } = value;
  let last = end - 1;
  while (last > start && bytes[last] !== DOT) last--;
  if (last <= start) return;
  let before = last - 2;
  while (before >= start && bytes[before] !== DOT) before--;
  value.start = before < start ? start : before + 1;
  value.end = last;
}

/** `balance hdr`. */
export const hdr = defineAlgorithm({
  name: "hdr",
  summary: "Hashes the first value of a header of the request",
  source: "HAProxy configuration manual, section 4.2, balance",
  args: [text("name"), optional(oneOf("modifier", ["use_domain_only"]))],
  parameterCount: 1,
  kind: AlgorithmKind.HASH,
  needsHttp: true,
  make: ([name, modifier], context) => new HeaderHash(name, modifier !== undefined, context),
});
