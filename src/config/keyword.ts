import type { Args, Values } from "./arg.ts";
import type { Diagnostics } from "./diagnostics.ts";
import type { BindDraft, SectionDraft, SectionKind, ServerDraft } from "./draft.ts";
import type { Word } from "./word.ts";

/** What each word of the language says of itself; the manual prints it. */
export interface Declaration<A extends Args> {
  /** As the operator types it; several words are set apart by one blank. */
  readonly name: string;
  /** One line, third person, no final period. */
  readonly summary: string;
  /** Where the behaviour is laid down: manual section, RFC section, or "own". */
  readonly source: string;
  readonly args: A;
  /** Today's spelling, such as `timeout client`; using the word then earns a warning with it. */
  readonly deprecated?: string;
}

/** A line of a section. */
export interface Keyword<A extends Args = Args> extends Declaration<A> {
  readonly sections: readonly SectionKind[];
  apply(draft: SectionDraft, values: Values<A>, at: Word, diagnostics: Diagnostics): void;
  /**
   * A keyword of backends in a frontend, or the other way round, earns a warning and is ignored. True
   * makes it an error.
   */
  readonly isStrict?: boolean;
  /**
   * What `no` in front of it does; where absent, `no` is an error. Most do not care for the words
   * behind the name.
   */
  disable?(draft: SectionDraft, at: Word, diagnostics: Diagnostics, behind: readonly Word[]): void;
  /** What `default` in front of it does; where absent, `default` is an error. */
  reset?(draft: SectionDraft): void;
  /** Judges the section once all files are read; only where the keyword was used or inherited. */
  check?(draft: SectionDraft, diagnostics: Diagnostics): void;
}

/** A word on a `server` or `default-server` line. */
export interface ServerOption<A extends Args = Args> extends Declaration<A> {
  /** False where only a `server` line may have it. */
  readonly inDefaultServer?: boolean;
  apply(server: ServerDraft, values: Values<A>, at: Word, diagnostics: Diagnostics): void;
}

/** A word on a `bind` line. */
export interface BindOption<A extends Args = Args> extends Declaration<A> {
  apply(bind: BindDraft, values: Values<A>, at: Word, diagnostics: Diagnostics): void;
}

/** Checks a keyword's types where it is written; it returns its argument unchanged. */
export function defineKeyword<const A extends Args>(keyword: Keyword<A>): Keyword<A> {
  return keyword;
}

/** Checks a server option's types where it is written; it returns its argument unchanged. */
export function defineServerOption<const A extends Args>(option: ServerOption<A>): ServerOption<A> {
  return option;
}

/** Checks a bind option's types where it is written; it returns its argument unchanged. */
export function defineBindOption<const A extends Args>(option: BindOption<A>): BindOption<A> {
  return option;
}
