import type { Head } from "../http/head.ts";
import { Method } from "../http/methods.ts";
import { CR, LF, SPACE, skipSpaces } from "../http/octets.ts";
import { refuse } from "./field-parser.ts";
import { ParseError } from "./parse-error.ts";

const DOT = 0x2e;
const SLASH = 0x2f;
const ASTERISK = 0x2a;

const PROTOCOL = new TextEncoder().encode("HTTP/");
const PREFACE_METHOD = new TextEncoder().encode("PRI");

/**
 * Reads the version of a request line that is not plainly `HTTP/1.0` or `HTTP/1.1` behind one
 * space. A higher minor version is answered, and sent on, as HTTP/1.1. With the option: another major
 * version, no version at all (HTTP/0.9), another protocol's name, more digits.
 *
 * @param from - Where the target ended.
 * @returns Offset just past the request line, 0 or a reason.
 */
export function parseVersion(
  bytes: Uint8Array,
  from: number,
  end: number,
  head: Head,
  acceptsInvalid: boolean,
): number {
  const start = skipSpaces(bytes, from, end);
  const stop = endOfVersion(bytes, start, end);
  if (stop >= end - 1) return 0;
  if (bytes[stop] !== CR || bytes[stop + 1] !== LF) {
    const isLineEnd = bytes[stop] === LF || bytes[stop] === CR;
    return refuse(head, stop, isLineEnd ? ParseError.BARE_LINE_END : ParseError.VERSION);
  }
  if (start !== from + 1) head.isStartLineEdited = true;
  if (start === stop) {
    // HTTP/0.9 knew one method.
    if (!acceptsInvalid || head.method !== Method.GET)
      return refuse(head, stop, ParseError.VERSION);
    writeAs(head, 10);
    return stop + 2;
  }
  const reason = judgeVersion(bytes, start, stop, head, acceptsInvalid);
  return reason < 0 ? refuse(head, start, reason) : stop + 2;
}

/**
 * Judges a version's words and notes it in the head. Returns 0 or a reason. A response may name a
 * higher major version: scripts write such status lines, and their servers speak HTTP/1.1 all the same.
 */
export function judgeVersion(
  bytes: Uint8Array,
  start: number,
  end: number,
  head: Head,
  acceptsInvalid: boolean,
): number {
  head.versionStart = start;
  head.versionEnd = end;
  if (isPlain(bytes, start, end)) {
    const major = bytes[start + 5]! - 0x30;
    const minor = bytes[start + 7]! - 0x30;
    if (major === 0) return ParseError.VERSION;
    if (major === 1 && minor <= 1) {
      head.version = 10 + minor;
      return 0;
    }
    if (head.isRequest && major > 1) {
      if (major === 2 && isPreface(head)) return ParseError.HTTP2_PREFACE;
      if (!acceptsInvalid) return ParseError.VERSION;
    }
    writeAs(head, 11);
    return 0;
  }
  if (!acceptsInvalid || !isVersionLike(bytes, start, end)) return ParseError.VERSION;
  // Whatever the client calls it, the server is asked in HTTP.
  if (head.isRequest) writeAs(head, 11);
  else head.version = 10;
  return 0;
}

/** Has the version written by its number instead of the received words. */
function writeAs(head: Head, version: number): void {
  head.version = version;
  head.versionStart = 0;
  head.versionEnd = 0;
  head.isStartLineEdited = true;
}

function endOfVersion(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at]! > SPACE && bytes[at] !== 0x7f) at++;
  return at;
}

function isDigit(octet: number): boolean {
  return octet >= 0x30 && octet <= 0x39;
}

/** `HTTP/` digit `.` digit (RFC 9112 section 2.3). */
function isPlain(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== 8) return false;
  for (let index = 0; index < 5; index++) {
    if (bytes[start + index] !== PROTOCOL[index]) return false;
  }
  return isDigit(bytes[start + 5]!) && bytes[start + 6] === DOT && isDigit(bytes[start + 7]!);
}

/** Capital letters, a slash, digits and dots. */
function isVersionLike(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && bytes[at]! >= 0x41 && bytes[at]! <= 0x5a) at++;
  if (at === start || bytes[at] !== SLASH || !isDigit(bytes[at + 1]!)) return false;
  for (at++; at < end; at++) {
    if (!isDigit(bytes[at]!) && bytes[at] !== DOT) return false;
  }
  return true;
}

/** `PRI * HTTP/2.0`, the start of the connection preface (RFC 9113 section 3.4). */
function isPreface(head: Head): boolean {
  const { bytes, methodStart } = head;
  if (head.methodEnd - methodStart !== 3 || head.targetEnd - head.targetStart !== 1) return false;
  for (let index = 0; index < 3; index++) {
    if (bytes[methodStart + index] !== PREFACE_METHOD[index]) return false;
  }
  return bytes[head.targetStart] === ASTERISK;
}
