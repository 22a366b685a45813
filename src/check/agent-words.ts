/** What an agent asks for, or says, in one line. */
export interface AgentLine {
  /** The last of the words that say how the server is, in lower case, and as it was typed. */
  readonly state: "up" | "down" | undefined;
  readonly stateWord: string;
  /** The last of the words that stand for the operator's. */
  readonly administration: "ready" | "drain" | "maint" | undefined;
  /** `75%`, as it was typed. */
  readonly weight: string | undefined;
  /** What stands behind `maxconn:`. */
  readonly connectionsMax: string | undefined;
  /** What stands behind `#`, or "". */
  readonly description: string;
  /** The first word that means nothing, or "". */
  readonly unknown: string;
}

const STATES: Readonly<Record<string, "up" | "down">> = {
  up: "up",
  down: "down",
  stopped: "down",
  fail: "down",
};
const MAXCONN = "maxconn:";

/**
 * Reads the line of an agent: words in any order and any case, parted by blanks, tabs or commas; what
 * follows a word that begins with `#` is for people.
 *
 * Source: HAProxy configuration manual, section 5.2, agent-check.
 */
export function parseAgentLine(line: string): AgentLine {
  const sharp = /(?:^|[ \t,])#/.exec(line);
  const end = sharp === null ? line.length : sharp.index;
  const description = sharp === null ? "" : line.slice(end + sharp[0].length).trimStart();
  const found = {
    state: undefined as AgentLine["state"],
    stateWord: "",
    administration: undefined as AgentLine["administration"],
    weight: undefined as string | undefined,
    connectionsMax: undefined as string | undefined,
    description,
    unknown: "",
  };
  for (const word of line.slice(0, end).split(/[ \t,]+/)) {
    const lower = word.toLowerCase();
    const state = STATES[lower];
    if (state !== undefined) {
      found.state = state;
      found.stateWord = word;
    } else if (lower === "ready" || lower === "drain" || lower === "maint") {
      found.administration = lower;
    } else if (/^\d.*%/.test(word)) found.weight = word;
    else if (lower.startsWith(MAXCONN)) found.connectionsMax = word.slice(MAXCONN.length);
    else if (found.unknown === "") found.unknown = word;
  }
  return found;
}
