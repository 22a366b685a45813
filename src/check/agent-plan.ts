import { CheckStatus } from "../balance/check-status.ts";
import type { Server } from "../balance/server.ts";
import { enterDrain, enterMaintenance, enterReady } from "../balance/server-lifecycle.ts";
import { changeConnectionsMax } from "../balance/server-limit.ts";
import { changeWeight } from "../balance/server-weight.ts";
import { type AgentLine, parseAgentLine } from "./agent-words.ts";
import type { Conversation, Finding, ProbePlan } from "./probe.ts";

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

  start(): Conversation {
    return new AgentConversation(this.#server);
  }
}

class AgentConversation implements Conversation {
  readonly layer = "L7";
  readonly #server: Server;
  #line = "";

  constructor(server: Server) {
    this.#server = server;
  }

  connected(send: (bytes: Uint8Array) => void): undefined {
    const { sentText } = this.#server.agent;
    if (sentText !== "") send(Buffer.from(sentText, "latin1"));
  }

  received(bytes: Uint8Array): Finding | undefined {
    const room = LINE_SIZE_MAX - this.#line.length;
    this.#line += Buffer.from(bytes.subarray(0, room)).toString("latin1");
    const end = LINE_END.exec(this.#line);
    if (end !== null)
      return obeyAgent(this.#server, parseAgentLine(this.#line.slice(0, end.index)));
    return this.#line.length < LINE_SIZE_MAX ? undefined : INCOMPLETE;
  }

  ended(): Finding {
    if (this.#line !== "") return INCOMPLETE;
    return {
      status: CheckStatus.L7_RESPONSE,
      code: 0,
      text: "TCPCHK got an empty response at step 2",
    };
  }
}

const INCOMPLETE: Finding = {
  status: CheckStatus.CHECKED,
  code: 0,
  text: "Ignoring incomplete line from agent",
};

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
