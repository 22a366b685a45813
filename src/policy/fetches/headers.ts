import { int } from "../../config/arg.ts";
import { FieldName } from "../../http/field-name.ts";
import { COLON } from "../../http/octets.ts";
import { octets, optionalPlace } from "../args.ts";
import { castSample } from "../casts.ts";
import { defineFetch, type Fetch } from "../declare.ts";
import { countValues, HeaderReading, nextValue, valueAt } from "../header-values.ts";
import { readIntegerPrefix } from "../integer-text.ts";
import { type MessageSide, REQUEST, RESPONSE } from "../message-side.ts";
import { type Sample, SampleType } from "../sample.ts";
import type { StreamView } from "../stream-view.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.6";

/** Occurrences that the reference can count. */
const OCCURRENCE = int("occ", { min: -256, max: 256 });

const args = [optionalPlace(octets("name")), optionalPlace(OCCURRENCE)] as const;

/** What is made of each value that is found. */
type Finish = (sample: Sample, view: StreamView) => boolean;

const asIs: Finish = () => true;

/** Without a name all fields count. */
function fieldOf(name: Uint8Array | undefined): FieldName | null {
  return name === undefined || name.length === 0 ? null : new FieldName(name);
}

/** Gives one occurrence, or, in conditions that name none, all of them one after the other. */
function values(
  side: MessageSide,
  reading: HeaderReading,
  name: Uint8Array | undefined,
  occurrence: number | undefined,
  iterates: boolean,
  finish: Finish,
): Fetch {
  const field = fieldOf(name);
  const position = occurrence ?? -1;
  const isOne = !iterates || occurrence !== undefined;
  return (sample, view) => {
    const head = side.headOf(view);
    if (head === null) {
      sample.mayChange = side.isAwaited(view);
      return false;
    }
    if (isOne) return valueAt(head, field, reading, position, sample) && finish(sample, view);
    // A value that cannot be read as what is wanted is passed over.
    while (nextValue(head, field, reading, sample)) {
      if (!finish(sample, view)) continue;
      sample.hasMore = true;
      return true;
    }
    return false;
  };
}

function defineHeader(
  side: MessageSide,
  name: string,
  aliases: readonly string[],
  reading: HeaderReading,
) {
  const each = reading === HeaderReading.LINES ? "line" : "value";
  return defineFetch({
    name,
    aliases,
    summary: `Gives a ${each} of a header of ${side.what}: the last one, or each in conditions`,
    source: SOURCE,
    output: SampleType.STRING,
    reads: side.reads,
    hasMatches: true,
    args,
    compile: ([header, occurrence], { iterates }) =>
      values(side, reading, header, occurrence, iterates, asIs),
  });
}

function defineCount(
  side: MessageSide,
  name: string,
  aliases: readonly string[],
  reading: HeaderReading,
) {
  const each = reading === HeaderReading.LINES ? "lines" : "values";
  return defineFetch({
    name,
    aliases,
    summary: `Counts the ${each} of a header of ${side.what}`,
    source: SOURCE,
    output: SampleType.INTEGER,
    reads: side.reads,
    args: [optionalPlace(octets("name"))],
    compile: ([header]) => {
      const field = fieldOf(header);
      return (sample, view) => {
        const head = side.headOf(view);
        if (head === null) {
          sample.mayChange = side.isAwaited(view);
          return false;
        }
        sample.setInteger(countValues(head, field, reading, sample));
        return true;
      };
    },
  });
}

const toInteger: Finish = (sample) => {
  readIntegerPrefix(sample, sample.bytes, sample.start, sample.end);
  return true;
};

/** @hot */
function hasColon({ bytes, start, end }: Sample): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === COLON) return true;
  return false;
}

const toAddress: Finish = (sample, view) => {
  const isIpv6 = hasColon(sample);
  return castSample(sample, isIpv6 ? SampleType.IPV6 : SampleType.IPV4, view);
};

function defineTyped(
  side: MessageSide,
  name: string,
  aliases: readonly string[],
  output: SampleType,
  what: string,
  finish: Finish,
) {
  return defineFetch({
    name,
    aliases,
    summary: `Gives a value of a header of ${side.what} as ${what}`,
    source: SOURCE,
    output,
    reads: side.reads,
    args,
    compile: ([header, occurrence], { iterates }) =>
      values(side, HeaderReading.VALUES, header, occurrence, iterates, finish),
  });
}

export const reqHdr = defineHeader(REQUEST, "req.hdr", ["hdr"], HeaderReading.VALUES);
export const reqFhdr = defineHeader(REQUEST, "req.fhdr", [], HeaderReading.LINES);
export const reqHdrCnt = defineCount(REQUEST, "req.hdr_cnt", ["hdr_cnt"], HeaderReading.VALUES);
export const reqFhdrCnt = defineCount(REQUEST, "req.fhdr_cnt", [], HeaderReading.LINES);
export const reqHdrVal = defineTyped(
  REQUEST,
  "req.hdr_val",
  ["hdr_val"],
  SampleType.INTEGER,
  "an integer",
  toInteger,
);
export const reqHdrIp = defineTyped(
  REQUEST,
  "req.hdr_ip",
  ["hdr_ip"],
  SampleType.ADDRESS,
  "an address",
  toAddress,
);

export const resHdr = defineHeader(RESPONSE, "res.hdr", ["shdr"], HeaderReading.VALUES);
export const resFhdr = defineHeader(RESPONSE, "res.fhdr", [], HeaderReading.LINES);
export const resHdrCnt = defineCount(RESPONSE, "res.hdr_cnt", ["shdr_cnt"], HeaderReading.VALUES);
export const resFhdrCnt = defineCount(RESPONSE, "res.fhdr_cnt", [], HeaderReading.LINES);
export const resHdrVal = defineTyped(
  RESPONSE,
  "res.hdr_val",
  ["shdr_val"],
  SampleType.INTEGER,
  "an integer",
  toInteger,
);
export const resHdrIp = defineTyped(
  RESPONSE,
  "res.hdr_ip",
  ["shdr_ip"],
  SampleType.ADDRESS,
  "an address",
  toAddress,
);
