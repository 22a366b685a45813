import { ProxyError, type ProxyHeader } from "./proxy-protocol-header.ts";
import { readProxyV1 } from "./proxy-protocol-v1.ts";
import { readProxyV2 } from "./proxy-protocol-v2.ts";

const V1_FIRST = 0x50;
const V2_FIRST = 0x0d;

/**
 * Reads the PROXY header at the start of a connection, of version 1 or 2. It may come in pieces: call
 * again with the same bytes from `start` on and a greater `end`.
 *
 * Source: The PROXY protocol, versions 1 and 2 (HAProxy's proxy-protocol.txt). Stricter than HAProxy:
 * ports are in range, and numbers have no leading zeros. What the text leaves to the receiver, such
 * as `UNSPEC` and unix addresses, is accepted.
 *
 * @param sizeMax - The most bytes that a header may have: what the caller's buffer holds.
 * @returns Offset just past the header, 0 when more bytes are needed, or a {@link ProxyError}.
 */
export function readProxyHeader(
  bytes: Uint8Array,
  start: number,
  end: number,
  header: ProxyHeader,
  sizeMax: number,
): number {
  header.clear();
  if (start === end) return 0;
  if (bytes[start] === V1_FIRST) return readProxyV1(bytes, start, end, header);
  if (bytes[start] === V2_FIRST) return readProxyV2(bytes, start, end, header, sizeMax);
  return ProxyError.NO_HEADER;
}
