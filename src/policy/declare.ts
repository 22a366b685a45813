import type { Args, Values } from "../config/arg.ts";
import type { Diagnostics } from "../config/diagnostics.ts";
import type { SectionKind } from "../config/draft.ts";
import type { Word } from "../config/word.ts";
import type { PolicyCompiler } from "./compiler.ts";
import type { PatternIndex, PatternOptions } from "./patterns/pattern-index.ts";
import type { Place } from "./reads.ts";
import type { Sample, SampleType } from "./sample.ts";
import type { StreamView } from "./stream-view.ts";

/** What each word of expressions says of itself; the manual prints it. */
interface Declaration<A extends Args> {
  /** As the operator types it. */
  readonly name: string;
  /** One line, third person, no final period. */
  readonly summary: string;
  /** Where the behaviour is laid down: manual section, RFC section, or "own". */
  readonly source: string;
  /** What stands in parentheses behind the name. */
  readonly args: A;
}

/** What a declaration is compiled for: the place in the configuration, and how its values are used. */
export interface CompileContext {
  readonly compiler: PolicyCompiler;
  readonly diagnostics: Diagnostics;
  /** The word that holds the expression. */
  readonly at: Word;
  readonly place: Place;
  /** Name of the section that it stands in; "" for the global one. */
  readonly sectionName: string;
  /** What kind of section that is; absent outside of proxies. */
  readonly sectionKind?: SectionKind;
  /** Each value counts (conditions), not the one that a text shows. */
  readonly iterates: boolean;
}

/**
 * Finds a value. It fills the sample and returns true, or returns false when there is nothing, with
 * `mayChange` set when something may be there later. A fetch of several values sets `hasMore` with
 * its cursor, and goes on from the cursor when it is called again.
 *
 * @hot
 */
export type Fetch = (sample: Sample, view: StreamView) => boolean;

/** A sample fetch: where values come from. */
export interface FetchDeclaration<A extends Args = Args> extends Declaration<A> {
  readonly output: SampleType;
  /** A sum of `Reads`. */
  readonly reads: number;
  /** Other names that do the same, such as `urlp` for `url_param`. */
  readonly aliases?: readonly string[];
  /** What it reads changes while the process runs: a configuration at rest knows nothing of it. */
  readonly isLive?: boolean;
  /** Conditions may add a match to the name, as in `path_beg`. */
  readonly hasMatches?: boolean;
  /**
   * The values that there can be in conditions, where the configuration knows them all: a pattern that
   * is none of them is an error. Takes the words in parentheses; undefined where nothing is known.
   */
  knownValues?(args: readonly Word[], compiler: PolicyCompiler): KnownValues | undefined;
  /** Runs once; reports what is wrong and gives undefined, or gives what runs for each stream. */
  compile(args: Values<A>, context: CompileContext): Fetch | undefined;
}

/** Values that the configuration itself has named. */
export interface KnownValues {
  /** What one is called in messages: `group of userlist 'staff'`. */
  readonly what: string;
  readonly values: ReadonlySet<string>;
}

/**
 * Rewrites the sample in place; false makes it absent. Bytes are never changed where they lie: a
 * result goes to a slot of the scratch memory, or narrows the range.
 *
 * @hot
 */
export type Convert = (sample: Sample, view: StreamView) => boolean;

/** An example of a converter, which the manual shows and the tests run. */
export interface Example {
  readonly input: string;
  readonly expression: string;
  /** The result as text; null when the sample is absent then. */
  readonly output: string | null;
  /** The reference's 2.6 does not know the word, or is known to be wrong: nothing to compare with. */
  readonly isOwn?: boolean;
}

/** A converter: a step that a value takes behind its fetch. */
export interface ConverterDeclaration<A extends Args = Args> extends Declaration<A> {
  readonly input: SampleType;
  readonly output: SampleType;
  readonly examples: readonly Example[];
  /** Runs once; reports what is wrong and gives undefined, or gives what runs for each value. */
  compile(args: Values<A>, context: CompileContext): Convert | undefined;
}

/** A way to compare values with patterns: `-m NAME` of conditions, `map_NAME` of maps. */
export interface MatcherDeclaration {
  readonly name: string;
  readonly summary: string;
  readonly source: string;
  /** Values are cast to it first. */
  readonly input: SampleType;
  /** Makes an empty index, which takes patterns one by one. */
  make(options: PatternOptions): PatternIndex;
}

/** Checks a fetch's types where it is written; it returns its argument unchanged. */
export function defineFetch<const A extends Args>(
  declaration: FetchDeclaration<A>,
): FetchDeclaration<A> {
  return declaration;
}

/** Checks a converter's types where it is written; it returns its argument unchanged. */
export function defineConverter<const A extends Args>(
  declaration: ConverterDeclaration<A>,
): ConverterDeclaration<A> {
  return declaration;
}

/** Checks a matcher's types where it is written; it returns its argument unchanged. */
export function defineMatcher(declaration: MatcherDeclaration): MatcherDeclaration {
  return declaration;
}
