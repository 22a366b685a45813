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

/** Networks of one family, by their length. */
class NetworkTable {
  readonly #table = new WordTable();
  /** How many networks there are of each length. */
  readonly #counts: Int32Array;
  /** The lengths that there are, descending: the longest is the finest. */
  #lengths: number[] = [];

  constructor(bitsMax: number) {
    this.#counts = new Int32Array(bitsMax + 1);
  }

  get count(): number {
    return this.#table.count;
  }

  add({ bits, words }: Network, identity: number): void {
    const [one, two, three, four] = words;
    this.#table.add(bits, one, two, three, four, identity);
    if (this.#counts[bits]!++ === 0) this.#list();
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
  }

  /** @hot */
  findIpv4(word: number): number {
    const lengths = this.#lengths;
    for (let index = 0; index < lengths.length; index++) {
      const bits = lengths[index]!;
      const found = this.#table.find(bits, 0, 0, 0, masked(word, bits));
      if (found !== NO_MATCH) return found;
    }
    return NO_MATCH;
  }

  /** @hot */
  findIpv6(one: number, two: number, three: number, four: number): number {
    const lengths = this.#lengths;
    for (let index = 0; index < lengths.length; index++) {
      const bits = lengths[index]!;
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

/**
 * Networks that addresses have to lie in; the longest prefix is found. Each length that is there costs
 * one look-up in a hash table, of which there are 33 or 129 at most and few in practice.
 *
 * Source: HAProxy configuration manual, section 7.1.6.
 */
export class AddressIndex implements PatternIndex {
  readonly #ipv4 = new NetworkTable(32);
  readonly #ipv6 = new NetworkTable(128);
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
