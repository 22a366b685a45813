import { KnownField } from "../http/field-names.ts";
import type { Head } from "../http/head.ts";
import { Method } from "../http/methods.ts";
import { ParseError } from "./parse-error.ts";

/** How the end of a message is found. */
export const Framing = {
  /** It has no content. */
  NONE: 0,
  /** `content-length` says how much. */
  LENGTH: 1,
  CHUNKED: 2,
  /** A response that lasts until the server closes. */
  UNTIL_CLOSE: 3,
  /** No longer HTTP: bytes both ways until one side closes. */
  TUNNEL: 4,
} as const;
export type Framing = (typeof Framing)[keyof typeof Framing];

/**
 * Returns how the content of a parsed request is framed (RFC 9112 section 6.3). A request is never
 * delimited by the connection's end, and CONNECT has no content: its tunnel starts with the answer.
 *
 * @hot
 */
export function requestFraming(head: Head): Framing {
  if (head.method === Method.CONNECT) return Framing.NONE;
  if (head.isChunked) return Framing.CHUNKED;
  return head.contentLength > 0 ? Framing.LENGTH : Framing.NONE;
}

/**
 * Returns how the content of a parsed response is framed (RFC 9112 section 6.3), or a
 * {@link ParseError} for a switch of protocols that nobody asked for. The lengths of a response that
 * opens a tunnel are removed from its head.
 *
 * @hot
 * @param method - Method number of the request.
 * @param isUpgradeRequested - `asksForUpgrade` of the request's head.
 */
export function responseFraming(
  head: Head,
  method: number,
  isUpgradeRequested: boolean,
): Framing | ParseError {
  const { status } = head;
  if (status === 101) return isUpgradeRequested ? Framing.TUNNEL : ParseError.UPGRADE;
  if (status < 200 || status === 204 || status === 304) return Framing.NONE;
  if (method === Method.HEAD) return Framing.NONE;
  if (method === Method.CONNECT && status < 300) {
    if (head.contentLength !== -1) head.removeKnown(KnownField.CONTENT_LENGTH);
    if (head.hasTransferEncoding) head.removeKnown(KnownField.TRANSFER_ENCODING);
    return Framing.TUNNEL;
  }
  if (head.isChunked) return Framing.CHUNKED;
  if (head.contentLength > 0) return Framing.LENGTH;
  return head.contentLength === 0 ? Framing.NONE : Framing.UNTIL_CLOSE;
}
