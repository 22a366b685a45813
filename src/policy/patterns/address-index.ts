import { type Sample, SampleType } from "../sample.ts";
import { type LookUpIpv4, masked, type Network, parseNetwork } from "./network.ts";
import { NO_MATCH, type PatternError, type PatternIndex } from "./pattern-index.ts";
import { hashWords, WordTable } from "./word-table.ts";

/** Networks whose mask has holes are looked at one by one. */
interface OddNetwork {
  readonly word: number;
  readonly mask: number;
  readonly identity: number;
}

/** The filter's places; each stands for the addresses with the same first bits, or their hash. */
const FILTER_SIZE = 65_536;
/** Below this many networks a filter would cost more than it saves. */
const FILTERED_MIN = 1000;
/** In each place's set: lengths that every place may have. */
const EVERYWHERE = 1 << 31;

/**
 * Networks of one family, by their length. Where there are many, a filter tells which of the lengths
 * any network has that starts like an address: most look-ups are then spared.
 */
class NetworkTable {
  readonly #table = new WordTable();
  /** How many networks there are of each length. */
  readonly #counts: Int32Array;
  /** The bit of each length in the filter's sets. */
  readonly #bits: Int32Array;
  /** The lengths that there are, descending: the longest is the finest. */
  #lengths: number[] = [];
  /** Sets of lengths by the first bits of addresses; null while there are few networks. */
  #filter: Int32Array | null = null;
  readonly #isIpv6: boolean;

  constructor(isIpv6: boolean) {
    const bitsMax = isIpv6 ? 128 : 32;
    this.#isIpv6 = isIpv6;
    this.#counts = new Int32Array(bitsMax + 1);
    this.#bits = new Int32Array(bitsMax + 1).fill(EVERYWHERE);
    // Networks that leave the first bits open may hold any address.
    const first = isIpv6 ? 32 : 16;
    const shift = isIpv6 ? 2 : 0;
    for (let bits = first; bits <= bitsMax; bits++)
      this.#bits[bits] = 1 << ((bits - first) >> shift);
  }

  get count(): number {
    return this.#table.count;
  }

  add({ bits, words }: Network, identity: number): void {
    const [one, two, three, four] = words;
    this.#table.add(bits, one, two, three, four, identity);
    if (this.#counts[bits]!++ === 0) this.#list();
    if (this.#filter !== null) this.#note(bits, one, four);
    else if (this.count >= FILTERED_MIN) this.#makeFilter();
  }

  /** What was removed stays noted: the filter may say yes too often, never no. */
  #note(bits: number, one: number, four: number): void {
    const place = this.#isIpv6 ? placeOfIpv6(one) : four >>> 16;
    this.#filter![place]! |= this.#bits[bits]!;
  }

  #makeFilter(): void {
    this.#filter = new Int32Array(FILTER_SIZE).fill(EVERYWHERE);
    this.#table.eachKey((bits, one, four) => this.#note(bits, one, four));
  }

  remove({ bits, words }: Network, identity: number): void {
    const [one, two, three, four] = words;
    if (!this.#table.remove(hashWords(bits, one, two, three, four), identity)) return;
    if (--this.#counts[bits]! === 0) this.#list();
  }

  #list(): void {
    this.#lengths = [];
    for (let bits = this.#counts.length - 1; bits >= 0; bits--) {
      if (this.#counts[bits]! > 0) this.#lengths.push(bits);
    }
  }

  clear(): void {
    this.#table.clear();
    this.#counts.fill(0);
    this.#lengths = [];
    this.#filter = null;
  }

  /** @hot */
  findIpv4(word: number): number {
    const lengths = this.#lengths;
    const set = this.#filter === null ? -1 : this.#filter[word >>> 16]!;
    for (let index = 0; index < lengths.length; index++) {
      const bits = lengths[index]!;
      if ((set & this.#bits[bits]!) === 0) continue;
      const found = this.#table.find(bits, 0, 0, 0, masked(word, bits));
      if (found !== NO_MATCH) return found;
    }
    return NO_MATCH;
  }

  /** @hot */
  findIpv6(one: number, two: number, three: number, four: number): number {
    const lengths = this.#lengths;
    const set = this.#filter === null ? -1 : this.#filter[placeOfIpv6(one)]!;
    for (let index = 0; index < lengths.length; index++) {
      const bits = lengths[index]!;
      if ((set & this.#bits[bits]!) === 0) continue;
      const found = this.#table.find(
        bits,
        masked(one, bits),
        masked(two, bits - 32),
        masked(three, bits - 64),
        masked(four, bits - 96),
      );
      if (found !== NO_MATCH) return found;
    }
    return NO_MATCH;
  }
}

/** @hot */
function placeOfIpv6(first: number): number {
  return Math.imul(first, 0x9e3779b1) >>> 16;
}

/**
 * Networks that addresses have to lie in; the longest prefix is found. Each length that networks near
 * the address have costs one look-up in a hash table.
 *
 * Source: HAProxy configuration manual, section 7.1.6.
 */
export class AddressIndex implements PatternIndex {
  readonly #ipv4 = new NetworkTable(false);
  readonly #ipv6 = new NetworkTable(true);
  readonly #lookUp: LookUpIpv4 | null;
  #odd: OddNetwork[] = [];

  /** @param lookUp - Finds hosts; null takes addresses alone. */
  constructor(lookUp: LookUpIpv4 | null) {
    this.#lookUp = lookUp;
  }

  get count(): number {
    return this.#ipv4.count + this.#ipv6.count + this.#odd.length;
  }

  add(pattern: string, identity: number): PatternError | undefined {
    const network = parseNetwork(pattern, this.#lookUp);
    if ("message" in network) return network;
    if (network.isIpv6) this.#ipv6.add(network, identity);
    else if (network.bits !== -1) this.#ipv4.add(network, identity);
    else this.#odd.push({ word: network.words[3], mask: network.mask, identity });
    return undefined;
  }

  remove(pattern: string, identity: number): void {
    const network = parseNetwork(pattern, this.#lookUp);
    if ("message" in network) return;
    if (network.isIpv6) this.#ipv6.remove(network, identity);
    else if (network.bits !== -1) this.#ipv4.remove(network, identity);
    else this.#odd = this.#odd.filter((odd) => odd.identity !== identity);
  }

  clear(): void {
    this.#ipv4.clear();
    this.#ipv6.clear();
    this.#odd = [];
  }

  /** @hot */
  find(sample: Sample): number {
    if (sample.type === SampleType.IPV4) {
      const found = this.#findIpv4(sample.word3);
      if (found !== NO_MATCH || this.#ipv6.count === 0) return found;
      return this.#ipv6.findIpv6(0, 0, 0xffff, sample.word3);
    }
    const { word0, word1, word2, word3 } = sample;
    const found = this.#ipv6.findIpv6(word0, word1, word2, word3);
    if (found !== NO_MATCH) return found;
    // 2002:IPV4::, ::IPV4 and ::ffff:IPV4 stand for IPv4 addresses.
    if (word0 >>> 16 === 0x2002) return this.#findIpv4((word0 << 16) | (word1 >>> 16));
    if (word0 === 0 && word1 === 0 && (word2 === 0 || word2 === 0xffff)) {
      return this.#findIpv4(word3);
    }
    return NO_MATCH;
  }

  /** @hot */
  #findIpv4(word: number): number {
    const found = this.#ipv4.findIpv4(word);
    if (found !== NO_MATCH) return found;
    const odd = this.#odd;
    for (let index = 0; index < odd.length; index++) {
      const network = odd[index]!;
      if ((word & network.mask) >>> 0 === network.word) return network.identity;
    }
    return NO_MATCH;
  }
}
