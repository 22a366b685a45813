import { CheckStatus } from "../balance/check-status.ts";
import type { Server } from "../balance/server.ts";
import { enterDrain, enterMaintenance, enterReady } from "../balance/server-lifecycle.ts";
import { changeConnectionsMax } from "../balance/server-limit.ts";
import { changeWeight } from "../balance/server-weight.ts";
import type { Thread } from "../net/thread.ts";
import { type AgentLine, parseAgentLine } from "./agent-words.ts";
import type { CheckRun, CheckTarget, Finding, ProbePlan } from "./probe.ts";
import { ScriptPlan } from "./script-plan.ts";
import { expectAnswer, Judgement, plainConnect, sendBytes } from "./steps.ts";

/** The longest line that is read of an agent, in bytes: a buffer of the reference's. */
const LINE_SIZE_MAX = 16_384;
/** How much of what an agent said is kept. */
const TEXT_SIZE_MAX = 255;
const LINE_END = /[\r\n]/;

/**
 * Asks the agent of one server: connects, says what `agent-send` says, and reads one line.
 *
 * Source: HAProxy configuration manual, section 5.2, agent-check.
 */
export class AgentPlan implements ProbePlan {
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
  }

  /** Where it listens is said beside it (`agent-port`). */
  get missingPortText(): undefined {
    return undefined;
  }

  prepare(thread: Thread, target: CheckTarget, tell: (finding: Finding) => void): CheckRun {
    const { sentText } = this.#server.agent;
    const send = sendBytes(Buffer.from(sentText, "latin1"));
    const script = new ScriptPlan([plainConnect(), send, ANSWER], {
      answerSizeMax: LINE_SIZE_MAX,
      textSizeMax: TEXT_SIZE_MAX,
      impliedCount: 1,
      connected: INCOMPLETE,
      sent: INCOMPLETE,
    });
    return script.prepare(thread, target, tell);
  }
}

const INCOMPLETE: Finding = {
  status: CheckStatus.CHECKED,
  code: 0,
  text: "Ignoring incomplete line from agent",
};

/** Whole lines count: what an agent says is done at once, and never again. */
const ANSWER = expectAnswer({
  judge(input, { server }) {
    const { text } = input;
    const end = LINE_END.exec(text);
    if (end !== null) return obeyAgent(server, parseAgentLine(text.slice(0, end.index)));
    return input.isLast ? INCOMPLETE : Judgement.WAIT;
  },
});

/**
 * Does what an agent asked for, and gives what it said of the server's health. An agent that was
 * stopped while it was asked changes nothing.
 */
export function obeyAgent(server: Server, line: AgentLine): Finding {
  const warning = server.agent.isEnabled ? apply(server, line) : "";
  if (line.state === undefined)
    return { status: CheckStatus.CHECKED, code: 0, text: say(line, warning) };
  const remark = line.description || line.unknown || warning;
  const status = line.state === "up" ? CheckStatus.L7_OK : CheckStatus.L7_STATUS;
  const text = `via agent : ${line.stateWord}${remark === "" ? "" : ` (${remark})`}`;
  return { status, code: 0, text: text.slice(0, TEXT_SIZE_MAX) };
}

function say({ unknown }: AgentLine, warning: string): string {
  if (unknown !== "") return `agent reports an error : ${unknown}`.slice(0, TEXT_SIZE_MAX);
  return warning === "" ? "" : `agent warns : ${warning}`;
}

/** Returns what could not be done, or "". */
function apply(server: Server, line: AgentLine): string {
  if (line.administration === "drain") enterDrain(server);
  else if (line.administration === "maint") enterMaintenance(server);
  else if (line.administration === "ready") enterReady(server);
  const { weight, connectionsMax } = line;
  const weightRefusal = weight === undefined ? undefined : changeWeight(server, weight);
  const limitRefusal =
    connectionsMax === undefined ? undefined : changeConnectionsMax(server, connectionsMax);
  return weightRefusal ?? limitRefusal ?? "";
}
