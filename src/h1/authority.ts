/**
 * Octets of a host: those of RFC 3986 section 3.2.2 without the comma, which lists use, and with
 * octets from 128 on, which some clients send. Brackets and colon are looked at by place.
 */
const HOST_OCTETS = new Uint8Array(256).fill(1, 128);
for (const character of "0123456789abcdefghijklmnopqrstuvwxyz-._~%!$&'()*+;=") {
  HOST_OCTETS[character.charCodeAt(0)] = 1;
  HOST_OCTETS[character.toUpperCase().charCodeAt(0)] = 1;
}

const COLON = 0x3a;
const BRACKET_OPEN = 0x5b;
const BRACKET_CLOSE = 0x5d;

/**
 * Returns where the host of `host [ ":" port ]` ends, or -1 when the range is no such thing.
 *
 * @hot
 */
export function endOfHost(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  if (at < end && bytes[at] === BRACKET_OPEN) {
    at++;
    while (at < end && (HOST_OCTETS[bytes[at]!] === 1 || bytes[at] === COLON)) at++;
    if (at === end || bytes[at] !== BRACKET_CLOSE) return -1;
    at++;
  } else {
    while (at < end && HOST_OCTETS[bytes[at]!] === 1) at++;
  }
  const hostEnd = at;
  if (at === end) return hostEnd;
  if (bytes[at] !== COLON) return -1;
  for (at++; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return -1;
  }
  return hostEnd;
}

/**
 * Tells whether the range is a host that is not empty, with or without a port.
 *
 * @hot
 */
export function isAuthority(bytes: Uint8Array, start: number, end: number): boolean {
  return endOfHost(bytes, start, end) > start;
}

/** The port that `[start, end)` names after a host ending at `hostEnd`; `none` without one. */
function portOf(bytes: Uint8Array, hostEnd: number, end: number, none: number): number {
  if (hostEnd >= end - 1) return none;
  let port = 0;
  for (let at = hostEnd + 1; at < end && port <= 0xffff; at++) port = port * 10 + bytes[at]! - 0x30;
  return port;
}

/**
 * Tells whether two authorities of one slab name the same origin: the same host, letter case aside,
 * and the same port. A missing port is `portA`, or as good as `portB` where a scheme is not known.
 *
 * @hot
 */
export function authoritiesAgree(
  bytes: Uint8Array,
  aStart: number,
  aEnd: number,
  bStart: number,
  bEnd: number,
  portA: number,
  portB: number,
): boolean {
  const aHostEnd = endOfHost(bytes, aStart, aEnd);
  const bHostEnd = endOfHost(bytes, bStart, bEnd);
  const size = aHostEnd - aStart;
  if (aHostEnd < 0 || bHostEnd < 0 || bHostEnd - bStart !== size) return false;
  for (let index = 0; index < size; index++) {
    const x = lowerCase(bytes[aStart + index]!);
    if (x !== lowerCase(bytes[bStart + index]!)) return false;
  }
  const a = portOf(bytes, aHostEnd, aEnd, 0);
  const b = portOf(bytes, bHostEnd, bEnd, 0);
  if (a === b) return true;
  if (a !== 0 && b !== 0) return false;
  return a + b === portA || a + b === portB;
}

function lowerCase(octet: number): number {
  return octet >= 0x41 && octet <= 0x5a ? octet | 0x20 : octet;
}
