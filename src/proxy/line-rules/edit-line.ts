import { type KnownField, knownFieldOf } from "../../http/field-names.ts";
import type { Head } from "../../http/head.ts";
import { methodOf } from "../../http/methods.ts";
import { COLON, endOfToken, equalOctets, SPACE, skipBlank, trimBlank } from "../../http/octets.ts";
import { numberOfReplaced } from "../../policy/actions/request-line.ts";
import { isSingleKnown } from "../../policy/single-fields.ts";
import { editTarget, hostFollowsTarget } from "../../policy/target-edit.ts";

const VERSION_SIZE = 8;
const STATUS_SIZE = 3;
/** Responses below are not the last of their request. */
const FINAL_STATUS_MIN = 200;
const ZERO = 0x30;
const PROTOCOL = new TextEncoder().encode("HTTP/1.");

/** A line that a rule has made, where it lies. It holds no line end and no other control character. */
export interface MadeLine {
  readonly bytes: Uint8Array;
  readonly words: DataView;
  readonly start: number;
  readonly end: number;
}

/**
 * Puts a line in the place of a field's; false when it is no field, or without room. Fields of which
 * there may be one only replace others of their name.
 */
export function replaceFieldLine(head: Head, index: number, line: MadeLine): boolean {
  const { bytes, words, start, end } = line;
  const nameEnd = endOfToken(bytes, start, end);
  if (nameEnd === start || nameEnd === end || bytes[nameEnd] !== COLON) return false;
  const valueStart = skipBlank(bytes, nameEnd + 1, end);
  const valueEnd = trimBlank(bytes, valueStart, end);
  const known = knownFieldOf(bytes, words, start, nameEnd);
  if (isSingleKnown(known)) removeOthers(head, known as KnownField, index);
  return head.replaceField(index, bytes, start, nameEnd, valueStart, valueEnd);
}

function removeOthers(head: Head, known: KnownField, kept: number): void {
  for (let index = head.find(known); index !== -1; index = head.find(known, index + 1)) {
    if (index !== kept) head.removeField(index);
  }
}

/**
 * Puts a line in the place of the request line; false when it is none, or without room.
 *
 * @param target - Where the target is put together.
 */
export function replaceRequestLine(head: Head, line: MadeLine, target: Uint8Array): boolean {
  const { bytes, start, end } = line;
  const methodEnd = endOfToken(bytes, start, end);
  const versionStart = end - VERSION_SIZE;
  if (methodEnd === start || versionStart <= methodEnd || bytes[methodEnd] !== SPACE) return false;
  const version = versionAt(bytes, versionStart);
  if (version === -1 || bytes[versionStart - 1] !== SPACE) return false;
  const targetStart = skipBlank(bytes, methodEnd, versionStart);
  const targetEnd = trimBlank(bytes, targetStart, versionStart);
  if (targetStart === targetEnd) return false;
  return (
    editVersion(head, version) &&
    editMethod(head, bytes, start, methodEnd) &&
    editWholeTarget(head, bytes, targetStart, targetEnd, target)
  );
}

/** Puts a line in the place of the status line; false when it is none, or without room. */
export function replaceStatusLine(head: Head, { bytes, start, end }: MadeLine): boolean {
  const statusStart = start + VERSION_SIZE + 1;
  const statusEnd = statusStart + STATUS_SIZE;
  if (statusEnd > end || bytes[statusStart - 1] !== SPACE) return false;
  const version = versionAt(bytes, start);
  const status = statusAt(bytes, statusStart);
  if (version === -1 || status < FINAL_STATUS_MIN) return false;
  if (statusEnd < end && bytes[statusEnd] !== SPACE) return false;
  const reasonStart = Math.min(statusEnd + 1, end);
  if (!editVersion(head, version)) return false;
  const { reasonStart: from, reasonEnd: to } = head;
  if (status === head.status && equalOctets(head.bytes, from, to, bytes, reasonStart, end))
    return true;
  return head.setStatus(status, bytes, reasonStart, end);
}

function editMethod(head: Head, bytes: Uint8Array, start: number, end: number): boolean {
  if (equalOctets(head.bytes, head.methodStart, head.methodEnd, bytes, start, end)) return true;
  return head.setMethod(numberOfReplaced(head, methodOf(bytes, start, end)), bytes, start, end);
}

function editWholeTarget(
  head: Head,
  bytes: Uint8Array,
  start: number,
  end: number,
  into: Uint8Array,
): boolean {
  const { targetStart: from, targetEnd: to } = head;
  if (equalOctets(head.bytes, from, to, bytes, start, end)) return true;
  return editTarget(head, from, to, bytes, start, end, into) && hostFollowsTarget(head);
}

/**
 * Another version must not change what the message says: who gets an older one may not know chunks,
 * and a client that speaks an older one is not made a newer.
 */
function editVersion(head: Head, version: number): boolean {
  if (version === head.version) return true;
  if (head.isChunked || (head.isRequest && version > head.version)) return false;
  return head.setVersion(version);
}

/** 10 or 11; -1 for what is no version that can be sent on. */
function versionAt(bytes: Uint8Array, at: number): number {
  for (let index = 0; index < PROTOCOL.length; index++) {
    if (bytes[at + index] !== PROTOCOL[index]) return -1;
  }
  const minor = bytes[at + PROTOCOL.length]! - ZERO;
  return minor === 0 || minor === 1 ? 10 + minor : -1;
}

/** The number of three digits; -1 for what is none. */
function statusAt(bytes: Uint8Array, at: number): number {
  let status = 0;
  for (let index = at; index < at + STATUS_SIZE; index++) {
    const digit = bytes[index]! - ZERO;
    if (digit < 0 || digit > 9) return -1;
    status = status * 10 + digit;
  }
  return status;
}
