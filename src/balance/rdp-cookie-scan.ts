import type { ByteRange } from "../base/byte-range.ts";

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const EQUALS_SIGN = 0x3d;

/** A connection request starts with 4 bytes of TPKT and 7 of X.224; lines of text follow. */
const HEADER_SIZE = 11;
const FIELD = Buffer.from("cookie:", "latin1");

/**
 * Finds the value of a cookie in the connection request that an RDP client starts with; the cookie's
 * line must be there to its end. The headers before it are not judged: that is for the server.
 *
 * @hot
 * @param bytes - What the client has sent; narrowed to the value when there is one.
 * @param name - In lower case; the client may write it in any.
 *
 * Source: MS-RDPBCGR section 2.2.1.1, routingToken and cookie.
 */
export function findRdpCookie(bytes: ByteRange, name: Uint8Array): boolean {
  const { bytes: octets, start, end } = bytes;
  let at = start + HEADER_SIZE;
  if (!startsWith(octets, at, end, FIELD)) return false;
  at += FIELD.length;
  while (at < end && (octets[at] === SPACE || octets[at] === TAB)) at++;
  if (!startsWith(octets, at, end, name)) return false;
  at += name.length;
  if (at >= end || octets[at] !== EQUALS_SIGN) return false;
  const valueStart = at + 1;
  let valueEnd = valueStart;
  while (valueEnd < end && octets[valueEnd] !== CR) valueEnd++;
  if (valueEnd === valueStart || valueEnd + 1 >= end || octets[valueEnd + 1] !== LF) return false;
  bytes.set(octets, valueStart, valueEnd);
  return true;
}

function startsWith(octets: Uint8Array, at: number, end: number, lower: Uint8Array): boolean {
  if (at + lower.length > end) return false;
  for (let index = 0; index < lower.length; index++) {
    const octet = octets[at + index]!;
    const isUpper = octet >= 0x41 && octet <= 0x5a;
    if ((isUpper ? octet + 32 : octet) !== lower[index]) return false;
  }
  return true;
}
