import type { ByteRange } from "../../base/byte-range.ts";
import { type Arg, int, REFUSED } from "../../config/arg.ts";
import {
  AlgorithmKind,
  type BalancerContext,
  type BalanceStream,
  defineAlgorithm,
} from "../algorithm.ts";
import { HashBalancer } from "./hash-balancer.ts";

const SLASH = 0x2f;
const QUESTION_MARK = 0x3f;

/** What of a target is hashed. 0 is no limit. */
interface UriOptions {
  sizeMax: number;
  slashesMax: number;
  hasQuery: boolean;
  isPathOnly: boolean;
}

/** Hashes the target, or its beginning. */
class UriHash extends HashBalancer {
  readonly #sizeMax: number;
  readonly #slashesMax: number;
  readonly #hasQuery: boolean;
  readonly #isPathOnly: boolean;

  constructor(options: UriOptions, context: BalancerContext) {
    super(context);
    this.#sizeMax = options.sizeMax;
    this.#slashesMax = options.slashesMax;
    this.#hasQuery = options.hasQuery;
    this.#isPathOnly = options.isPathOnly;
  }

  /** @hot */
  override findKey(stream: BalanceStream, key: ByteRange): boolean {
    const isFound = this.#isPathOnly ? stream.findPath(key) : stream.findTarget(key);
    if (!isFound) return false;
    const { bytes, start } = key;
    let { end } = key;
    if (this.#sizeMax > 0 && end - start > this.#sizeMax) end = start + this.#sizeMax;
    let slashes = 0;
    for (let at = start; at < end; at++) {
      const octet = bytes[at]!;
      const isPastDepth = octet === SLASH && ++slashes > this.#slashesMax && this.#slashesMax > 0;
      if (isPastDepth || (octet === QUESTION_MARK && !this.#hasQuery)) end = at;
    }
    key.end = end;
    return true;
  }
}

const limit = int("number", { min: 1 });

/** Options in any order, until the line ends. */
const options: Arg<UriOptions> = {
  name: "options",
  syntax: "[len <length>] [depth <depth>] [whole] [path-only]",
  read(words, diagnostics) {
    const read: UriOptions = { sizeMax: 0, slashesMax: 0, hasQuery: false, isPathOnly: false };
    let isRefused = false;
    for (let word = words.next(); word !== undefined; word = words.next()) {
      switch (word.text) {
        case "whole":
          read.hasQuery = true;
          break;
        case "path-only":
          read.isPathOnly = true;
          break;
        case "len":
        case "depth": {
          const number = limit.read(words.named(word, word.text, "'balance uri'"), diagnostics);
          words.next();
          if (number === REFUSED) isRefused = true;
          else if (word.text === "len") read.sizeMax = number;
          else read.slashesMax = number;
          break;
        }
        default:
          isRefused = true;
          diagnostics.error(
            word,
            `balance uri only accepts parameters 'len', 'depth', 'path-only', and 'whole' (got '${word.text}').`,
          );
      }
    }
    return isRefused ? REFUSED : read;
  },
};

/** `balance uri`. */
export const uri = defineAlgorithm({
  name: "uri",
  summary: "Hashes the target of the request, so that each document keeps its server",
  source: "HAProxy configuration manual, section 4.2, balance",
  args: [options],
  parameterCount: 0,
  kind: AlgorithmKind.HASH,
  needsHttp: true,
  make: ([uriOptions], context) => new UriHash(uriOptions, context),
});
