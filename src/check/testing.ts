import { CHECK_OUTCOMES } from "../balance/check-status.ts";
import { hasCode } from "../balance/server-health.ts";
import { testBackend } from "../balance/testing.ts";
import { Diagnostics } from "../config/diagnostics.ts";
import { CheckInput } from "./check-input.ts";
import type { Finding, ProbeContext, ProbePlan } from "./probe.ts";
import { ScriptPlan } from "./script-plan.ts";
import { Judgement, type SendStep, StepKind } from "./steps.ts";

/** What plans are compiled with in tests. */
export const TEST_CONTEXT: ProbeContext = {
  answerSizeMax: 16384,
  node: "n",
  external: { isAllowed: true, mayFork: true },
  listener: undefined,
  fieldCase: null,
  diagnostics: new Diagnostics(),
};

/** What a check without sockets came to. */
export interface PlayedCheck {
  /** Status, code and text, or "-" while it waits for more. */
  readonly found: string;
  /** What was sent, each character one byte. */
  readonly sent: readonly string[];
}

/**
 * Plays a script against a server that answers so, the pieces of each answer one after the other.
 *
 * @param answers - What comes behind each send; the first is what comes by itself where the script
 *   does not send first. Pieces are texts whose characters are bytes; null ends the connection.
 */
export function playCheck(
  plan: ProbePlan,
  answers: readonly (readonly (string | null)[])[],
  answerSizeMax = 16384,
): PlayedCheck {
  if (!(plan instanceof ScriptPlan)) throw new Error("only scripts can be played");
  return new Player(plan, answers, answerSizeMax).play();
}

class Player {
  readonly #server = testBackend([{ isChecked: true }]).servers[0]!;
  readonly #plan: ScriptPlan;
  readonly #input: CheckInput;
  readonly #answers: (string | null)[][];
  readonly #sent: string[] = [];
  #pieces: (string | null)[] = [];

  constructor(
    plan: ScriptPlan,
    answers: readonly (readonly (string | null)[])[],
    answerSizeMax: number,
  ) {
    this.#plan = plan;
    this.#input = new CheckInput(answerSizeMax);
    this.#answers = answers.map((pieces) => [...pieces]);
    if (plan.steps[1]?.kind !== StepKind.SEND) this.#pieces = this.#answers.shift() ?? [];
  }

  play(): PlayedCheck {
    const found = this.#found();
    return { found: typeof found === "string" ? found : shown(found), sent: this.#sent };
  }

  #found(): Finding | string {
    const { steps } = this.#plan;
    for (const [index, step] of steps.entries()) {
      if (step.kind === StepKind.SEND) {
        const problem = this.#send(step);
        if (problem !== undefined) return problem;
      } else if (step.kind === StepKind.EXPECT) {
        const judgement = this.#expect(index);
        if (judgement === Judgement.WAIT) return "-";
        if (judgement !== Judgement.PASS) return judgement;
      }
    }
    return this.#plan.passed(this.#input, this.#server);
  }

  #send(step: SendStep): string | undefined {
    this.#input.clear();
    const bytes = step.compose(this.#server);
    if (typeof bytes === "string") return bytes;
    this.#sent.push(Buffer.from(bytes).toString("latin1"));
    this.#pieces = this.#answers.shift() ?? [];
    return undefined;
  }

  #expect(index: number): Judgement {
    let judgement = this.#plan.judge(index, this.#input, this.#server);
    while (judgement === Judgement.WAIT && this.#pieces.length > 0) {
      const piece = this.#pieces.shift() ?? null;
      if (piece === null) this.#input.isEnded = true;
      else this.#input.add(Buffer.from(piece, "latin1"));
      judgement = this.#plan.judge(index, this.#input, this.#server);
    }
    return judgement;
  }
}

function shown({ status, code, text }: Finding): string {
  const { name } = CHECK_OUTCOMES[status]!;
  return [name, ...(hasCode(status) ? [code] : []), ...(text === "" ? [] : [text])].join(" ");
}
