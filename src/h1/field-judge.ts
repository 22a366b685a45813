import { KnownField } from "../http/field-names.ts";
import { ConnectionToken, type Head } from "../http/head.ts";
import { COMMA, endOfToken, SPACE, skipBlank, TAB } from "../http/octets.ts";
import { isAuthority } from "./authority.ts";
import { ParseError } from "./parse-error.ts";

const textBytes = (text: string) => new TextEncoder().encode(text);
const CHUNKED = textBytes("chunked");
const CLOSE = textBytes("close");
const KEEP_ALIVE = textBytes("keep-alive");
const UPGRADE = textBytes("upgrade");
const WEBSOCKET = textBytes("websocket");
const CONTINUE = textBytes("100-continue");

/**
 * Judges a line that says something about framing, routing or the connection, and notes in the head
 * what it says. Returns 0, or the reason to refuse the message.
 *
 * @hot
 */
export function judgeField(head: Head, index: number, known: KnownField): number {
  switch (known) {
    case KnownField.HOST:
      return head.isRequest ? judgeHost(head, index) : 0;
    case KnownField.CONNECTION:
      noteConnection(head, index);
      return 0;
    case KnownField.CONTENT_LENGTH:
      return judgeContentLength(head, index);
    case KnownField.TRANSFER_ENCODING:
      return judgeTransferEncoding(head, index);
    case KnownField.UPGRADE:
      head.hasUpgrade = true;
      if (valueIs(head, index, WEBSOCKET)) head.isWebSocketUpgrade = true;
      return 0;
    case KnownField.EXPECT:
      if (valueIs(head, index, CONTINUE)) head.expectsContinue = true;
      return 0;
    default:
      return 0;
  }
}

/** RFC 9112 section 3.2: one line at most, and a valid value. An absent one is left to the server. */
function judgeHost(head: Head, index: number): number {
  if (head.hostField !== -1) return ParseError.HOST;
  head.hostField = index;
  const start = head.valueStart(index);
  const end = head.valueEnd(index);
  return start === end || isAuthority(head.bytes, start, end) ? 0 : ParseError.HOST;
}

function valueIs(head: Head, index: number, text: Uint8Array): boolean {
  return isWord(head.bytes, head.valueStart(index), head.valueEnd(index), text);
}

/** Compares with a word of lower-case letters, digits and hyphens, letter case aside. */
function isWord(bytes: Uint8Array, start: number, end: number, word: Uint8Array): boolean {
  const size = word.length;
  if (end - start !== size) return false;
  for (let index = 0; index < size; index++) {
    if ((bytes[start + index]! | 0x20) !== word[index]) return false;
  }
  return true;
}

/**
 * Adds the tokens of a `connection` line to those that the head knows.
 *
 * @hot
 */
export function noteConnection(head: Head, index: number): void {
  const { bytes } = head;
  const end = head.valueEnd(index);
  let at = head.valueStart(index);
  let tokens = head.connectionTokens;
  while (at < end) {
    const stop = endOfToken(bytes, at, end);
    if (stop > at) tokens |= connectionTokenOf(bytes, at, stop);
    // Whatever stands between tokens only parts them: an odd token asks for nothing.
    at = stop + 1;
  }
  head.connectionTokens = tokens;
}

function connectionTokenOf(bytes: Uint8Array, start: number, end: number): number {
  const size = end - start;
  if (size === 5 && isWord(bytes, start, end, CLOSE)) return ConnectionToken.CLOSE;
  if (size === 10 && isWord(bytes, start, end, KEEP_ALIVE)) return ConnectionToken.KEEP_ALIVE;
  if (size === 7 && isWord(bytes, start, end, UPGRADE)) return ConnectionToken.UPGRADE;
  return ConnectionToken.OTHER;
}

/**
 * RFC 9110 section 8.6: digits, or a list of the same digits. A repetition goes: what follows the
 * first number of a list is blanked in place, a second line is removed.
 */
function judgeContentLength(head: Head, index: number): number {
  const { bytes } = head;
  const end = head.valueEnd(index);
  let at = head.valueStart(index);
  let length = -1;
  let firstEnd = at;
  for (;;) {
    const start = at;
    let value = 0;
    while (at < end) {
      const digit = bytes[at]! - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      if (value > Number.MAX_SAFE_INTEGER) return ParseError.CONTENT_LENGTH;
      at++;
    }
    if (at === start || (length !== -1 && value !== length)) return ParseError.CONTENT_LENGTH;
    if (length === -1) firstEnd = at;
    length = value;
    if (at === end) break;
    at = skipBlank(bytes, at, end);
    if (bytes[at] !== COMMA) return ParseError.CONTENT_LENGTH;
    at = skipBlank(bytes, at + 1, end);
  }
  if (firstEnd < end) {
    bytes.fill(SPACE, firstEnd, end);
    head.shortenValue(index, firstEnd);
  }
  if (head.contentLength === -1) head.contentLength = length;
  else if (head.contentLength !== length) return ParseError.CONTENT_LENGTH;
  else head.removeField(index);
  return 0;
}

/**
 * RFC 9112 section 6.1: a list of codings, `chunked` last and once. Only `chunked` alone is taken:
 * other codings are refused, as HAProxy does, since the next hop may not know them.
 */
function judgeTransferEncoding(head: Head, index: number): number {
  const { bytes } = head;
  const end = head.valueEnd(index);
  let at = head.valueStart(index);
  const isRepeated = head.isChunked;
  head.hasTransferEncoding = true;
  if (isRepeated || at === end) return ParseError.TRANSFER_ENCODING;
  for (;;) {
    const stop = endOfToken(bytes, at, end);
    if (stop === at || head.isChunked) return ParseError.TRANSFER_ENCODING;
    if (isWord(bytes, at, stop, CHUNKED)) head.isChunked = true;
    else head.hasOtherCoding = true;
    at = stop;
    if (at === end) return 0;
    while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
    if (bytes[at] !== COMMA) return ParseError.TRANSFER_ENCODING;
    at = skipBlank(bytes, at + 1, end);
  }
}
