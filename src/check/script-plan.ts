import type { Server } from "../balance/server.ts";
import type { Thread } from "../net/thread.ts";
import type { CheckInput } from "./check-input.ts";
import type { CheckRun, CheckTarget, Finding, ProbePlan } from "./probe.ts";
import { ScriptRun } from "./script-run.ts";
import { type ExpectStep, finding, Judgement, type Step, StepKind } from "./steps.ts";

/** What a script is besides its steps. */
export interface ScriptOptions {
  /** How much of an answer is kept, in bytes. */
  readonly answerSizeMax: number;
  /** The longest text of a finding, in characters, where it is not the usual. */
  readonly textSizeMax?: number;
  /** Steps in front that no rule asked for: they have no number. */
  readonly impliedCount?: number;
  /** Whether failures name the step they came in. */
  readonly namesSteps?: boolean;
  /** What it has found when its last step connected, and when it sent. */
  readonly connected: Finding;
  readonly sent: Finding;
}

/** A check as a list of steps, the first of which (but for comments) connects. */
export class ScriptPlan implements ProbePlan {
  readonly steps: readonly Step[];
  readonly options: ScriptOptions;

  constructor(steps: readonly Step[], options: ScriptOptions) {
    this.steps = steps;
    this.options = options;
  }

  get missingPortText(): string | undefined {
    const connects = this.steps.filter((step) => step.kind === StepKind.CONNECT);
    if (connects.every(({ port }) => port !== 0)) return undefined;
    if (connects[0]!.port !== 0) {
      return ", and a tcp_check rule 'connect' with no port information";
    }
    if (this.steps.length === 1 && this.options.namesSteps !== true) return "";
    return " nor tcp_check rule 'connect' with port information";
  }

  prepare(thread: Thread, target: CheckTarget, tell: (finding: Finding) => void): CheckRun {
    return new ScriptRun(this, thread, target, tell);
  }

  /** Looks at the answer that an `expect` step waits for. */
  judge(index: number, input: CheckInput, server: Server): Judgement {
    const step = this.steps[index] as ExpectStep;
    if (!input.isLast && (input.size === 0 || input.size < step.sizeMin)) return Judgement.WAIT;
    if (input.size === 0 && !step.judgesNothing) {
      return finding(step.nothingStatus, this.#nothingText(index));
    }
    const judgement = step.judge(input, { server, number: this.numberOf(index) });
    if (judgement === Judgement.PASS) return Judgement.PASS;
    if (judgement === Judgement.WAIT) {
      return input.isLast ? finding(step.nothingStatus) : Judgement.WAIT;
    }
    const comment = this.commentOf(index);
    const said = comment === "" ? "" : ` comment: ${comment}`;
    return { ...judgement, text: `${judgement.text}${said}` };
  }

  #nothingText(index: number): string {
    const comment = this.commentOf(index);
    const said = comment === "" ? "" : ` comment: '${comment}'`;
    return `TCPCHK got an empty response at step ${this.numberOf(index)}${said}`;
  }

  /** What a check has found whose steps have all passed. */
  passed(input: CheckInput, server: Server): Finding {
    const index = this.steps.findLastIndex((step) => step.kind !== StepKind.COMMENT);
    const last = this.steps[index]!;
    if (last.kind === StepKind.EXPECT) {
      return last.passed(input, { server, number: this.numberOf(index) });
    }
    return last.kind === StepKind.SEND ? this.options.sent : this.options.connected;
  }

  /** The step's comment, or that of the comment in front of it. */
  commentOf(index: number): string {
    const own = this.steps[index]!.comment;
    const before = this.steps[index - 1];
    return own === "" && before?.kind === StepKind.COMMENT ? before.comment : own;
  }

  /** Its number in messages, from 1; 0 or less where no rule asked for it. */
  numberOf(index: number): number {
    return index + 1 - (this.options.impliedCount ?? 0);
  }

  /**
   * What messages about connections and timeouts say behind the error: ` at step 2 of tcp-check
   * (expect string 'x')`; empty where steps are not named.
   */
  placeOf(index: number): string {
    if (this.options.namesSteps !== true) return "";
    const number = this.numberOf(index);
    if (number < 1) return " at initial connection step of tcp-check";
    const comment = this.commentOf(index);
    const said = comment === "" ? "" : ` comment: '${comment}'`;
    return ` at step ${number} of tcp-check (${labelOf(this.steps[index]!)})${said}`;
  }
}

function labelOf(step: Step): string {
  if (step.kind === StepKind.EXPECT) return step.label;
  if (step.kind === StepKind.SEND) return "send";
  if (step.kind === StepKind.COMMENT) return "comment";
  return step.port === 0 ? "connect" : `connect port ${step.port}`;
}
