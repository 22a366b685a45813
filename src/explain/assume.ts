import type { Server } from "../balance/server.ts";
import { forceHealth } from "../balance/server-health.ts";
import { enterDrain, enterMaintenance, enterReady } from "../balance/server-lifecycle.ts";
import { changeWeight } from "../balance/server-weight.ts";
import type { CompiledProxy } from "../proxy/compile-proxies.ts";
import type { ServerAssumption } from "./question.ts";
import type { Rehearsal } from "./rehearsal.ts";

/** Puts servers into the states that the question assumes; tells what cannot be. */
export function assume(
  assumptions: readonly ServerAssumption[],
  proxies: readonly CompiledProxy[],
  rehearsal: Rehearsal,
): string[] {
  const problems: string[] = [];
  for (const assumption of assumptions) {
    const found = findServer(assumption.path, proxies);
    if (typeof found === "string") problems.push(`--server ${assumption.path}: ${found}`);
    else problems.push(...assumeOne(found, assumption, rehearsal));
  }
  return problems;
}

function findServer(path: string, proxies: readonly CompiledProxy[]): Server | string {
  const slash = path.indexOf("/");
  const name = path.slice(0, slash);
  const backends = proxies.filter(({ proxy }) => proxy.servers !== null);
  const backend = backends.find(({ proxy }) => proxy.name === name)?.proxy.servers;
  if (backend == null) {
    return `no backend is called "${name}", only ${backends.map(({ proxy }) => proxy.name).join(", ")}`;
  }
  const server = backend.findServer(path.slice(slash + 1));
  if (server !== undefined) return server;
  const names = backend.servers.map((each) => each.name).join(", ");
  return `backend "${name}" has no such server, only ${names || "none at all"}`;
}

function assumeOne(server: Server, assumption: ServerAssumption, rehearsal: Rehearsal): string[] {
  const { state, connections, weight, path } = assumption;
  switch (state) {
    case undefined:
      break;
    case "down":
      enterReady(server);
      forceHealth(server, "down");
      break;
    case "maint":
      enterMaintenance(server);
      break;
    case "drain":
      enterDrain(server);
      forceHealth(server, "up");
      break;
    default:
      enterReady(server);
      forceHealth(server, "up");
      if (state === "refused") rehearsal.refuse(server.path);
  }
  if (connections >= 0) {
    const change = connections - server.state.sessions.get();
    server.state.sessions.add(change);
    server.backend.state.sessions.add(change);
    server.backend.balancer.loadChanged(server);
  }
  if (weight < 0) return [];
  const problem = changeWeight(server, String(weight));
  return problem === undefined ? [] : [`--server ${path}: ${problem}`];
}
