import { ByteRange } from "../../base/byte-range.ts";
import { type Arg, text } from "../../config/arg.ts";
import {
  AlgorithmKind,
  type BalancerContext,
  type BalanceStream,
  defineAlgorithm,
} from "../algorithm.ts";
import { HashBalancer } from "./hash-balancer.ts";

const AMPERSAND = 0x26;
const EQUALS_SIGN = 0x3d;
const QUESTION_MARK = 0x3f;

/** Hashes the value of a parameter of the query or, where that has none, of the body of a POST. */
class UrlParameterHash extends HashBalancer {
  readonly waitsForBody: boolean;
  readonly #name: Uint8Array;
  readonly #body = new ByteRange();

  constructor(name: string, checksPost: boolean, context: BalancerContext) {
    super(context);
    this.#name = Buffer.from(name, "latin1");
    this.waitsForBody = checksPost;
  }

  /** @hot */
  override findKey(stream: BalanceStream, key: ByteRange): boolean {
    if (!stream.findTarget(key)) return false;
    const { bytes, start, end } = key;
    let at = start;
    while (at < end && bytes[at] !== QUESTION_MARK) at++;
    if (this.#findValue(bytes, at + 1, end, key)) return true;
    const body = this.#body;
    if (!this.waitsForBody || !stream.findBody(body)) return false;
    return this.#findValue(body.bytes, body.start, body.end, key);
  }

  /** Names are compared as they are, and nothing is decoded. A name without an equals sign is none. */
  #findValue(bytes: Uint8Array, start: number, end: number, key: ByteRange): boolean {
    const name = this.#name;
    let at = start;
    while (at + name.length < end) {
      let matched = 0;
      while (matched < name.length && bytes[at + matched] === name[matched]) matched++;
      const isFound = matched === name.length && bytes[at + matched] === EQUALS_SIGN;
      let partEnd = at;
      while (partEnd < end && bytes[partEnd] !== AMPERSAND) partEnd++;
      if (isFound) {
        key.set(bytes, at + name.length + 1, partEnd);
        return true;
      }
      at = partEnd + 1;
    }
    return false;
  }
}

/** `check_post`, with a number that has had no meaning for long, or nothing. */
const checkPost: Arg<boolean> = {
  name: "check_post",
  syntax: "[check_post [<max_wait>]]",
  read(words, diagnostics) {
    const word = words.next();
    if (word === undefined) return false;
    if (word.text !== "check_post") {
      diagnostics.error(
        word,
        `balance url_param only accepts 'check_post' modifier (got '${word.text}').`,
      );
      return false;
    }
    const wait = words.next();
    if (wait !== undefined && !/^[0-9]+$/.test(wait.text)) {
      diagnostics.error(
        wait,
        `balance url_param : 'check_post' takes a number only (got '${wait.text}').`,
        "Leave it out: it has no effect any more",
      );
    }
    return true;
  },
};

/** `balance url_param`. */
export const urlParam = defineAlgorithm({
  name: "url_param",
  summary:
    "Hashes a parameter of the query or of the body of a POST, so that a user keeps a server",
  source: "HAProxy configuration manual, section 4.2, balance",
  args: [text("param"), checkPost],
  parameterCount: 0,
  kind: AlgorithmKind.HASH,
  needsHttp: true,
  make: ([name, checksPost], context) => new UrlParameterHash(name, checksPost, context),
});
