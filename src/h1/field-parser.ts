import { KnownField, knownFieldOf } from "../http/field-names.ts";
import type { Head } from "../http/head.ts";
import {
  COLON,
  CR,
  endOfText,
  endOfToken,
  LF,
  SPACE,
  skipBlank,
  TAB,
  TOKEN_OCTETS,
  trimBlank,
} from "../http/octets.ts";
import { judgeField } from "./field-judge.ts";
import { ParseError } from "./parse-error.ts";

/** Longest field name. Other systems keep its size in a byte; what they cannot see, nobody sends. */
const NAME_SIZE_MAX = 255;
/** The known names up to this one say something about framing, routing or the connection. */
const LAST_JUDGED = KnownField.EXPECT;

/**
 * Reads field lines into the head's table, up to and including the empty line (RFC 9112 section 5).
 * A folded value is unfolded in place: each CR and LF becomes a space (section 5.2).
 *
 * @hot
 * @returns Offset just past the empty line; 0 when more bytes are needed; or a {@link ParseError},
 *   its place in `head.errorAt`.
 */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one loop over the octets, inlined by the compiler; parts called for each line would cost a tenth of the parser.
export function parseFields(
  bytes: Uint8Array,
  words: DataView,
  from: number,
  end: number,
  head: Head,
  acceptsInvalid: boolean,
): number {
  let at = from;
  while (at < end) {
    if (bytes[at] === CR) return endOfSection(bytes, at, end, head);

    let nameEnd = at;
    while (nameEnd < end && TOKEN_OCTETS[bytes[nameEnd]!] === 1) nameEnd++;
    if (nameEnd === end) break;
    if (bytes[nameEnd] !== COLON || nameEnd === at) {
      nameEnd = endOfOddName(bytes, at, nameEnd, end, head, acceptsInvalid);
      if (nameEnd <= 0) return nameEnd;
    }
    if (nameEnd - at > NAME_SIZE_MAX) return refuse(head, at, ParseError.FIELD_NAME_SIZE);

    let valueStart = nameEnd + 1;
    if (bytes[valueStart] === SPACE) valueStart++;
    let stop = endOfText(bytes, words, valueStart, end);
    if (stop >= end - 2) break;
    const isFolded = isBlank(bytes[stop + 2]!);
    if (bytes[stop] !== CR || bytes[stop + 1] !== LF || isFolded) {
      stop = unfold(bytes, words, stop, end, head);
      if (stop <= 0) return stop;
    }
    if (isBlank(bytes[valueStart]!)) valueStart = skipBlank(bytes, valueStart, stop);
    let valueEnd = stop;
    if (isBlank(bytes[stop - 1]!)) valueEnd = trimBlank(bytes, valueStart, stop);

    const known = knownFieldOf(bytes, words, at, nameEnd);
    if (head.fieldCount === head.fieldLinesMax) return refuse(head, at, ParseError.FIELD_LINES);
    const index = head.enter(at, nameEnd, valueStart, valueEnd, stop + 2, known);
    if (known !== KnownField.OTHER && known <= LAST_JUDGED) {
      const reason = judgeField(head, index, known);
      if (reason < 0) return refuse(head, valueStart, reason);
    }
    at = stop + 2;
  }
  return 0;
}

/** Notes where the message is refused, and passes the reason on. */
export function refuse(head: Head, at: number, reason: number): number {
  head.errorAt = at;
  return reason;
}

function isBlank(octet: number): boolean {
  return octet === SPACE || octet === TAB;
}

function endOfSection(bytes: Uint8Array, at: number, end: number, head: Head): number {
  if (at + 1 >= end) return 0;
  if (bytes[at + 1] !== LF) return refuse(head, at, ParseError.BARE_LINE_END);
  return at + 2;
}

/**
 * Looks again at a line whose name is not a token with a colon behind it. With the option it may
 * hold any octet but NUL and line ends (manual: "accept any character"); not so when blanks make it
 * pass for another field, such as `transfer-encoding :`, since that is how requests are smuggled.
 */
function endOfOddName(
  bytes: Uint8Array,
  start: number,
  stopped: number,
  end: number,
  head: Head,
  acceptsInvalid: boolean,
): number {
  const octet = bytes[stopped]!;
  if (octet === LF) return refuse(head, stopped, ParseError.BARE_LINE_END);
  if (!acceptsInvalid || octet === COLON || isBlank(bytes[start]!)) {
    return refuse(head, stopped, ParseError.FIELD_NAME);
  }
  let at = stopped;
  while (at < end && bytes[at] !== COLON) {
    const next = bytes[at]!;
    if (next === 0 || next === CR || next === LF) return refuse(head, at, ParseError.FIELD_NAME);
    at++;
  }
  if (at === end) return 0;
  if (isBlank(bytes[at - 1]!)) {
    const token = endOfToken(bytes, start, at);
    const known = knownFieldOf(bytes, head.words, start, token);
    if (known !== KnownField.OTHER && trimBlank(bytes, start, at) === token) {
      return refuse(head, token, ParseError.FIELD_NAME);
    }
  }
  return at;
}

/**
 * Goes on where a value did not simply end with a CRLF and another line. Returns the offset of the
 * CR that ends the value, 0 for more bytes, or a reason.
 */
function unfold(bytes: Uint8Array, words: DataView, from: number, end: number, head: Head): number {
  let stop = from;
  for (;;) {
    if (stop >= end - 2) return 0;
    if (bytes[stop] !== CR) {
      const isLineEnd = bytes[stop] === LF;
      return refuse(head, stop, isLineEnd ? ParseError.BARE_LINE_END : ParseError.FIELD_VALUE);
    }
    if (bytes[stop + 1] !== LF) return refuse(head, stop, ParseError.BARE_LINE_END);
    if (!isBlank(bytes[stop + 2]!)) return stop;
    bytes[stop] = SPACE;
    bytes[stop + 1] = SPACE;
    stop = endOfText(bytes, words, stop + 2, end);
  }
}
