import type { Backend } from "../balance/backend.ts";
import { BALANCE } from "../balance/balance-part.ts";
import type { Server } from "../balance/server.ts";
import { Operational } from "../balance/server-status.ts";
import type { SectionDraft } from "../config/draft.ts";
import type { CompiledProxy } from "../proxy/compile-proxies.ts";
import { persistChoices, serverChoices } from "./choices.ts";
import type { AttemptStep, Choice, ServerRow, ServerStep } from "./explanation.ts";
import type { Attempt } from "./rehearsal.ts";
import type { Tracer } from "./tracer.ts";

/** The servers of a backend as they are now. */
export function rowsOf({ servers }: Backend): ServerRow[] {
  return servers.map((server) => ({
    name: server.name,
    address: server.address.toString(),
    state: stateOf(server),
    weight: server.state.userWeight.get(),
    connections: server.state.sessions.get(),
    isBackup: server.isBackup,
    cookie: server.cookie,
  }));
}

function stateOf(server: Server): ServerRow["state"] {
  const operational = server.state.operational.get();
  if (server.isInMaintenance) return "maint";
  if (operational === Operational.STOPPED) return "down";
  if (operational === Operational.STOPPING) return "stopping";
  return server.isDraining || server.state.userWeight.get() === 0 ? "drain" : "up";
}

/** Tells how the server was chosen. */
export function serverStep(
  entry: CompiledProxy,
  rows: readonly ServerRow[],
  attempts: readonly Attempt[],
  tracer: Tracer,
  client: string,
): ServerStep {
  const { draft, proxy } = entry;
  const last = attempts.at(-1);
  const taken = last?.peer == null ? null : last.name;
  const first = attempts[0]?.server.name ?? "";
  const choices = [...persistChoices(draft, tracer), ...serverChoices(draft, first, tracer)];
  const steps = attempts.map((attempt) => attemptStep(entry, attempt, choices, client));
  return {
    kind: "server",
    backend: proxy.name,
    name: taken,
    reason: steps.at(-1)?.reason ?? whyNone(rows),
    choices,
    servers: rows,
    attempts: steps,
  };
}

function whyNone(rows: readonly ServerRow[]): string {
  if (rows.length === 0) return "the backend has no server";
  if (rows.some(({ state }) => state === "up")) return "no server has room";
  return "no server is usable";
}

function attemptStep(
  entry: CompiledProxy,
  attempt: Attempt,
  choices: readonly Choice[],
  client: string,
): AttemptStep {
  return {
    server: attempt.name,
    address: attempt.address,
    reason: reasonOf(entry, attempt, choices, client),
    key: attempt.hashKey ?? null,
    isRefused: attempt.peer === null,
  };
}

function reasonOf(
  { draft, proxy }: CompiledProxy,
  attempt: Attempt,
  choices: readonly Choice[],
  client: string,
): string {
  const { backend } = attempt.server;
  if (attempt.server === backend.direct) return directReason(draft);
  const retry = attempt.isRetry ? "tried again; " : "";
  if (attempt.isPersistent) {
    const forced = attempt.isForced ? ", whatever its state (force-persist)" : "";
    const line = choices.find(({ outcome, text }) => outcome === "chosen" && isUseServer(text));
    return `${retry}${persistentReason(attempt, line, proxy.rdpPersistence !== null)}${forced}`;
  }
  const lost =
    attempt.isCookieDown && !attempt.isRetry ? "the server of the client's cookie is down; " : "";
  return `${retry}${lost}${algorithmReason(backend, attempt, client)}`;
}

function directReason(draft: SectionDraft): string {
  const { dispatch, isTransparent } = draft.part(BALANCE);
  if (dispatch !== null) return "dispatch sends everything there";
  return isTransparent ? "the client's own destination" : "the request names it";
}

function persistentReason(attempt: Attempt, line: Choice | undefined, hasRdp: boolean): string {
  if (attempt.isByCookie) return "the client's cookie stands for it";
  if (line !== undefined) return `use-server, line ${line.place.line}`;
  return hasRdp ? "the client's RDP cookie stands for it" : "persistence";
}

function isUseServer(text: string): boolean {
  return text.startsWith("use-server");
}

function algorithmReason(
  { algorithm, servers }: Backend,
  attempt: Attempt,
  client: string,
): string {
  const { hashKey } = attempt;
  const name = `balance ${algorithm.name}`;
  if (hashKey === null) return `${name}: there is nothing to hash, so the servers take turns`;
  if (hashKey !== undefined) return `${name}: the hash of ${JSON.stringify(hashKey)} leads there`;
  if (servers.length === 1) return `${name}: the only server`;
  switch (algorithm.name) {
    case "source":
      return `${name}: the hash of the client's address ${client} leads there`;
    case "leastconn":
      return `${name}: it has the fewest connections for its weight`;
    case "first":
      return `${name}: the first server that has room`;
    case "random":
      return `${name}: drawn by lot, so the next one may be another`;
    default:
      return `${name}: the first turn of a process that has just started`;
  }
}
