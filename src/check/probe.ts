import type { CheckRecord } from "../balance/check-record.ts";
import type { CheckStatus } from "../balance/check-status.ts";
import type { Server } from "../balance/server.ts";
import type { Diagnostics } from "../config/diagnostics.ts";
import type { SectionDraft } from "../config/draft.ts";
import type { FieldCase } from "../h1/field-case.ts";
import type { ConnectOptions } from "../net/connector.ts";
import type { Thread } from "../net/thread.ts";
import type { SocketAddress } from "../sys/socket-address.ts";
import type { ExternalPermission } from "./external-part.ts";

/** What a check has found: it is over. */
export interface Finding {
  readonly status: CheckStatus;
  /** The protocol's own code; 0 where it has none. Told with outcomes that have codes only. */
  readonly code: number;
  /** What else there is to say; may be empty. */
  readonly text: string;
}

/** Which server is checked, how it is reached, and how long that may take. */
export interface CheckTarget {
  readonly server: Server;
  /** What it is of the server, and where it goes: `server.check` or `server.agent`. */
  readonly record: CheckRecord;
  readonly connectOptions: ConnectOptions;
  /** The version of the PROXY header that connections of traffic start with, or 0. */
  readonly proxyVersion: 0 | 1 | 2;
  /** The header comes wherever the check goes (`check-send-proxy`). */
  readonly isProxyForced: boolean;
  /** `socks4`: the proxy that leads to the server; null for none. */
  readonly socks: SocketAddress | null;
  /** The check goes through that proxy (`check-via-socks4`), unless a rule says how to connect. */
  readonly usesSocks: boolean;
  /** `pp2-never-send-local` is not there: PROXY headers tell that it is a check. */
  readonly tellsChecks: boolean;
  /** How long connecting may take, and the answer once connected. */
  readonly connectTimeoutMs: number;
  readonly answerTimeoutMs: number;
  /** False when connecting and the answer share the first of the two. */
  readonly hasAnswerTimeout: boolean;
}

/** One check on its way. */
export interface CheckRun {
  /** Starts it. The finding may come at once. */
  begin(): void;
  /** Ends it early and closes what it holds; nothing is told any more. Also called after its end. */
  stop(): void;
}

/** How the servers of one section are checked; shared by all of them. */
export interface ProbePlan {
  /** Prepares one check, which tells what it found exactly once unless it is stopped. */
  prepare(thread: Thread, target: CheckTarget, tell: (finding: Finding) => void): CheckRun;
  /**
   * What a message says where the server line has no port and the check needs one, behind "has
   * neither service port nor check port"; undefined where it needs none.
   */
  readonly missingPortText: string | undefined;
}

/** What a section's plan is made of besides the section. */
export interface ProbeContext {
  /** How much of an answer is kept, in bytes. */
  readonly answerSizeMax: number;
  /** The name of this node, as servers are told. */
  readonly node: string;
  /** What the global section allows. */
  readonly external: ExternalPermission;
  /** Where the section itself listens first, if it does. */
  readonly listener: SocketAddress | undefined;
  /** How names of fields are spelled in HTTP checks; null where it does not matter. */
  readonly fieldCase: FieldCase | null;
  readonly diagnostics: Diagnostics;
}

/** A kind of check. Each is declared once; the section's keywords choose among them. */
export interface Probe {
  /** The keyword that asks for it, or "tcp" for what `check` alone does. */
  readonly name: string;
  /** One line, third person, no final period. */
  readonly summary: string;
  readonly source: string;
  /** The plan, or undefined when the section does not ask for this kind. */
  compile(draft: SectionDraft, context: ProbeContext): ProbePlan | undefined;
}

/** Checks a probe's types where it is written; it returns its argument unchanged. */
export function defineProbe(probe: Probe): Probe {
  return probe;
}
