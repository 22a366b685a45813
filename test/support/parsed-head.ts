import { writeHead } from "../../src/h1/head-writer.ts";
import { ParseError } from "../../src/h1/parse-error.ts";
import { LENIENT, STRICT } from "../../src/h1/parse-options.ts";
import { parseRequest } from "../../src/h1/request-parser.ts";
import { parseResponse } from "../../src/h1/response-parser.ts";
import { Head } from "../../src/http/head.ts";

/** Where a message is laid in its slab: not at 0, so that a forgotten offset shows. */
export const MESSAGE_START = 512;
const EDIT_AREA_SIZE = 4096;
const WRITE_AREA_SIZE = 65_536;

/** What came of parsing a text, with the head ready to be looked at, edited and written. */
export interface ParsedHead {
  /** Size of the head from the message's start, 0 for more bytes, or the reason. */
  readonly result: number;
  /** The reason's name, or an empty text. */
  readonly refusal: string;
  readonly head: Head;
  /** The field lines as text, removed ones left out. */
  readonly lines: readonly string[];
  /** The head as it would be sent on. */
  written(): string;
}

/** What to parse a text as. */
export interface ParseCase {
  readonly isResponse?: boolean;
  readonly isLenient?: boolean;
  readonly linesMax?: number;
  /** Sizes at which the parser is called before the whole text is there. */
  readonly cuts?: readonly number[];
}

/** Lays a text of latin1 into a slab and parses it as a head. */
export function parseHead(text: string, options: ParseCase = {}): ParsedHead {
  const size = text.length;
  const buffer = new ArrayBuffer(MESSAGE_START + size + EDIT_AREA_SIZE + WRITE_AREA_SIZE);
  const bytes = new Uint8Array(buffer).fill(0x0a);
  const words = new DataView(buffer);
  bytes.set(Buffer.from(text, "latin1"), MESSAGE_START);
  const head = new Head(options.linesMax ?? 101);
  head.clear();
  const parse = options.isResponse === true ? parseResponse : parseRequest;
  const parseOptions = options.isLenient === true ? LENIENT : STRICT;
  const end = MESSAGE_START + size;
  for (const cut of options.cuts ?? []) {
    const early = parse(bytes, words, MESSAGE_START, MESSAGE_START + cut, head, parseOptions);
    if (early < 0) return describeHead(early, head);
  }
  const result = parse(bytes, words, MESSAGE_START, end, head, parseOptions);
  head.setEditArea(end, end + EDIT_AREA_SIZE);
  return describeHead(result > 0 ? result - MESSAGE_START : result, head);
}

/** The name of a parse error. */
export function refusalName(reason: number): string {
  return Object.entries(ParseError).find(([, code]) => code === reason)?.[0] ?? "";
}

function describeHead(result: number, head: Head): ParsedHead {
  const lines: string[] = [];
  for (let index = 0; index < head.fieldCount; index++) {
    if (head.isRemoved(index)) continue;
    const name = head.text(head.nameStart(index), head.nameEnd(index));
    lines.push(`${name}: ${head.valueText(index)}`);
  }
  return {
    result,
    refusal: refusalName(result),
    head,
    lines,
    written() {
      const into = new Uint8Array(WRITE_AREA_SIZE);
      const end = writeHead(head, into, 0, into.length);
      return end === -1 ? "" : Buffer.from(into.subarray(0, end)).toString("latin1");
    },
  };
}
