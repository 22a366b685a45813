import { octetsOf } from "../args.ts";
import { castSample } from "../casts.ts";
import type { MatcherDeclaration } from "../declare.ts";
import { Sample, SampleType } from "../sample.ts";
import type { StreamView } from "../stream-view.ts";
import { Substitution } from "../substitution.ts";
import type { PatternIndex, PatternOptions } from "./pattern-index.ts";

/** What maps give: a text, its bytes, and what it is when read as another type. */
export class PatternValue {
  readonly text: string;
  readonly bytes: Uint8Array;
  #integer: Sample | null | undefined;
  #address: Sample | null | undefined;
  #substitution: Substitution | null | undefined;

  constructor(text: string) {
    this.text = text;
    this.bytes = octetsOf(text);
  }

  /** The value as an integer; null when it is none. */
  get integer(): Sample | null {
    if (this.#integer === undefined) {
      // A cast would take the digits that a text begins with; a map wants nothing but digits.
      const isInteger = /^[+-]?[0-9]+$/.test(this.text);
      this.#integer = isInteger ? readAs(this.bytes, SampleType.INTEGER) : null;
    }
    return this.#integer;
  }

  /** The value as an address of either kind; null when it is none. */
  get address(): Sample | null {
    if (this.#address === undefined) {
      const type = this.text.includes(":") ? SampleType.IPV6 : SampleType.IPV4;
      this.#address = readAs(this.bytes, type);
    }
    return this.#address;
  }

  /** The value as what takes the place of a match; undefined when it ends in half an escape. */
  get substitution(): Substitution | undefined {
    if (this.#substitution === undefined) {
      this.#substitution = Substitution.parse(this.text) ?? null;
    }
    return this.#substitution ?? undefined;
  }

  /** Whether it can be read as what a map gives. */
  isOfType(type: SampleType): boolean {
    if (type === SampleType.INTEGER) return this.integer !== null;
    return type !== SampleType.ADDRESS || this.address !== null;
  }

  /**
   * Makes a sample be the value, read as a type; false when it cannot be.
   *
   * @hot
   */
  writeTo(sample: Sample, type: SampleType): boolean {
    if (type === SampleType.STRING) {
      sample.setBytes(SampleType.STRING, this.bytes, 0, this.bytes.length);
      return true;
    }
    const read = type === SampleType.INTEGER ? this.integer : this.address;
    if (read === null) return false;
    sample.copyFrom(read);
    return true;
  }
}

/** Reading a text needs no view. */
const NO_VIEW = null as unknown as StreamView;

function readAs(bytes: Uint8Array, type: SampleType): Sample | null {
  const sample = new Sample();
  sample.setBytes(SampleType.STRING, bytes, 0, bytes.length);
  return castSample(sample, type, NO_VIEW) ? sample : null;
}

/** One way in which conditions or maps use a list; those that use it alike share one. */
export class PatternUse {
  readonly matcher: MatcherDeclaration;
  readonly options: PatternOptions;
  /** What a map reads its values as; null for conditions, which have none. */
  readonly output: SampleType | null;
  readonly index: PatternIndex;

  constructor(matcher: MatcherDeclaration, options: PatternOptions, output: SampleType | null) {
    this.matcher = matcher;
    this.options = options;
    this.output = output;
    this.index = matcher.make(options);
  }

  /** Whether somebody who uses the list in a certain way can share this one. */
  isLike(matcher: MatcherDeclaration, options: PatternOptions, output: SampleType | null): boolean {
    return (
      this.matcher === matcher &&
      this.output === output &&
      this.options.ignoresCase === options.ignoresCase &&
      this.options.looksNothingUp === options.looksNothingUp
    );
  }
}
