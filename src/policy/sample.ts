/** The types that a sample can have (manual section 7.1), and two that only declarations use. */
export const SampleType = {
  BOOLEAN: 0,
  /** A signed integer of 64 bits. */
  INTEGER: 1,
  IPV4: 2,
  IPV6: 3,
  STRING: 4,
  BINARY: 5,
  /** A string that names an HTTP method. */
  METHOD: 6,
  /** Of a fetch: either kind of address, known once fetched. */
  ADDRESS: 7,
  /** Of a converter: takes any type; as its output, the type it was given. */
  ANY: 8,
} as const;
export type SampleType = (typeof SampleType)[keyof typeof SampleType];

/** The names by number, as messages tell them. */
export const SAMPLE_TYPE_NAMES: readonly string[] = [
  "boolean",
  "integer",
  "ipv4",
  "ipv6",
  "string",
  "binary",
  "method",
  "address",
  "any",
];

const NO_BYTES = new Uint8Array(0);
const INTEGER_MIN = -(2n ** 63n);
const INTEGER_MAX = 2n ** 63n - 1n;

/**
 * The one register of an expression: a fetch fills it, each converter rewrites it in place, a
 * matcher reads it. One instance for each user and thread; never kept across events. Every field is
 * always there and always of one kind, so that all samples have the same shape.
 */
export class Sample {
  type: SampleType = SampleType.BOOLEAN;
  /** Value of a boolean (0 or 1), or of an integer unless `isWide`. Always a safe integer. */
  integer = 0;
  /** Value of an integer that JavaScript's numbers cannot tell exactly. */
  wide = 0n;
  isWide = false;
  /** Value of a string, method or binary sample: `bytes[start .. end)`. Borrowed, never written to. */
  bytes: Uint8Array = NO_BYTES;
  start = 0;
  end = 0;
  /** Value of an address, as big-endian words; IPv4 in `word3`. */
  word0 = 0;
  word1 = 0;
  word2 = 0;
  word3 = 0;

  /** Where a fetch of several values goes on; 0 before the first. What they count is its own affair. */
  cursor = 0;
  otherCursor = 0;
  /** The fetch has, or may have, another value: `Expression.next` gives it. */
  hasMore = false;
  /** Nothing was found, or something else may be found once more bytes have come. */
  mayChange = false;

  /**
   * Forgets what an earlier evaluation left.
   *
   * @hot
   */
  begin(): void {
    this.cursor = 0;
    this.otherCursor = 0;
    this.hasMore = false;
    this.mayChange = false;
  }

  /** @hot */
  setBoolean(value: boolean): void {
    this.type = SampleType.BOOLEAN;
    this.integer = value ? 1 : 0;
    this.isWide = false;
  }

  /**
   * @hot
   * @param value - A safe integer.
   */
  setInteger(value: number): void {
    this.type = SampleType.INTEGER;
    this.integer = value;
    this.isWide = false;
  }

  /** Sets an integer of 64 bits; what lies outside becomes the nearest that there is. */
  setWide(value: bigint): void {
    this.type = SampleType.INTEGER;
    const kept = value > INTEGER_MAX ? INTEGER_MAX : value < INTEGER_MIN ? INTEGER_MIN : value;
    const number = Number(kept);
    this.isWide = !Number.isSafeInteger(number);
    if (this.isWide) this.wide = kept;
    else this.integer = number;
  }

  /** The integer, whichever way it is kept. */
  get bigInteger(): bigint {
    return this.isWide ? this.wide : BigInt(this.integer);
  }

  /**
   * @hot
   * @param type - STRING, BINARY or METHOD.
   */
  setBytes(type: SampleType, bytes: Uint8Array, start: number, end: number): void {
    this.type = type;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  /** @hot */
  setIpv4(word: number): void {
    this.type = SampleType.IPV4;
    this.word3 = word;
  }

  /** @hot */
  setIpv6(word0: number, word1: number, word2: number, word3: number): void {
    this.type = SampleType.IPV6;
    this.word0 = word0;
    this.word1 = word1;
    this.word2 = word2;
    this.word3 = word3;
  }

  /** Copies the value of another sample; bytes stay borrowed. */
  copyFrom(other: Sample): void {
    this.type = other.type;
    this.integer = other.integer;
    this.wide = other.wide;
    this.isWide = other.isWide;
    this.bytes = other.bytes;
    this.start = other.start;
    this.end = other.end;
    this.word0 = other.word0;
    this.word1 = other.word1;
    this.word2 = other.word2;
    this.word3 = other.word3;
  }

  /** The bytes as text, each octet one character (latin1). For start-up, rare paths and tests. */
  text(): string {
    const { buffer, byteOffset } = this.bytes;
    return Buffer.from(buffer, byteOffset + this.start, this.end - this.start).toString("latin1");
  }
}
