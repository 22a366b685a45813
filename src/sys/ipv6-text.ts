const COLON = 0x3a;
const DOT = 0x2e;
const GROUPS = 8;
const DIGITS_MAX = 4;
const BAD = -1;

/** Reads texts of IPv6 addresses; one per thread, since it keeps the address that it read last. */
export class Ipv6Reader {
  readonly #groups = new Uint16Array(GROUPS);
  readonly #parseIpv4: (text: string) => number;
  #count = 0;
  /** How many groups stand in front of the `::`; -1 without one. */
  #gap = -1;

  /** @param parseIpv4 - Reads the address of the other kind that may end a text; -1 for anything else. */
  constructor(parseIpv4: (text: string) => number) {
    this.#parseIpv4 = parseIpv4;
  }

  /**
   * Reads an address; false when the text is none.
   *
   * Source: RFC 4291 section 2.2.
   */
  read(text: string): boolean {
    this.#count = 0;
    this.#gap = text.startsWith("::") ? 0 : -1;
    for (let at = this.#gap === 0 ? 2 : 0; at < text.length; ) {
      at = this.#readGroup(text, at);
      if (at !== BAD && at < text.length) at = this.#readColons(text, at);
      if (at === BAD) return false;
    }
    // The gap stands for one group at least.
    return this.#gap === -1 ? this.#count === GROUPS : this.#count < GROUPS;
  }

  /** Reads a group, or the IPv4 address at the end, and returns where it ends. */
  #readGroup(text: string, from: number): number {
    if (this.#count === GROUPS) return BAD;
    let value = 0;
    let at = from;
    for (let digit = hexDigit(text, at); digit !== BAD; digit = hexDigit(text, ++at)) {
      value = value * 16 + digit;
    }
    if (text.charCodeAt(at) === DOT) return this.#readIpv4(text, from);
    if (at === from || at - from > DIGITS_MAX) return BAD;
    this.#groups[this.#count++] = value;
    return at;
  }

  #readIpv4(text: string, from: number): number {
    const address = this.#count <= GROUPS - 2 ? this.#parseIpv4(text.slice(from)) : BAD;
    if (address === BAD) return BAD;
    this.#groups[this.#count++] = address >>> 16;
    this.#groups[this.#count++] = address & 0xffff;
    return text.length;
  }

  /** Reads what stands between two groups, and returns where it ends. */
  #readColons(text: string, at: number): number {
    if (text.charCodeAt(at) !== COLON || at + 1 === text.length) return BAD;
    if (text.charCodeAt(at + 1) !== COLON) return at + 1;
    if (this.#gap !== -1) return BAD;
    this.#gap = this.#count;
    return at + 2;
  }

  /** A word of the address that was read, from 0 to 3. */
  word(index: number): number {
    return this.#group(index * 2) * 0x1_0000 + this.#group(index * 2 + 1);
  }

  #group(index: number): number {
    if (this.#gap === -1 || index < this.#gap) return this.#groups[index]!;
    // Those behind the gap stand at the end.
    const fromEnd = GROUPS - index;
    return fromEnd <= this.#count - this.#gap ? this.#groups[this.#count - fromEnd]! : 0;
  }
}

function hexDigit(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : BAD;
}
