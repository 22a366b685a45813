import type { Word } from "../config/word.ts";
import type { Value } from "./values.ts";

/** Where in the configuration something stands. */
export interface Place {
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** One step of an expression: its fetch, or a converter behind it. */
export interface StepTrace {
  /** As it was typed: `req.hdr(host)`, `lower`. */
  readonly text: string;
  /** Null where there is no value. */
  readonly value: Value | null;
  /**
   * `given`: the command line said so. `live`: what the running process would know is taken as if it
   * had just started.
   */
  readonly origin: "configuration" | "given" | "live";
}

/** An expression that was evaluated: a fetch, and the converters behind it. */
export interface ExpressionTrace {
  readonly text: string;
  readonly steps: StepTrace[];
}

/** Yes, no, or not to be told before more has come. */
export type Answer = "yes" | "no" | "unknown";

/** A line of an ACL that was tested: a criterion with its patterns. */
export interface TestTrace {
  readonly text: string;
  readonly place: Place;
  /** One for each value that was compared, in order. */
  readonly values: ExpressionTrace[];
  answer: Answer;
}

/** An ACL within a condition. */
export interface TermTrace {
  /** The name of the ACL, or what stands in braces, with `!` in front where it is negated. */
  readonly text: string;
  /** Which of the parts between `or`, from 0. */
  readonly group: number;
  readonly isNegated: boolean;
  readonly tests: TestTrace[];
  /** What the ACL says, before `!`. */
  answer: Answer;
  /** The condition would have come out otherwise without it. */
  decides: boolean;
}

/** A condition that was tested. */
export interface ConditionTrace {
  /** With its `if` or `unless`. */
  readonly text: string;
  /** Those that were looked at, in order; the others did not matter any more. */
  readonly terms: TermTrace[];
  answer: Answer;
}

/** What became of a rule. */
export type Outcome =
  /** Its condition does not hold. */
  | "skipped"
  /** It did something, and the next rule followed. */
  | "applied"
  /** It ended its rule set. */
  | "final"
  /** It ended the exchange, or answered it. */
  | "ended"
  /** It waits for more of the message. */
  | "waited";

/** A rule that was evaluated. */
export interface RuleTrace {
  readonly kind: "rule";
  readonly ruleSet: string;
  /** The section that the rule stands in. */
  readonly section: string;
  readonly place: Place;
  /** The line as it was typed. */
  readonly text: string;
  condition: ConditionTrace | null;
  outcome: Outcome;
  /** What its action looked at. */
  readonly values: ExpressionTrace[];
  /** What it changed. */
  readonly effects: string[];
  backend: string;
}

/** A line that chooses, such as `use_backend`; whether it was followed is told by what was chosen. */
export interface ChoiceTrace {
  readonly kind: "choice";
  /** What the condition was compiled for: `use_backend`, `use-server`. */
  readonly ruleSet: string;
  readonly section: string;
  readonly place: Place;
  readonly text: string;
  readonly condition: ConditionTrace;
  backend: string;
}

/** A name or text that a format made outside of rules. */
export interface FormatTrace {
  readonly kind: "format";
  readonly text: string;
  readonly result: string;
  readonly place: Place;
  backend: string;
}

/** Time had to pass before something went on. */
export interface WaitTrace {
  readonly kind: "wait";
  readonly ms: number;
  backend: string;
}

/** What happened, in order. */
export type TraceEvent = RuleTrace | ChoiceTrace | FormatTrace | WaitTrace;

/** Where a word stands. */
export function placeOf({ source, line }: Word): Place {
  return { file: source.path, line };
}

/** Is it the same line of the same file? */
export function isSamePlace(left: Place, right: Place): boolean {
  return left.file === right.file && left.line === right.line;
}

/** The line that a word opens, as it was typed, without its indent; lines that go on are joined. */
export function lineOf({ source, line, text }: Word): string {
  let at = line - 1;
  let typed = (source.lines[at] ?? text).trim();
  while (typed.endsWith("\\") && at + 1 < source.lines.length) {
    at++;
    typed = `${typed.slice(0, -1).trimEnd()} ${source.lines[at]!.trim()}`;
  }
  return Buffer.from(typed, "latin1").toString();
}
