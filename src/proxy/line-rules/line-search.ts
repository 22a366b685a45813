import type { Head } from "../../http/head.ts";
import { copyBytes, SPACE } from "../../http/octets.ts";
import type { Scratch } from "../../policy/scratch.ts";
import type { StreamControl } from "../../policy/stream-control.ts";
import { type Pattern, PatternResult } from "../../sys/pcre2.ts";

const HTTP_10 = new TextEncoder().encode("HTTP/1.0");
const HTTP_11 = new TextEncoder().encode("HTTP/1.1");
/** Blanks, status digits and the version of a start line. */
const START_LINE_OVERHEAD = 16;
const ZERO = 0x30;

/**
 * A regular expression that is held against whole lines of a head: the start line, then `Name: value`
 * of each field as it lies. One per rule and thread.
 */
export class LineSearch {
  readonly pattern: Pattern;
  /** The subject of the last search. */
  bytes: Uint8Array = HTTP_11;
  start = 0;
  end = 0;
  readonly #onTooMuchWork: () => void;

  /** @param onTooMuchWork - Is told when a match was given up; the line then counts as another. */
  constructor(pattern: Pattern, onTooMuchWork: () => void) {
    this.pattern = pattern;
    this.#onTooMuchWork = onTooMuchWork;
  }

  /** Does it match any line of the head? */
  matchesAny(head: Head, control: StreamControl): boolean {
    if (this.matchesStart(head, control)) return true;
    for (let index = 0; index < head.fieldCount; index++) {
      if (!head.isRemoved(index) && this.matchesField(head, index)) return true;
    }
    return false;
  }

  /** Does it match the request line, or the status line? */
  matchesStart(head: Head, { scratch }: StreamControl): boolean {
    this.bytes = scratch.bytes;
    this.start = scratch.take();
    this.end = writeStartLine(head, scratch, this.start);
    return this.end !== -1 && this.#matches();
  }

  /** Does it match a field's line? */
  matchesField(head: Head, index: number): boolean {
    this.bytes = head.bytes;
    this.start = head.nameStart(index);
    this.end = head.valueEnd(index);
    return this.#matches();
  }

  #matches(): boolean {
    const found = this.pattern.matchBytes(this.bytes, this.start, this.end);
    if (found === PatternResult.TOO_MUCH_WORK) this.#onTooMuchWork();
    return found > 0;
  }
}

/** Puts the start line together, which edits may have scattered; -1 when it does not fit. */
function writeStartLine(head: Head, { bytes, slotSize }: Scratch, at: number): number {
  const size = head.isRequest
    ? head.methodEnd - head.methodStart + head.targetEnd - head.targetStart
    : head.reasonEnd - head.reasonStart;
  if (size + head.versionEnd - head.versionStart + START_LINE_OVERHEAD > slotSize) return -1;
  if (!head.isRequest) return writeStatusLine(head, bytes, at);
  let to = copyBytes(bytes, at, head.bytes, head.methodStart, head.methodEnd);
  bytes[to++] = SPACE;
  to = copyBytes(bytes, to, head.bytes, head.targetStart, head.targetEnd);
  bytes[to++] = SPACE;
  return writeVersion(head, bytes, to);
}

function writeStatusLine(head: Head, bytes: Uint8Array, at: number): number {
  let to = writeVersion(head, bytes, at);
  bytes[to++] = SPACE;
  bytes[to++] = ZERO + Math.floor(head.status / 100);
  bytes[to++] = ZERO + (Math.floor(head.status / 10) % 10);
  bytes[to++] = ZERO + (head.status % 10);
  bytes[to++] = SPACE;
  return copyBytes(bytes, to, head.bytes, head.reasonStart, head.reasonEnd);
}

function writeVersion(head: Head, bytes: Uint8Array, at: number): number {
  const { versionStart, versionEnd } = head;
  if (versionEnd > versionStart) return copyBytes(bytes, at, head.bytes, versionStart, versionEnd);
  return copyBytes(bytes, at, head.version === 10 ? HTTP_10 : HTTP_11, 0, HTTP_11.length);
}
