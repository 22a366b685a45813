import type { CapturedTexts } from "../captured-texts.ts";
import { defineField, FieldFlag } from "../field.ts";
import type { LineWriter } from "../line-writer.ts";

const source = "HAProxy configuration manual, sections 8.7 and 8.8";
const QUOTE = 0x22;
const SPACE = 0x20;
const DASH = 0x2d;
const OPEN = 0x7b;
const BAR = 0x7c;
const CLOSE = 0x7d;

/** The captured request cookie. */
export const requestCookie = defineField({
  name: "CC",
  summary: "Captured request cookie",
  source,
  isHttpOnly: true,
  write(line, record, flags) {
    line.flagged(record.requestCookie, flags);
  },
});

/** The captured response cookie. */
export const responseCookie = defineField({
  name: "CS",
  summary: "Captured response cookie",
  source,
  isHttpOnly: true,
  write(line, record, flags) {
    line.flagged(record.responseCookie, flags);
  },
});

/** Captured request headers between braces. */
export const requestCaptures = defineField({
  name: "hr",
  summary: "Captured request headers between braces, bars between them",
  source,
  mayVanish: true,
  write(line, record, flags) {
    writeBraces(line, record.requestCaptures, flags);
  },
});

/** Captured request headers as a list. */
export const requestCaptureList = defineField({
  name: "hrl",
  summary: "Captured request headers, one place each",
  source,
  mayVanish: true,
  write(line, record, flags) {
    writeList(line, record.requestCaptures, flags);
  },
});

/** Captured response headers between braces. */
export const responseCaptures = defineField({
  name: "hs",
  summary: "Captured response headers between braces, bars between them",
  source,
  mayVanish: true,
  write(line, record, flags) {
    writeBraces(line, record.responseCaptures, flags);
  },
});

/** Captured response headers as a list. */
export const responseCaptureList = defineField({
  name: "hsl",
  summary: "Captured response headers, one place each",
  source,
  mayVanish: true,
  write(line, record, flags) {
    writeList(line, record.responseCaptures, flags);
  },
});

/** @hot */
function writeBraces(line: LineWriter, captures: CapturedTexts, flags: number): void {
  if (captures.count === 0) return;
  const isQuoted = (flags & FieldFlag.QUOTE) !== 0;
  if (isQuoted) line.byte(QUOTE);
  line.byte(OPEN);
  for (let index = 0; index < captures.count; index++) {
    if (index > 0) line.byte(BAR);
    line.encodedCapture(captures.bytes, captures.startOf(index), captures.endOf(index), flags);
  }
  line.byte(CLOSE);
  if (isQuoted) line.byte(QUOTE);
}

/** @hot */
function writeList(line: LineWriter, captures: CapturedTexts, flags: number): void {
  const isQuoted = (flags & FieldFlag.QUOTE) !== 0;
  for (let index = 0; index < captures.count; index++) {
    const start = captures.startOf(index);
    const end = captures.endOf(index);
    if (index > 0) line.byte(SPACE);
    if (isQuoted) line.byte(QUOTE);
    else if (start === end) line.byte(DASH);
    line.encodedCapture(captures.bytes, start, end, flags);
    if (isQuoted) line.byte(QUOTE);
  }
}
