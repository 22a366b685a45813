import { type Arg, argument, int } from "../../config/arg.ts";
import { hexadecimalDigit } from "../../http/octets.ts";
import { optionalPlace } from "../args.ts";
import { defineFetch } from "../declare.ts";
import { Reads } from "../reads.ts";
import { SampleType } from "../sample.ts";
import type { ContentView } from "../stream-view.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.5; distcc protocol 1 to 3";
const TOKEN_SIZE = 4;
const PARAMETER_SIZE = 8;
const HEAD_SIZE = TOKEN_SIZE + PARAMETER_SIZE;
/** Tokens whose parameter is a number in itself; that of others is the size of what follows. */
const BODILESS: readonly string[] = ["DIST", "ARGC", "NFIL", "STAT", "DONE"];

const tokenName: Arg<string> = argument("token", (text, refuse) =>
  text.length === TOKEN_SIZE ? text : refuse("token name must be exactly 4 characters."),
);
const OCCURRENCE = optionalPlace(int("occ", { min: -2_147_483_648 }));

/** Four octets as one number. */
function numberOf(text: string): number {
  return Buffer.from(text, "latin1").readUInt32BE(0);
}

const BODILESS_NUMBERS: ReadonlySet<number> = new Set(BODILESS.map(numberOf));

/** A token of a message, rewritten in place by {@link findToken}. */
const token = { parameter: 0, bodyStart: 0 };

/** Reads eight hexadecimal digits; -1 where there are others. */
function parameterAt(bytes: Uint8Array, start: number): number {
  let value = 0;
  for (let at = start; at < start + PARAMETER_SIZE; at++) {
    const digit = hexadecimalDigit(bytes[at]!);
    if (digit === -1) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** Finds an occurrence of a token among those that have come; false where it is not there. */
function findToken(content: ContentView, wanted: number, occurrence: number): boolean {
  const { bytes } = content;
  let left = Math.max(1, occurrence);
  let at = content.start;
  while (at + HEAD_SIZE <= content.end) {
    const name =
      ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
    const parameter = parameterAt(bytes, at + TOKEN_SIZE);
    if (parameter === -1) return false;
    at += HEAD_SIZE;
    if (name === wanted && --left === 0) {
      token.parameter = parameter;
      token.bodyStart = at;
      return true;
    }
    if (!BODILESS_NUMBERS.has(name)) at += parameter;
  }
  return false;
}

/** `distcc_param`. */
export const distccParam = defineFetch({
  name: "distcc_param",
  summary: "Gives the number behind a token of a distcc message, such as the size of a file",
  source: SOURCE,
  output: SampleType.INTEGER,
  reads: Reads.REQUEST_CONTENT,
  args: [tokenName, OCCURRENCE],
  compile([name, occurrence = 0]) {
    const wanted = numberOf(name);
    return (sample, { requestContent }) => {
      if (requestContent === null) return false;
      if (!findToken(requestContent, wanted, occurrence)) {
        sample.mayChange = !requestContent.isComplete;
        return false;
      }
      sample.setInteger(token.parameter);
      return true;
    };
  },
});

/** `distcc_body`. Of a body that is on its way it gives what has come. */
export const distccBody = defineFetch({
  name: "distcc_body",
  summary: "Gives what follows a token of a distcc message, such as a file's name",
  source: SOURCE,
  output: SampleType.BINARY,
  reads: Reads.REQUEST_CONTENT,
  args: [tokenName, OCCURRENCE],
  compile([name, occurrence = 0]) {
    const wanted = numberOf(name);
    return (sample, { requestContent }) => {
      if (requestContent === null) return false;
      const isFound = findToken(requestContent, wanted, occurrence);
      if (!isFound || BODILESS_NUMBERS.has(wanted)) {
        sample.mayChange = !isFound && !requestContent.isComplete;
        return false;
      }
      const { bytes, end, isComplete } = requestContent;
      const wantedEnd = token.bodyStart + token.parameter;
      sample.setBytes(SampleType.BINARY, bytes, token.bodyStart, Math.min(wantedEnd, end));
      sample.mayChange = wantedEnd > end && !isComplete;
      return true;
    };
  },
});
