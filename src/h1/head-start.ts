import type { Head } from "../http/head.ts";
import { CR, LF } from "../http/octets.ts";
import { refuse } from "./field-parser.ts";
import { ParseError } from "./parse-error.ts";

/**
 * Tells that a line ends within these bytes: a head that is not whole is worth another look.
 *
 * @hot
 */
export function hasLineEnd(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === LF) return true;
  return false;
}

/**
 * Tells that the bytes which came since the last look bring no line end, so that the head cannot be
 * complete. A head that comes byte by byte is thereby scanned once a line, not once a byte.
 *
 * @hot
 */
export function skipsScan(bytes: Uint8Array, start: number, end: number, head: Head): boolean {
  if (head.scannedSize === 0) return false;
  if (hasLineEnd(bytes, start + head.scannedSize, end)) return false;
  head.scannedSize = end - start;
  return true;
}

/**
 * Returns the offset of the start line after any empty lines (RFC 9112 section 2.2), `end` when more
 * bytes are needed, or a reason.
 *
 * @hot
 */
export function skipEmptyLines(bytes: Uint8Array, start: number, end: number, head: Head): number {
  let at = start;
  while (at < end && bytes[at] === CR) {
    if (at + 1 === end) return end;
    if (bytes[at + 1] !== LF) return refuse(head, at, ParseError.BARE_LINE_END);
    at += 2;
  }
  return at;
}
