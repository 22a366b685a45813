import { type Head, TargetForm } from "../http/head.ts";
import { Method } from "../http/methods.ts";
import { authoritiesAgree, endOfHost, isAuthority } from "./authority.ts";
import { ParseError } from "./parse-error.ts";

const SLASH = 0x2f;
const ASTERISK = 0x2a;
const COLON = 0x3a;
const QUESTION = 0x3f;
const AT = 0x40;

const HTTP_PORT = 80;
const HTTPS_PORT = 443;

/**
 * Finds the form of the request target and its parts (RFC 9112 section 3.2). Returns 0, or the
 * reason to refuse the request.
 *
 * @hot
 */
export function parseTarget(head: Head, acceptsInvalid: boolean): number {
  const { bytes, targetStart, targetEnd } = head;
  head.authorityStart = targetStart;
  head.authorityEnd = targetStart;
  head.pathStart = targetStart;
  if (head.method === Method.CONNECT) return parseAuthorityForm(head, acceptsInvalid);
  const first = bytes[targetStart];
  if (first === SLASH) {
    head.targetForm = TargetForm.ORIGIN;
    return 0;
  }
  head.pathStart = targetEnd;
  // Only OPTIONS has a meaning for it, but HAProxy lets servers decide.
  if (first === ASTERISK && targetEnd === targetStart + 1) {
    head.targetForm = TargetForm.ASTERISK;
    return 0;
  }
  return parseAbsoluteForm(head, acceptsInvalid);
}

function parseAuthorityForm(head: Head, acceptsInvalid: boolean): number {
  const { bytes, targetStart, targetEnd } = head;
  head.pathStart = targetEnd;
  const hostEnd = endOfHost(bytes, targetStart, targetEnd);
  // Host and port, both: section 3.2.3.
  if (hostEnd > targetStart && hostEnd < targetEnd - 1) {
    head.targetForm = TargetForm.AUTHORITY;
    head.authorityEnd = targetEnd;
    return 0;
  }
  head.targetForm = TargetForm.OTHER;
  return acceptsInvalid ? 0 : ParseError.TARGET;
}

function parseAbsoluteForm(head: Head, acceptsInvalid: boolean): number {
  const { bytes, targetStart, targetEnd } = head;
  head.targetForm = TargetForm.OTHER;
  let at = targetStart;
  while (at < targetEnd && isSchemeOctet(bytes[at]!)) at++;
  const isUri =
    at > targetStart &&
    at + 3 < targetEnd &&
    bytes[at] === COLON &&
    bytes[at + 1] === SLASH &&
    bytes[at + 2] === SLASH;
  if (!isUri) return acceptsInvalid ? 0 : ParseError.TARGET;

  let start = at + 3;
  at = start;
  while (at < targetEnd && bytes[at] !== SLASH && bytes[at] !== QUESTION) {
    if (bytes[at] === AT) start = at + 1;
    at++;
  }
  // A query right after the authority is legal, but some take it for a part of the host.
  if (at < targetEnd && bytes[at] === QUESTION && !acceptsInvalid) return ParseError.TARGET;
  if (!isAuthority(bytes, start, at)) return ParseError.TARGET;
  head.targetForm = TargetForm.ABSOLUTE;
  head.authorityStart = start;
  head.authorityEnd = at;
  head.pathStart = at;
  return 0;
}

function isSchemeOctet(octet: number): boolean {
  const letter = octet | 0x20;
  if (letter >= 0x61 && letter <= 0x7a) return true;
  return (octet >= 0x30 && octet <= 0x39) || octet === 0x2b || octet === 0x2d || octet === 0x2e;
}

/**
 * Tells whether the `host` line, where there is one, names the authority of the target: a proxy
 * that looks at one and a server at the other must not see two hosts (RFC 9112 section 3.2.2).
 *
 * @hot
 */
export function hostAgrees(head: Head): boolean {
  const { hostField, authorityStart, authorityEnd } = head;
  if (authorityStart === authorityEnd || hostField === -1) return true;
  let portA = HTTP_PORT;
  let portB = HTTPS_PORT;
  if (head.targetForm === TargetForm.ABSOLUTE) {
    const isTls = (head.bytes[head.targetStart + 4]! | 0x20) === 0x73;
    portA = isTls ? HTTPS_PORT : HTTP_PORT;
    portB = portA;
  }
  return authoritiesAgree(
    head.bytes,
    authorityStart,
    authorityEnd,
    head.valueStart(hostField),
    head.valueEnd(hostField),
    portA,
    portB,
  );
}
