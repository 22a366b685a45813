import { KnownField } from "../http/field-names.ts";
import { ConnectionToken, type Head } from "../http/head.ts";

const encoder = new TextEncoder();
const CONNECTION = encoder.encode("connection");
const CLOSE = encoder.encode("close");
const KEEP_ALIVE = encoder.encode("keep-alive");

const HOP_TOKENS = ConnectionToken.CLOSE | ConnectionToken.KEEP_ALIVE;

/** What a side is told about its connection. */
export const ConnectionWish = {
  /** Nothing: the version's default says what is meant. */
  SILENT: 0,
  CLOSE: 1,
  KEEP_ALIVE: 2,
} as const;
export type ConnectionWish = (typeof ConnectionWish)[keyof typeof ConnectionWish];

/**
 * Makes the `connection` fields of a head say what we mean for the next hop: the sender's own
 * `close` and `keep-alive` go, other tokens stay, ours is added. A head that says the right thing
 * already stays untouched, so that its bytes can be sent as they came.
 *
 * Source: RFC 9110 section 7.6.1.
 *
 * @hot
 * @returns False when the edit area is full.
 */
export function setConnectionWish(head: Head, wish: ConnectionWish): boolean {
  const tokens = head.connectionTokens;
  if (wish === ConnectionWish.SILENT && (tokens & HOP_TOKENS) === 0) return true;
  if ((tokens & HOP_TOKENS) !== 0 && !dropHopTokens(head)) return false;
  if (wish === ConnectionWish.SILENT) return true;
  const value = wish === ConnectionWish.CLOSE ? CLOSE : KEEP_ALIVE;
  return head.addField(CONNECTION, 0, CONNECTION.length, value, 0, value.length) !== -1;
}

function dropHopTokens(head: Head): boolean {
  if ((head.connectionTokens & ~HOP_TOKENS) === 0) {
    head.removeKnown(KnownField.CONNECTION);
    return true;
  }
  // Other tokens stand beside: rare enough to be done with text.
  let index = head.find(KnownField.CONNECTION);
  for (; index !== -1; index = head.find(KnownField.CONNECTION, index + 1)) {
    const kept = head
      .valueText(index)
      .split(",")
      .map((token) => token.trim())
      .filter((token) => !/^(close|keep-alive)?$/i.test(token))
      .join(", ");
    if (kept === "") head.removeField(index);
    else {
      const value = new Uint8Array(Buffer.from(kept, "latin1"));
      if (!head.replaceValue(index, value, 0, value.length)) return false;
    }
  }
  return true;
}
