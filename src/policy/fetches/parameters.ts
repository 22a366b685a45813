import type { Arg } from "../../config/arg.ts";
import { argument } from "../../config/arg.ts";
import { octets, octetsOf, optionalPlace } from "../args.ts";
import { defineFetch, type Fetch } from "../declare.ts";
import { readIntegerPrefix } from "../integer-text.ts";
import { nextParameter, type ParameterSearch } from "../parameters.ts";
import { Reads } from "../reads.ts";
import { type Sample, SampleType } from "../sample.ts";
import { ofRequestHead } from "./request-line.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.6";
const QUESTION_MARK = 0x3f;
const AMPERSAND = 0x26;

const delimiter: Arg<number> = argument("delim", (value, refuse) =>
  value.length === 1
    ? octetsOf(value)[0]!
    : refuse(`expects one character for <delim>, but got '${value}'.`),
);
const letterCase: Arg<boolean> = argument("i", (value, refuse) =>
  value === "i" ? true : refuse(`expects 'i', which ignores case, but got '${value}'.`),
);

const args = [
  optionalPlace(octets("name")),
  optionalPlace(delimiter),
  optionalPlace(letterCase),
] as const;

function searchOf(
  name: Uint8Array | undefined,
  octet: number,
  ignoresCase: boolean | undefined,
): ParameterSearch {
  return {
    name: name === undefined || name.length === 0 ? null : name,
    delimiter: octet,
    ignoresCase: ignoresCase === true,
  };
}

/** Finds parameters of the target, which start behind the first delimiter. */
function ofTarget(
  search: ParameterSearch,
  iterates: boolean,
  finish: (sample: Sample) => void,
): Fetch {
  return ofRequestHead((head, sample) => {
    const { bytes, targetEnd } = head;
    let start = head.targetStart;
    while (start < targetEnd && bytes[start] !== search.delimiter) start++;
    if (!nextParameter(bytes, start + 1, targetEnd, search, sample)) return false;
    finish(sample);
    sample.hasMore = iterates;
    return true;
  });
}

/** `url_param`. */
export const urlParam = defineFetch({
  name: "url_param",
  aliases: ["urlp"],
  summary: "Gives a parameter of the query: the first one, or each in conditions",
  source: SOURCE,
  output: SampleType.STRING,
  reads: Reads.REQUEST_HEAD,
  hasMatches: true,
  args,
  compile: ([name, delim = QUESTION_MARK, ignoresCase], { iterates }) =>
    ofTarget(searchOf(name, delim, ignoresCase), iterates, () => {}),
});

/** `urlp_val`. */
export const urlpVal = defineFetch({
  name: "urlp_val",
  summary: "Gives a parameter of the query as an integer",
  source: SOURCE,
  output: SampleType.INTEGER,
  reads: Reads.REQUEST_HEAD,
  args,
  compile: ([name, delim = QUESTION_MARK, ignoresCase], { iterates }) =>
    ofTarget(searchOf(name, delim, ignoresCase), iterates, (sample) =>
      readIntegerPrefix(sample, sample.bytes, sample.start, sample.end),
    ),
});

/** `req.body_param`. */
export const reqBodyParam = defineFetch({
  name: "req.body_param",
  summary:
    "Gives a parameter of a form in the request's body: the first one, or each in conditions",
  source: SOURCE,
  output: SampleType.STRING,
  reads: Reads.REQUEST_BODY,
  hasMatches: true,
  args: [optionalPlace(octets("name")), optionalPlace(letterCase)],
  compile: ([name, ignoresCase], { iterates }) => {
    const search = searchOf(name, AMPERSAND, ignoresCase);
    return (sample, view) => {
      const body = view.requestBody;
      if (body === null) {
        sample.mayChange = view.awaitsRequest;
        return false;
      }
      if (!nextParameter(body.bytes, body.start, body.end, search, sample)) return false;
      sample.hasMore = iterates;
      return true;
    };
  },
});
