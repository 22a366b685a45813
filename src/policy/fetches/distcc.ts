import { type Arg, argument, int } from "../../config/arg.ts";
import { hexadecimalDigit } from "../../http/octets.ts";
import { optionalPlace } from "../args.ts";
import { defineFetch } from "../declare.ts";
import { Reads } from "../reads.ts";
import { type Sample, SampleType } from "../sample.ts";
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
const token = { parameter: 0, hasBody: false, bodyStart: 0 };

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
    const hasBody = !BODILESS_NUMBERS.has(name);
    at += HEAD_SIZE;
    if (name === wanted && --left === 0) {
      token.parameter = parameter;
      token.hasBody = hasBody;
      token.bodyStart = at;
      return true;
    }
    if (hasBody) at += parameter;
  }
  return false;
}

/** A fetch that looks at {@link token}, once it is found. */
function defineTokenFetch(
  name: string,
  summary: string,
  output: SampleType,
  give: (sample: Sample, content: ContentView) => boolean,
) {
  return defineFetch({
    name,
    summary,
    source: SOURCE,
    output,
    reads: Reads.REQUEST_CONTENT,
    args: [tokenName, OCCURRENCE],
    compile([wantedName, occurrence = 0]) {
      const wanted = numberOf(wantedName);
      return (sample, { requestContent }) => {
        if (requestContent === null) return false;
        if (findToken(requestContent, wanted, occurrence)) return give(sample, requestContent);
        sample.mayChange = !requestContent.isComplete;
        return false;
      };
    },
  });
}

/** `distcc_param`. */
export const distccParam = defineTokenFetch(
  "distcc_param",
  "Gives the number behind a token of a distcc message, such as the size of a file",
  SampleType.INTEGER,
  (sample) => {
    sample.setInteger(token.parameter);
    return true;
  },
);

/** `distcc_body`. Of a body that is on its way it gives what has come. */
export const distccBody = defineTokenFetch(
  "distcc_body",
  "Gives what follows a token of a distcc message, such as a file's name",
  SampleType.BINARY,
  (sample, { bytes, end, isComplete }) => {
    if (!token.hasBody) return false;
    const wantedEnd = token.bodyStart + token.parameter;
    sample.setBytes(SampleType.BINARY, bytes, token.bodyStart, Math.min(wantedEnd, end));
    sample.mayChange = wantedEnd > end && !isComplete;
    return true;
  },
);
