import type { Args, Values } from "../config/arg.ts";
import type { CompileContext } from "./declare.ts";
import type { StreamControl } from "./stream-control.ts";

/** The rule sets that actions stand in. */
export const RULE_SETS = [
  "tcp-request connection",
  "tcp-request session",
  "tcp-request content",
  "tcp-response content",
  "http-request",
  "http-response",
  "http-after-response",
] as const;
/** One of {@link RULE_SETS}. */
export type RuleSetName = (typeof RULE_SETS)[number];

/** What becomes of the stream after an action. */
export const Verdict = {
  /** The next rule follows. */
  NEXT: 0,
  /** The rule set ends here; the stream goes on. */
  STOP: 1,
  /** The stream was answered or ended. */
  DONE: 2,
  /** The same rule must be run again when more has come. */
  WAIT: 3,
} as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/**
 * Acts on a stream.
 *
 * @hot
 */
export type Act = (control: StreamControl) => Verdict;

/** An action of rules: what stands behind `http-request` and its kin. */
export interface ActionDeclaration<A extends Args = Args, P extends Args = Args> {
  /** As the operator types it, without what stands in parentheses. */
  readonly name: string;
  readonly summary: string;
  readonly source: string;
  readonly ruleSets: readonly RuleSetName[];
  /** It ends its rule set: rules behind it, without a condition, are never reached. */
  readonly isFinal: boolean;
  /** The same, where it depends on the words behind the name. */
  isFinalWith?(values: Values<A>): boolean;
  /** The configuration must allow it (`expose-experimental-directives`). */
  readonly isExperimental?: boolean;
  /** It may return WAIT. */
  readonly waits?: boolean;
  /** What stands in parentheses behind the name, as in `set-var(txn.x)`; none where absent. */
  readonly parameters?: P;
  /** The words behind the name, up to `if` or `unless`. */
  readonly args: A;
  /** Runs once; reports what is wrong and gives undefined, or gives what runs for each stream. */
  compile(values: Values<A>, context: CompileContext, parameters: Values<P>): Act | undefined;
}

/** Checks an action's types where it is written; it returns its argument unchanged. */
export function defineAction<const A extends Args, const P extends Args = readonly []>(
  declaration: ActionDeclaration<A, P>,
): ActionDeclaration<A, P> {
  return declaration;
}
