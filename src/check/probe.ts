import type { CheckStatus } from "../balance/check-status.ts";
import type { SectionDraft } from "../config/draft.ts";

/** What a probe has found: the check is over. */
export interface Finding {
  readonly status: CheckStatus;
  /** The protocol's own code, or 0. */
  readonly code: number;
  /** What else there is to say; may be empty. */
  readonly text: string;
}

/** One conversation with a server. */
export interface Conversation {
  /**
   * The connection is there.
   *
   * @param send - Sends bytes; may be called now or later.
   * @returns What was found already, or undefined while the server has to answer.
   */
  connected(send: (bytes: Uint8Array) => void): Finding | undefined;
  /** Bytes came; they are valid during the call only. */
  received(bytes: Uint8Array): Finding | undefined;
  /** The server has ended its side. */
  ended(): Finding;
  /** How far it came, for a failure of the connection or a timeout. */
  readonly layer: "L6" | "L7";
}

/** How the servers of one section are checked; shared by all of them. */
export interface ProbePlan {
  start(): Conversation;
}

/** A kind of check. Each is declared once; the section's keywords choose among them. */
export interface Probe {
  /** The keyword that asks for it, or "tcp" for what `check` alone does. */
  readonly name: string;
  /** One line, third person, no final period. */
  readonly summary: string;
  readonly source: string;
  /** The plan, or undefined when the section does not ask for this kind. */
  compile(draft: SectionDraft): ProbePlan | undefined;
}

/** Checks a probe's types where it is written; it returns its argument unchanged. */
export function defineProbe(probe: Probe): Probe {
  return probe;
}
