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
  const address = slash === -1 ? pattern : pattern.slice(0, slash);
  const mask = slash === -1 ? undefined : pattern.slice(slash + 1);
  if (address.includes(":")) return parseIpv6Network(pattern, address, mask);
  const word = parseShortIpv4(address) ?? lookUp?.(address);
  if (word === undefined) return { message: `'${pattern}' is not a valid IPv4 or IPv6 address` };
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
  const bits = mask === undefined ? 128 : Number(mask);
  if ((mask !== undefined && !/^[0-9]{1,3}$/.test(mask)) || bits > 128) {
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

/** One to four numbers: those that are left out are zeros in front of the last one. */
function parseShortIpv4(text: string): number | undefined {
  if (!/^[0-9]{1,3}(\.[0-9]{1,3}){0,3}$/.test(text)) return undefined;
  const parts = text.split(".").map(Number);
  if (parts.some((part) => part > 255)) return undefined;
  const last = parts.pop()!;
  const octets = [...parts, ...new Array<number>(3 - parts.length).fill(0), last];
  return octets.reduce((word, octet) => word * 256 + octet, 0);
}

function parseMask(text: string | undefined): number | { mask: number } | undefined {
  if (text === undefined) return 32;
  if (/^[0-9]{1,2}$/.test(text)) return Number(text) <= 32 ? Number(text) : undefined;
  if (!text.includes(".")) return undefined;
  const word = parseShortIpv4(text);
  if (word === undefined) return undefined;
  for (let bits = 0; bits <= 32; bits++) {
    if (maskOf(bits) >>> 0 === word) return bits;
  }
  return { mask: word };
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
