import { KnownField } from "./field-names.ts";
import type { Head } from "./head.ts";
import { Method } from "./methods.ts";
import { COMMA, skipBlank, TAB } from "./octets.ts";

const EQUALS = 0x3d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const textBytes = (text: string) => new TextEncoder().encode(text);
const NO_STORE = textBytes("no-store");
const NO_CACHE = textBytes("no-cache");
const PRIVATE = textBytes("private");
const MAX_AGE = textBytes("max-age");
const SHARED_MAX_AGE = textBytes("s-maxage");

/**
 * Judges whether a shared cache may keep a response by what it says: a safe method, a status that is
 * cacheable by default, nothing that forbids it, and something that lets it be reused.
 *
 * Source: RFC 9111 section 3; where it leaves a choice, HAProxy 2.6.
 */
export class CacheJudge {
  #isForbidden = false;
  /** Seconds; -1 where the directive is not there. */
  #maxAge = -1;
  #sharedMaxAge = -1;

  /**
   * @hot
   * @param method - Method number of the request.
   */
  isCacheable(response: Head, method: number): boolean {
    if (!isCacheableMethod(method) || !isCacheableStatus(response.status)) return false;
    this.#isForbidden = false;
    this.#maxAge = -1;
    this.#sharedMaxAge = -1;
    let index = response.find(KnownField.CACHE_CONTROL);
    while (index !== -1) {
      this.#readDirectives(response.bytes, response.valueStart(index), response.valueEnd(index));
      index = response.find(KnownField.CACHE_CONTROL, index + 1);
    }
    if (this.#isForbidden || hasPragmaNoCache(response)) return false;
    const age = this.#sharedMaxAge !== -1 ? this.#sharedMaxAge : this.#maxAge;
    if (age !== -1) return age > 0;
    return (
      response.has(KnownField.EXPIRES) ||
      response.has(KnownField.ETAG) ||
      response.has(KnownField.LAST_MODIFIED)
    );
  }

  /** Reads a list of `name [ "=" value ]`; commas inside quotes part nothing. */
  #readDirectives(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    while (at < end) {
      at = skipBlank(bytes, at, end);
      const nameStart = at;
      while (at < end && !endsName(bytes[at]!)) at++;
      const nameEnd = at;
      at = skipBlank(bytes, at, end);
      const hasValue = at < end && bytes[at] === EQUALS;
      const valueStart = hasValue ? skipBlank(bytes, at + 1, end) : -1;
      at = endOfItem(bytes, at, end);
      this.#note(bytes, nameStart, nameEnd, valueStart, at);
      at++;
    }
  }

  #note(bytes: Uint8Array, start: number, end: number, valueStart: number, valueEnd: number): void {
    if (isWord(bytes, start, end, NO_STORE) || isWord(bytes, start, end, PRIVATE)) {
      this.#isForbidden = true;
    } else if (isWord(bytes, start, end, NO_CACHE)) {
      // With a list of fields it forbids only these to be kept.
      if (valueStart === -1) this.#isForbidden = true;
    } else if (isWord(bytes, start, end, MAX_AGE)) {
      this.#maxAge = secondsOf(bytes, valueStart, valueEnd);
    } else if (isWord(bytes, start, end, SHARED_MAX_AGE)) {
      this.#sharedMaxAge = secondsOf(bytes, valueStart, valueEnd);
    }
  }
}

function isCacheableMethod(method: number): boolean {
  return (
    method === Method.GET ||
    method === Method.HEAD ||
    method === Method.OPTIONS ||
    method === Method.TRACE
  );
}

/** RFC 9110 section 15.1, without 308 and 421, which HAProxy leaves out. */
function isCacheableStatus(status: number): boolean {
  switch (status) {
    case 200:
    case 203:
    case 204:
    case 206:
    case 300:
    case 301:
    case 404:
    case 405:
    case 410:
    case 414:
    case 501:
      return true;
    default:
      return false;
  }
}

function hasPragmaNoCache(response: Head): boolean {
  const index = response.find(KnownField.PRAGMA);
  if (index === -1) return false;
  return isWord(response.bytes, response.valueStart(index), response.valueEnd(index), NO_CACHE);
}

function endsName(octet: number): boolean {
  return octet === EQUALS || octet === COMMA || octet === 0x20 || octet === TAB;
}

function endOfItem(bytes: Uint8Array, start: number, end: number): number {
  let isQuoted = false;
  let at = start;
  for (; at < end; at++) {
    const octet = bytes[at]!;
    if (isQuoted && octet === BACKSLASH) at++;
    else if (octet === QUOTE) isQuoted = !isQuoted;
    else if (octet === COMMA && !isQuoted) return at;
  }
  return end;
}

/** A number of seconds, in quotes or not; far too many count as 2^31 - 1. */
function secondsOf(bytes: Uint8Array, start: number, end: number): number {
  let seconds = 0;
  if (start === -1) return 0;
  for (let at = bytes[start] === QUOTE ? start + 1 : start; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) break;
    seconds = Math.min(seconds * 10 + digit, 0x7fff_ffff);
  }
  return seconds;
}

function isWord(bytes: Uint8Array, start: number, end: number, word: Uint8Array): boolean {
  if (end - start !== word.length) return false;
  for (let index = 0; index < word.length; index++) {
    if ((bytes[start + index]! | 0x20) !== word[index]) return false;
  }
  return true;
}
