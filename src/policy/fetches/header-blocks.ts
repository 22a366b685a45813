import type { Head } from "../../http/head.ts";
import { COLON, CR, LF, SPACE } from "../../http/octets.ts";
import { octets, optionalPlace } from "../args.ts";
import { defineFetch, type Fetch } from "../declare.ts";
import { type MessageSide, REQUEST, RESPONSE } from "../message-side.ts";
import { lowerOctet } from "../octet-case.ts";
import { SampleType } from "../sample.ts";
import { ScratchText } from "../scratch-text.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.6";
const COMMA = 0x2c;

/** Kept per thread: one text is made at a time. */
const text = new ScratchText();

/** Makes a text of all header lines, which are there in the order that they came. */
function ofLines(
  side: MessageSide,
  type: SampleType,
  addLine: (head: Head, line: number, isFirst: boolean) => void,
  addEnd: () => void,
): Fetch {
  return (sample, view) => {
    const head = side.headOf(view);
    if (head === null) {
      sample.mayChange = side.isAwaited(view);
      return false;
    }
    text.begin(view);
    let isFirst = true;
    for (let line = 0; line < head.fieldCount; line++) {
      if (head.isRemoved(line)) continue;
      addLine(head, line, isFirst);
      isFirst = false;
    }
    addEnd();
    // A list that is cut would be taken for a whole one.
    return !text.isCut && text.finish(sample, type);
  };
}

/** Names are told in lower case, as versions 2 and 3 of HTTP have them. */
function addName(head: Head, line: number): void {
  const end = head.nameEnd(line);
  for (let at = head.nameStart(line); at < end; at++) text.byte(lowerOctet(head.bytes[at]!));
}

/** Adds a size as SPOE encodes it: one byte up to 239, then 4 bits and groups of 7. */
function addSize(size: number): void {
  if (size < 240) {
    text.byte(size);
    return;
  }
  text.byte((size & 15) | 240);
  let rest = (size - 240) >>> 4;
  while (rest >= 128) {
    text.byte((rest & 127) | 128);
    rest = (rest - 128) >>> 7;
  }
  text.byte(rest);
}

function defineNames(side: MessageSide) {
  return defineFetch({
    name: `${side.prefix}.hdr_names`,
    summary: `Gives the names of the headers of ${side.what}, joined by a comma or another character`,
    source: SOURCE,
    output: SampleType.STRING,
    reads: side.reads,
    args: [optionalPlace(octets("delim"))],
    compile: ([delimiter]) => {
      const octet = delimiter?.[0] ?? COMMA;
      return ofLines(
        side,
        SampleType.STRING,
        (head, line, isFirst) => {
          if (!isFirst) text.byte(octet);
          addName(head, line);
        },
        () => {},
      );
    },
  });
}

function defineBlock(side: MessageSide) {
  return defineFetch({
    name: `${side.prefix}.hdrs`,
    summary: `Gives all header lines of ${side.what}, and the empty line behind them`,
    source: SOURCE,
    output: SampleType.STRING,
    reads: side.reads,
    args: [],
    compile: () =>
      ofLines(
        side,
        SampleType.STRING,
        (head, line) => {
          addName(head, line);
          text.byte(COLON);
          text.byte(SPACE);
          text.add(head.bytes, head.valueStart(line), head.valueEnd(line));
          addLineEnd();
        },
        addLineEnd,
      ),
  });
}

function addLineEnd(): void {
  text.byte(CR);
  text.byte(LF);
}

function defineBinary(side: MessageSide) {
  return defineFetch({
    name: `${side.prefix}.hdrs_bin`,
    summary: `Gives names and values of the headers of ${side.what}, each behind its size`,
    source: SOURCE,
    output: SampleType.BINARY,
    reads: side.reads,
    args: [],
    compile: () =>
      ofLines(
        side,
        SampleType.BINARY,
        (head, line) => {
          addSize(head.nameEnd(line) - head.nameStart(line));
          addName(head, line);
          addSize(head.valueEnd(line) - head.valueStart(line));
          text.add(head.bytes, head.valueStart(line), head.valueEnd(line));
        },
        () => {
          addSize(0);
          addSize(0);
        },
      ),
  });
}

export const reqHdrNames = defineNames(REQUEST);
export const reqHdrs = defineBlock(REQUEST);
export const reqHdrsBin = defineBinary(REQUEST);
export const resHdrNames = defineNames(RESPONSE);
export const resHdrs = defineBlock(RESPONSE);
export const resHdrsBin = defineBinary(RESPONSE);
