import { KnownField } from "../http/field-names.ts";
import { type Head, TargetForm } from "../http/head.ts";
import { COLON, copyBytes, SPACE } from "../http/octets.ts";

const HASH = 0x23;
const PERCENT = 0x25;
const SLASH = 0x2f;
const ASTERISK = 0x2a;
const QUESTION = 0x3f;
const AT = 0x40;
const TWO = 0x32;
const ZERO = 0x30;

/** Where the path of a target ends: at its query or its fragment, or where the target ends. */
export function pathEndOf({ bytes, pathStart, targetEnd }: Head): number {
  let at = pathStart;
  while (at < targetEnd && bytes[at] !== QUESTION && bytes[at] !== HASH) at++;
  return at;
}

/** Has the target a path? `*` and authorities have none. */
export function hasPath({ bytes, pathStart, targetEnd }: Head): boolean {
  return pathStart < targetEnd && bytes[pathStart] === SLASH;
}

/**
 * Puts a text in the place of the range `[from, to)` of the target; false when there is no room. A
 * blank would end the target early, so it is written as `%20`.
 */
export function editTarget(
  head: Head,
  from: number,
  to: number,
  text: Uint8Array,
  start: number,
  end: number,
  into: Uint8Array,
): boolean {
  const { bytes, targetStart, targetEnd } = head;
  if (from - targetStart + (end - start) * 3 + targetEnd - to > into.length) return false;
  let at = copyBytes(into, 0, bytes, targetStart, from);
  for (let index = start; index < end; index++) {
    const octet = text[index]!;
    if (octet === SPACE) {
      into[at++] = PERCENT;
      into[at++] = TWO;
      into[at++] = ZERO;
    } else into[at++] = octet;
  }
  at = copyBytes(into, at, bytes, to, targetEnd);
  return at > 0 && setTargetText(head, into, at);
}

/** Sets another target and finds its parts; false when there is no room. */
function setTargetText(head: Head, text: Uint8Array, size: number): boolean {
  if (!head.setTarget(text, 0, size)) return false;
  const { bytes, targetStart, targetEnd } = head;
  const first = bytes[targetStart];
  if (first === SLASH) return true;
  head.pathStart = targetEnd;
  if (first === ASTERISK) {
    head.targetForm = TargetForm.ASTERISK;
    return true;
  }
  let at = targetStart;
  while (at < targetEnd && bytes[at] !== COLON && bytes[at] !== SLASH && bytes[at] !== QUESTION)
    at++;
  const isAbsolute = bytes[at] === COLON && bytes[at + 1] === SLASH && bytes[at + 2] === SLASH;
  let start = isAbsolute ? at + 3 : targetStart;
  at = start;
  while (at < targetEnd && bytes[at] !== SLASH && bytes[at] !== QUESTION) {
    if (bytes[at] === AT) start = at + 1;
    at++;
  }
  head.targetForm = isAbsolute ? TargetForm.ABSOLUTE : TargetForm.AUTHORITY;
  head.authorityStart = start;
  head.authorityEnd = at;
  head.pathStart = at;
  if (first === QUESTION) head.pathStart = targetStart;
  return true;
}

/** Makes the `host` line, where there is one, name the target's authority; false without room. */
export function hostFollowsTarget(head: Head): boolean {
  const { bytes, authorityStart, authorityEnd, hostField } = head;
  if (authorityEnd <= authorityStart || hostField === -1) return true;
  return head.replaceValue(hostField, bytes, authorityStart, authorityEnd);
}

/** Makes the target's authority, where there is one, what the `host` line says; false without room. */
export function targetFollowsHost(head: Head, into: Uint8Array): boolean {
  const { bytes, authorityStart, authorityEnd, targetForm } = head;
  if (targetForm !== TargetForm.ABSOLUTE) return true;
  const host = head.find(KnownField.HOST);
  if (host === -1) return true;
  const start = head.valueStart(host);
  return editTarget(head, authorityStart, authorityEnd, bytes, start, head.valueEnd(host), into);
}
