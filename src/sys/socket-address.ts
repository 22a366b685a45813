import { Ipv6Reader } from "./ipv6-text.ts";
import type { Region } from "./region.ts";

/** Address families of Linux. */
export const AddressFamily = { NONE: 0, UNIX: 1, INET: 2, INET6: 10 } as const;
export type AddressFamily = (typeof AddressFamily)[keyof typeof AddressFamily];

/** The room that any encoded address fits in, in bytes. */
export const SOCKADDR_SIZE_MAX = 128;
/** The longest path of a unix socket, without the closing NUL. */
export const UNIX_PATH_SIZE_MAX = 107;

/**
 * Where a socket is bound or connected: an IPv4 or IPv6 address with a port, a unix path or an
 * abstract unix name. The fields are rewritten in place, so that a pooled connection takes the
 * address of each peer without making an object. Addresses are held as big-endian 32-bit words:
 * IPv4 in `word3`, IPv6 in all four.
 */
export class SocketAddress {
  family: AddressFamily = AddressFamily.NONE;
  port = 0;
  word0 = 0;
  word1 = 0;
  word2 = 0;
  word3 = 0;
  /** Scope of a link-local IPv6 address. */
  scope = 0;
  /** Path of a unix socket, or its abstract name. */
  path = "";
  isAbstract = false;

  /** @hot */
  clear(): void {
    this.family = AddressFamily.NONE;
    this.port = 0;
    this.word0 = 0;
    this.word1 = 0;
    this.word2 = 0;
    this.word3 = 0;
    this.scope = 0;
    this.path = "";
    this.isAbstract = false;
  }

  /** @hot */
  copyFrom(other: SocketAddress): void {
    this.family = other.family;
    this.port = other.port;
    this.word0 = other.word0;
    this.word1 = other.word1;
    this.word2 = other.word2;
    this.word3 = other.word3;
    this.scope = other.scope;
    this.path = other.path;
    this.isAbstract = other.isAbstract;
  }

  /** Is it an address of the Internet Protocol, with a port? */
  get isInternet(): boolean {
    return this.family === AddressFamily.INET || this.family === AddressFamily.INET6;
  }

  get isLoopback(): boolean {
    if (this.family === AddressFamily.INET) return this.word3 >>> 24 === 127;
    if (this.family === AddressFamily.INET6) {
      return this.word0 === 0 && this.word1 === 0 && this.word2 === 0 && this.word3 === 1;
    }
    return this.family === AddressFamily.UNIX;
  }

  get isUnspecified(): boolean {
    return (this.word0 | this.word1 | this.word2 | this.word3) === 0;
  }

  /** True when both name the same socket. */
  equals(other: SocketAddress): boolean {
    return (
      this.family === other.family &&
      this.port === other.port &&
      this.word0 === other.word0 &&
      this.word1 === other.word1 &&
      this.word2 === other.word2 &&
      this.word3 === other.word3 &&
      this.path === other.path &&
      this.isAbstract === other.isAbstract
    );
  }

  /** Writes the system's form at `offset` of a region and returns its size in bytes. */
  encode(region: Region, offset: number): number {
    const { view, bytes } = region;
    view.setUint16(offset, this.family, true);
    if (this.family === AddressFamily.INET) {
      view.setUint16(offset + 2, this.port);
      view.setUint32(offset + 4, this.word3);
      view.setUint32(offset + 8, 0);
      view.setUint32(offset + 12, 0);
      return 16;
    }
    if (this.family === AddressFamily.INET6) {
      view.setUint16(offset + 2, this.port);
      view.setUint32(offset + 4, 0);
      view.setUint32(offset + 8, this.word0);
      view.setUint32(offset + 12, this.word1);
      view.setUint32(offset + 16, this.word2);
      view.setUint32(offset + 20, this.word3);
      view.setUint32(offset + 24, this.scope, true);
      return 28;
    }
    const path = Buffer.from(this.path, "utf8");
    bytes.fill(0, offset + 2, offset + 110);
    bytes.set(path.subarray(0, UNIX_PATH_SIZE_MAX), offset + (this.isAbstract ? 3 : 2));
    // An abstract name is padded to the full length, as the reference's `abns@` is.
    return this.isAbstract ? 110 : 2 + Math.min(path.length, UNIX_PATH_SIZE_MAX) + 1;
  }

  /**
   * Reads the system's form. An IPv4 address mapped into IPv6 becomes a plain IPv4 one.
   *
   * @hot
   */
  decode(region: Region, offset: number, size: number): void {
    const view = region.view;
    const family = size >= 2 ? view.getUint16(offset, true) : 0;
    this.clear();
    if (family === AddressFamily.INET) {
      this.family = AddressFamily.INET;
      this.port = view.getUint16(offset + 2);
      this.word3 = view.getUint32(offset + 4);
    } else if (family === AddressFamily.INET6) {
      this.family = AddressFamily.INET6;
      this.port = view.getUint16(offset + 2);
      this.word0 = view.getUint32(offset + 8);
      this.word1 = view.getUint32(offset + 12);
      this.word2 = view.getUint32(offset + 16);
      this.word3 = view.getUint32(offset + 20);
      this.scope = view.getUint32(offset + 24, true);
      if (this.word0 === 0 && this.word1 === 0 && this.word2 === 0xffff) {
        this.family = AddressFamily.INET;
        this.word2 = 0;
      }
    } else if (family === AddressFamily.UNIX) {
      this.#decodeUnix(region, offset, size);
    }
  }

  #decodeUnix(region: Region, offset: number, size: number): void {
    this.family = AddressFamily.UNIX;
    const { bytes } = region;
    this.isAbstract = size > 2 && bytes[offset + 2] === 0;
    const start = offset + (this.isAbstract ? 3 : 2);
    let end = start;
    while (end < offset + size && bytes[end] !== 0) end++;
    this.path = Buffer.from(bytes.slice(start, end)).toString("utf8");
  }

  /** The address without its port, such as `10.0.0.1`, `::1` or `/run/app.sock`. */
  host(): string {
    if (this.family === AddressFamily.INET) return ipv4Text(this.word3);
    if (this.family === AddressFamily.INET6) {
      return ipv6Text([this.word0, this.word1, this.word2, this.word3]);
    }
    if (this.family === AddressFamily.UNIX)
      return this.isAbstract ? `abns@${this.path}` : this.path;
    return "";
  }

  /** The address with its port: `10.0.0.1:80`, `[::1]:80` or `unix@/run/app.sock`. */
  toString(): string {
    if (this.family === AddressFamily.INET) return `${this.host()}:${this.port}`;
    if (this.family === AddressFamily.INET6) return `[${this.host()}]:${this.port}`;
    if (this.family === AddressFamily.UNIX)
      return this.isAbstract ? this.host() : `unix@${this.path}`;
    return "";
  }

  /** Makes an IPv4 or IPv6 address from its text without a port, or undefined. */
  static fromHost(host: string, port: number): SocketAddress | undefined {
    const address = new SocketAddress();
    address.port = port;
    const ipv4 = parseIpv4(host);
    if (ipv4 !== -1) {
      address.family = AddressFamily.INET;
      address.word3 = ipv4;
      return address;
    }
    const words = parseIpv6(host);
    if (words === undefined) return undefined;
    address.family = AddressFamily.INET6;
    [address.word0, address.word1, address.word2, address.word3] = words;
    return address;
  }

  /** Makes the address of a unix socket from its path, or from an abstract name. */
  static fromPath(path: string, isAbstract: boolean): SocketAddress {
    const address = new SocketAddress();
    address.family = AddressFamily.UNIX;
    address.path = path;
    address.isAbstract = isAbstract;
    return address;
  }
}

/** Reads a dotted-quad IPv4 address into a 32-bit number, or returns -1. */
export function parseIpv4(text: string): number {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (match === null) return -1;
  let value = 0;
  for (let index = 1; index <= 4; index++) {
    const part = Number(match[index]);
    if (part > 255) return -1;
    value = value * 256 + part;
  }
  return value;
}

/** An IPv6 address as four 32-bit words, the weightiest first. */
export type Words = [number, number, number, number];

/** Kept per thread: an address is read and given at once. */
const ipv6Reader = new Ipv6Reader(parseIpv4);

/** Reads an IPv6 address (RFC 4291 section 2.2) into four 32-bit words, or returns undefined. */
export function parseIpv6(text: string): Words | undefined {
  if (!ipv6Reader.read(text)) return undefined;
  return [ipv6Reader.word(0), ipv6Reader.word(1), ipv6Reader.word(2), ipv6Reader.word(3)];
}

function ipv4Text(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

/** Prints an IPv6 address in the canonical form of RFC 5952. */
export function ipv6Text(words: Words): string {
  const parts: number[] = [];
  for (const word of words) parts.push(word >>> 16, word & 0xffff);
  if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff)
    return `::ffff:${ipv4Text(words[3])}`;
  // As the C library prints addresses that hold an IPv4 address without a mark.
  if (words[0] === 0 && words[1] === 0 && words[2] === 0 && words[3] >>> 0 > 0xffff)
    return `::${ipv4Text(words[3])}`;
  let bestStart = -1;
  let bestLength = 1;
  for (let start = 0; start < 8; start++) {
    let end = start;
    while (end < 8 && parts[end] === 0) end++;
    if (end - start > bestLength) {
      bestStart = start;
      bestLength = end - start;
    }
  }
  const hex = parts.map((part) => part.toString(16));
  if (bestStart === -1) return hex.join(":");
  return `${hex.slice(0, bestStart).join(":")}::${hex.slice(bestStart + bestLength).join(":")}`;
}
