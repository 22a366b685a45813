import { parseIpv6 } from "../../sys/socket-address.ts";
import type { PatternError } from "./pattern-index.ts";

/** A network: the words of its address, IPv4 in the last one, and how many bits of them count. */
export interface Network {
  readonly isIpv6: boolean;
  readonly words: readonly [number, number, number, number];
  /** Of 32 or 128; -1 when the mask has holes. */
  readonly bits: number;
  /** The mask of an IPv4 network. */
  readonly mask: number;
}

/** Finds the IPv4 address of a host; undefined when there is none. */
export type LookUpIpv4 = (host: string) => number | undefined;

/**
 * Reads a network: `10.0.0.0/8`, `192.168.1`, `10.0.0.0/255.0.0.0`, `2001:db8::/32`, a host's name.
 *
 * Source: HAProxy configuration manual, section 7.1.6.
 */
export function parseNetwork(pattern: string, lookUp: LookUpIpv4 | null): Network | PatternError {
  const slash = pattern.lastIndexOf("/");
  const end = slash === -1 ? pattern.length : slash;
  const mask = slash === -1 ? undefined : pattern.slice(slash + 1);
  let word = parseShortIpv4(pattern, end);
  if (word === -1) {
    const address = pattern.slice(0, end);
    if (address.includes(":")) return parseIpv6Network(pattern, address, mask);
    const found = lookUp?.(address);
    if (found === undefined) {
      return { message: `'${pattern}' is not a valid IPv4 or IPv6 address` };
    }
    word = found;
  }
  const bits = parseMask(mask);
  if (bits === undefined) return { message: `'${pattern}' has no valid mask behind its '/'` };
  const maskWord = typeof bits === "number" ? maskOf(bits) : bits.mask;
  return {
    isIpv6: false,
    words: [0, 0, 0, (word & maskWord) >>> 0],
    bits: typeof bits === "number" ? bits : -1,
    mask: maskWord >>> 0,
  };
}

function parseIpv6Network(
  pattern: string,
  address: string,
  mask: string | undefined,
): Network | PatternError {
  const words = parseIpv6(address);
  if (words === undefined) return { message: `'${pattern}' is not a valid IPv6 address` };
  const bits = mask === undefined ? 128 : parseBits(mask, 3);
  if (bits === -1 || bits > 128) {
    return { message: `'${pattern}' has no valid prefix length behind its '/'` };
  }
  const [one, two, three, four] = words;
  return {
    isIpv6: true,
    words: [
      masked(one, bits),
      masked(two, bits - 32),
      masked(three, bits - 64),
      masked(four, bits - 96),
    ],
    bits,
    mask: 0,
  };
}

const DOT = 0x2e;
const ZERO = 0x30;

/**
 * Reads one to four numbers in front of an end: those that are left out are zeros in front of the last
 * one. Gives -1 for anything else.
 */
function parseShortIpv4(text: string, end: number): number {
  let before = 0;
  let count = 0;
  let value = 0;
  let digits = 0;
  for (let at = 0; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === DOT) {
      if (digits === 0 || ++count === 4) return -1;
      before = before * 256 + value;
      value = 0;
      digits = 0;
      continue;
    }
    const digit = code - ZERO;
    if (digit < 0 || digit > 9 || ++digits > 3) return -1;
    value = value * 10 + digit;
    if (value > 255) return -1;
  }
  return digits === 0 ? -1 : before * 256 ** (4 - count) + value;
}

function parseMask(text: string | undefined): number | { mask: number } | undefined {
  if (text === undefined) return 32;
  const bits = parseBits(text, 2);
  if (bits !== -1) return bits <= 32 ? bits : undefined;
  if (!text.includes(".")) return undefined;
  const word = parseShortIpv4(text, text.length);
  if (word === -1) return undefined;
  for (let length = 0; length <= 32; length++) {
    if (maskOf(length) >>> 0 === word) return length;
  }
  return { mask: word };
}

/** Reads a number of bits of so many digits at most; -1 for anything else. */
function parseBits(text: string, digitsMax: number): number {
  if (text.length === 0 || text.length > digitsMax) return -1;
  let value = 0;
  for (let at = 0; at < text.length; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** The mask of so many bits; 0 and less have none, 32 and more all. */
export function maskOf(bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? -1 : -1 << (32 - bits);
}

/**
 * A word with its first bits only.
 *
 * @hot
 */
export function masked(word: number, bits: number): number {
  if (bits <= 0) return 0;
  return bits >= 32 ? word : word & (-1 << (32 - bits));
}
