import { CheckStatus } from "../../balance/check-status.ts";
import type { Server } from "../../balance/server.ts";
import type { SectionDraft } from "../../config/draft.ts";
import type { Thread } from "../../net/thread.ts";
import { AddressFamily, type SocketAddress } from "../../sys/socket-address.ts";
import { EXTERNAL_CHECK, type ExternalCheckDraft } from "../external-part.ts";
import { type ExternalCommand, ExternalRun } from "../external-run.ts";
import { isKind } from "../kind-part.ts";
import {
  type CheckRun,
  type CheckTarget,
  defineProbe,
  type Finding,
  type ProbeContext,
  type ProbePlan,
} from "../probe.ts";
import { finding } from "../steps.ts";

const NAME = "option external-check";
const NOT_USED = "NOT_USED";

const MAY_NOT_FORK = finding(
  CheckStatus.PROCESS_ERROR,
  "insecure-fork-wanted is not set in the global section",
);

/** Starts the section's program for each check. */
class ExternalPlan implements ProbePlan {
  readonly missingPortText = undefined;
  readonly #draft: ExternalCheckDraft;
  readonly #mayFork: boolean;
  readonly #listener: SocketAddress | undefined;

  constructor(draft: ExternalCheckDraft, { external, listener }: ProbeContext) {
    this.#draft = draft;
    this.#mayFork = external.mayFork;
    this.#listener = listener;
  }

  prepare(thread: Thread, target: CheckTarget, tell: (finding: Finding) => void): CheckRun {
    // What keeps other users from starting programs does not bind root.
    if (!this.#mayFork && process.geteuid?.() !== 0) {
      return { begin: () => tell(MAY_NOT_FORK), stop: () => {} };
    }
    return new ExternalRun(thread, target, this.#commandFor(target.server), tell);
  }

  /** Source: HAProxy configuration manual, section 4.2, external-check command. */
  #commandFor(server: Server): ExternalCommand {
    const proxy = placeOf(this.#listener);
    const { host, port } = placeOf(server.address);
    const { backend, state } = server;
    return {
      words: [
        this.#draft.command,
        ...[proxy.host || NOT_USED, proxy.port || NOT_USED, host, port || NOT_USED],
      ],
      environment: {
        PATH: this.#draft.path,
        HAPROXY_PROXY_ADDR: proxy.host,
        HAPROXY_PROXY_PORT: proxy.port,
        HAPROXY_PROXY_ID: String(backend.id),
        HAPROXY_PROXY_NAME: backend.name,
        HAPROXY_SERVER_ADDR: host,
        HAPROXY_SERVER_PORT: port,
        HAPROXY_SERVER_ID: String(server.id),
        HAPROXY_SERVER_NAME: server.name,
        HAPROXY_SERVER_CURCONN: String(state.sessions.get()),
        HAPROXY_SERVER_MAXCONN: String(state.sessionsLimit.get()),
        HAPROXY_SERVER_SSL: "0",
        HAPROXY_SERVER_PROTO: "tcp",
      },
    };
  }
}

/** An address and its port as a program is told; empty where there is none. */
function placeOf(address: SocketAddress | undefined): { host: string; port: string } {
  if (address === undefined) return { host: "", port: "" };
  if (address.family === AddressFamily.UNIX) return { host: address.path, port: "" };
  return { host: address.host(), port: String(address.port) };
}

/** Says what is missing; the words are the reference's. */
function judge(draft: SectionDraft, { external, diagnostics }: ProbeContext): void {
  const at = draft.used.get(NAME);
  const subject = `Proxy '${draft.name.text}' :`;
  if (!external.isAllowed) {
    const message = `${subject} '${NAME}' unable to find required 'global.external-check'.`;
    diagnostics.error(at, message, 'add "external-check" to the global section');
  }
  if (draft.part(EXTERNAL_CHECK).command === "") {
    const message = `${subject} '${NAME}' unable to find required 'external-check command'.`;
    diagnostics.error(at, message, 'add "external-check command" with the program to run');
  }
  if (!external.mayFork) {
    const message = `${subject} 'insecure-fork-wanted' not enabled in the global section, '${NAME}' will likely fail.`;
    diagnostics.warn(at, message);
  }
}

/** The check of sections with `option external-check`. */
export const external = defineProbe({
  name: NAME,
  summary: "Runs a program for each check; an exit status of 0 passes",
  source: "HAProxy configuration manual, section 4.2, option external-check",
  compile(draft, context) {
    if (!isKind(draft, NAME)) return undefined;
    judge(draft, context);
    return new ExternalPlan(draft.part(EXTERNAL_CHECK), context);
  },
});
