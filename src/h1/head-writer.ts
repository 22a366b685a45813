import type { Head } from "../http/head.ts";
import { CR, copyBytes, LF, SPACE } from "../http/octets.ts";

const HTTP_10 = new TextEncoder().encode("HTTP/1.0");
const HTTP_11 = new TextEncoder().encode("HTTP/1.1");
/** Blanks, status digits and the CRLF of a start line, and the largest version of our own. */
const START_LINE_OVERHEAD = 16;

/**
 * Writes the start line, the field lines and the empty line, edits applied, and returns the offset
 * just past them; -1 when they do not fit before `limit` (then what lies from `at` on is undefined).
 * Neighbouring lines that still lie together are copied in one go.
 *
 * @hot
 * @param into - The slab of the head, or other memory; the target must not overlap the head.
 */
export function writeHead(head: Head, into: Uint8Array, at: number, limit: number): number {
  const { bytes, fieldCount } = head;
  let to = at;
  let runStart = head.start;
  let runEnd = head.startLineEnd;
  if (head.isStartLineEdited) {
    to = writeStartLine(head, into, at, limit);
    if (to === -1) return -1;
    runStart = runEnd;
  }
  for (let index = 0; index < fieldCount; index++) {
    if (head.isRemoved(index)) continue;
    const lineStart = head.nameStart(index);
    if (lineStart !== runEnd) {
      if (to + runEnd - runStart > limit) return -1;
      to = copyBytes(into, to, bytes, runStart, runEnd);
      runStart = lineStart;
    }
    runEnd = head.lineEnd(index);
  }
  if (to + runEnd - runStart + 2 > limit) return -1;
  to = copyBytes(into, to, bytes, runStart, runEnd);
  into[to] = CR;
  into[to + 1] = LF;
  return to + 2;
}

function writeStartLine(head: Head, into: Uint8Array, at: number, limit: number): number {
  const { bytes, isRequest } = head;
  const versionSize = head.versionEnd - head.versionStart;
  const size = isRequest
    ? head.methodEnd - head.methodStart + head.targetEnd - head.targetStart
    : head.reasonEnd - head.reasonStart;
  if (at + size + versionSize + START_LINE_OVERHEAD > limit) return -1;
  let to = at;
  if (isRequest) {
    to = copyBytes(into, to, bytes, head.methodStart, head.methodEnd);
    into[to++] = SPACE;
    to = copyBytes(into, to, bytes, head.targetStart, head.targetEnd);
    into[to++] = SPACE;
    to = writeVersion(head, into, to);
  } else {
    to = writeVersion(head, into, to);
    into[to++] = SPACE;
    into[to++] = 0x30 + Math.floor(head.status / 100);
    into[to++] = 0x30 + (Math.floor(head.status / 10) % 10);
    into[to++] = 0x30 + (head.status % 10);
    into[to++] = SPACE;
    to = copyBytes(into, to, bytes, head.reasonStart, head.reasonEnd);
  }
  into[to] = CR;
  into[to + 1] = LF;
  return to + 2;
}

/** Writes the received version, or ours when the received one is not to be sent on. */
function writeVersion(head: Head, into: Uint8Array, at: number): number {
  const { versionStart, versionEnd } = head;
  if (versionEnd > versionStart) return copyBytes(into, at, head.bytes, versionStart, versionEnd);
  const own = head.version === 10 ? HTTP_10 : HTTP_11;
  return copyBytes(into, at, own, 0, own.length);
}
