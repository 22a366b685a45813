import { KnownField } from "../http/field-names.ts";
import { ConnectionToken, type Head } from "../http/head.ts";
import { COMMA, endOfToken, equalIgnoringCase, SPACE } from "../http/octets.ts";

const textBytes = (text: string) => new TextEncoder().encode(text);
const CONNECTION = textBytes("connection");
const CLOSE = textBytes("close");
const KEEP_ALIVE = textBytes("keep-alive");

const PERSISTENCE = ConnectionToken.CLOSE | ConnectionToken.KEEP_ALIVE;

/**
 * Takes `close` and `keep-alive` out of the `connection` fields: they speak of the connection that
 * the message came by (RFC 9110 section 7.6.1). Other tokens stay, in order; a line without any goes.
 *
 * @hot
 */
export function removeConnectionTokens(head: Head): void {
  const tokens = head.connectionTokens;
  if ((tokens & PERSISTENCE) === 0) return;
  if ((tokens & ~PERSISTENCE) === 0) {
    head.removeKnown(KnownField.CONNECTION);
    return;
  }
  let index = head.find(KnownField.CONNECTION);
  while (index !== -1) {
    keepOtherTokens(head, index);
    index = head.find(KnownField.CONNECTION, index + 1);
  }
}

/**
 * Appends `connection: close` or `connection: keep-alive`; false when the head has no room for it.
 *
 * @hot
 */
export function addConnection(head: Head, isClosing: boolean): boolean {
  const token = isClosing ? CLOSE : KEEP_ALIVE;
  return head.addField(CONNECTION, 0, CONNECTION.length, token, 0, token.length) !== -1;
}

/** Moves the tokens to keep together in place, which only shrinks the value, then relays the line. */
function keepOtherTokens(head: Head, index: number): void {
  const { bytes } = head;
  const start = head.valueStart(index);
  const end = head.valueEnd(index);
  let to = start;
  let at = start;
  while (at < end) {
    const stop = endOfToken(bytes, at, end);
    if (stop > at && !isPersistenceToken(bytes, at, stop)) {
      if (to > start) bytes[to++] = COMMA;
      bytes.copyWithin(to, at, stop);
      to += stop - at;
    }
    at = stop + 1;
  }
  if (to === start) {
    head.removeField(index);
    return;
  }
  bytes.fill(SPACE, to, end);
  // Without room the line stays where it is, with blanks at its end.
  if (!head.replaceValue(index, bytes, start, to)) head.shortenValue(index, to);
}

function isPersistenceToken(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    equalIgnoringCase(bytes, start, end, CLOSE, 0, CLOSE.length) ||
    equalIgnoringCase(bytes, start, end, KEEP_ALIVE, 0, KEEP_ALIVE.length)
  );
}
