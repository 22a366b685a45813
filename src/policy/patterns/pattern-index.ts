import type { Sample } from "../sample.ts";

/** How patterns are read and compared. */
export interface PatternOptions {
  /** `-i`: letters count without their case. */
  readonly ignoresCase: boolean;
  /** `-n`: names are not looked up. */
  readonly looksNothingUp: boolean;
  /** Is told, once for each pattern, that a match took too much work and counted as none. */
  readonly reportOverwork?: (pattern: string) => void;
}

/** Why a pattern was refused. */
export interface PatternError {
  readonly message: string;
}

/** What `find` gives when no pattern matches. */
export const NO_MATCH = -1;

/**
 * The patterns of one condition, ACL or map, laid out for their match. Each pattern has an identity
 * that its owner gives; when several patterns match, the most specific one is found where the match
 * has an order of its own (longest prefix of addresses, longest text), else the one added first.
 *
 * Patterns come and go at run time, between two events.
 */
export interface PatternIndex {
  /** How many patterns it holds. */
  readonly count: number;
  /** Adds a pattern; an error leaves everything as it was. */
  add(pattern: string, identity: number): PatternError | undefined;
  /** Takes out what `add` took in with the same words; nothing happens where that is not there. */
  remove(pattern: string, identity: number): void;
  clear(): void;
  /**
   * Finds the pattern that a value matches.
   *
   * @hot
   * @param sample - Of the matcher's input type.
   * @returns The pattern's identity, or {@link NO_MATCH}.
   */
  find(sample: Sample): number;
}
