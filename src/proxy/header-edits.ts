import { addConnection, removeConnectionTokens } from "../h1/connection-header.ts";
import type { Head } from "../http/head.ts";
import { setProxyConnection } from "./proxied-request.ts";

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
  removeConnectionTokens(head);
  if (head.usesProxyFields) {
    return setProxyConnection(
      head,
      wish === ConnectionWish.SILENT ? null : wish === ConnectionWish.CLOSE,
    );
  }
  return wish === ConnectionWish.SILENT || addConnection(head, wish === ConnectionWish.CLOSE);
}

/** Makes a request have one field of a name, in lower case, with a value; false without room for it. */
export function setField(request: Head, name: string, value: string): boolean {
  const octets = Buffer.from(name, "latin1");
  request.removeName(octets);
  return request.addFieldText(name, value);
}
