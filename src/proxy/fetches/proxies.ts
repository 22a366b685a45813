import type { Backend } from "../../balance/backend.ts";
import type { Server } from "../../balance/server.ts";
import { word } from "../../config/arg.ts";
import { optionalPlace } from "../../policy/args.ts";
import { type CompileContext, defineFetch } from "../../policy/declare.ts";
import { Reads } from "../../policy/reads.ts";
import { SampleType } from "../../policy/sample.ts";
import type { PolicyView } from "../policy-view.ts";
import type { ProxyPlan } from "../proxy-plan.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.2";
const { INTEGER, BOOLEAN } = SampleType;

/** What a fetch finds when it runs: the proxy or server that was named, or that of the section. */
class Named<T> {
  found: T | null = null;
}

function pending(
  kind: "frontend" | "backend" | "server",
  text: string,
  context: CompileContext,
): Named<unknown> {
  const named = new Named<unknown>();
  context.compiler.pending.push({
    kind,
    text,
    at: context.at,
    sectionName: context.sectionName,
    resolve: (found) => {
      named.found = found;
    },
  });
  return named;
}

function defineOfBackend(
  name: string,
  summary: string,
  numberOf: (backend: Backend, nowMs: number) => number,
) {
  return defineFetch({
    name,
    summary: `Gives ${summary}, of the section's own unless one is named`,
    source: SOURCE,
    output: INTEGER,
    reads: Reads.INTERNAL,
    isLive: true,
    args: [optionalPlace(word("backend"))],
    compile([backend], context) {
      const named = pending("backend", backend?.text ?? context.sectionName, context);
      return (sample, { nowMs }) => {
        const plan = named.found as ProxyPlan | null;
        if (plan?.servers == null) return false;
        sample.setInteger(numberOf(plan.servers, nowMs));
        return true;
      };
    },
  });
}

function usable({ servers }: Backend): Server[] {
  return servers.filter((server) => server.isUsable);
}

/** Streams that wait for the backend and for its servers. */
function waitingIn({ state, servers }: Backend): number {
  return servers.reduce((sum, server) => sum + server.state.queued.get(), state.queued.get());
}

export const beConn = defineOfBackend("be_conn", "how many streams a backend has", (backend) =>
  backend.state.sessions.get(),
);

export const beConnFree = defineOfBackend(
  "be_conn_free",
  "how many more streams the servers of a backend take; -1 without a limit",
  (backend) => {
    let free = 0;
    for (const server of usable(backend)) {
      const limit = server.slotsLimit;
      if (limit === 0) return -1;
      free += Math.max(0, limit - server.state.sessions.get());
    }
    return free;
  },
);

export const connslots = defineOfBackend(
  "connslots",
  "how many more streams the servers and the queues of a backend take; -1 without a limit",
  (backend) => {
    let slots = 0;
    for (const server of usable(backend)) {
      if (server.slotsLimit === 0 || server.queueMax === 0) return -1;
      slots += server.slotsLimit - server.state.sessions.get();
      slots += server.queueMax - server.state.queued.get();
    }
    return slots;
  },
);

export const beSessRate = defineOfBackend(
  "be_sess_rate",
  "how many streams a backend got in the last second",
  (backend, nowMs) => backend.state.sessionRate.value(nowMs),
);

export const nbsrv = defineOfBackend(
  "nbsrv",
  "how many usable servers a backend has",
  (backend) => {
    const { activeServers, backupServers } = backend.state;
    return activeServers.get() > 0 ? activeServers.get() : backupServers.get();
  },
);

export const queue = defineOfBackend("queue", "how many streams wait in a backend", waitingIn);

export const avgQueue = defineOfBackend(
  "avg_queue",
  "how many streams wait in a backend for each usable server",
  (backend) => {
    const count = usable(backend).length;
    const waiting = waitingIn(backend);
    return count === 0 ? waiting * 2 : Math.ceil(waiting / count);
  },
);

function defineOfFrontend(
  name: string,
  summary: string,
  numberOf: (frontend: ProxyPlan, nowMs: number) => number,
) {
  return defineFetch({
    name,
    summary: `Gives ${summary}, of the section's own unless one is named`,
    source: SOURCE,
    output: INTEGER,
    reads: Reads.INTERNAL,
    isLive: true,
    args: [optionalPlace(word("frontend"))],
    compile([frontend], context) {
      const named = pending("frontend", frontend?.text ?? context.sectionName, context);
      return (sample, view) => {
        const plan = named.found as ProxyPlan | null;
        if (plan?.frontendState == null) return false;
        sample.setInteger(numberOf(plan, view.nowMs));
        return true;
      };
    },
  });
}

export const feConn = defineOfFrontend("fe_conn", "how many connections a frontend has", (plan) =>
  plan.frontendState!.sessions.get(),
);
export const feReqRate = defineOfFrontend(
  "fe_req_rate",
  "how many requests a frontend got in the last second",
  (plan, nowMs) => plan.frontendState!.requestRate.value(nowMs),
);
export const feSessRate = defineOfFrontend(
  "fe_sess_rate",
  "how many sessions a frontend got in the last second",
  (plan, nowMs) => plan.frontendState!.sessionRate.value(nowMs),
);

function defineOfServer(
  name: string,
  summary: string,
  numberOf: (server: Server, nowMs: number) => number,
  output: SampleType = INTEGER,
) {
  return defineFetch({
    name,
    summary: `Gives ${summary}`,
    source: SOURCE,
    output,
    reads: Reads.INTERNAL,
    isLive: true,
    args: [word("server")],
    compile([server], context) {
      const { text } = server;
      const path = text.includes("/") ? text : `${context.sectionName}/${text}`;
      const named = pending("server", path, context);
      return (sample, { nowMs }) => {
        const found = named.found as Server | null;
        if (found === null) return false;
        const value = numberOf(found, nowMs);
        if (output === BOOLEAN) sample.setBoolean(value !== 0);
        else sample.setInteger(value);
        return true;
      };
    },
  });
}

export const srvConn = defineOfServer("srv_conn", "how many streams a server has", (server) =>
  server.state.sessions.get(),
);
export const srvConnFree = defineOfServer(
  "srv_conn_free",
  "how many more streams a server takes; -1 without a limit",
  (server) => {
    const limit = server.slotsLimit;
    return limit === 0 ? -1 : Math.max(0, limit - server.state.sessions.get());
  },
);
export const srvIsUp = defineOfServer(
  "srv_is_up",
  "whether a server is up",
  (server) => (server.isRunning ? 1 : 0),
  BOOLEAN,
);
export const srvQueue = defineOfServer(
  "srv_queue",
  "how many streams wait for a server",
  (server) => server.state.queued.get(),
);
export const srvSessRate = defineOfServer(
  "srv_sess_rate",
  "how many streams a server got in the last second",
  (server, nowMs) => server.state.sessionRate.value(nowMs),
);
export const srvWeight = defineOfServer("srv_weight", "the weight of a server now", (server) =>
  Math.round(server.effectiveWeight / 16),
);
export const srvUweight = defineOfServer(
  "srv_uweight",
  "the weight that the operator set",
  (server) => server.state.userWeight.get(),
);
export const srvIweight = defineOfServer(
  "srv_iweight",
  "the weight of the configuration",
  (server) => server.state.initialWeight.get(),
);

/** `stopping`. */
export const stopping = defineFetch({
  name: "stopping",
  summary: "Gives whether the process is about to stop",
  source: SOURCE,
  output: BOOLEAN,
  reads: Reads.INTERNAL,
  args: [],
  compile: () => (sample, view) => {
    sample.setBoolean((view as PolicyView).engine.process.isStopping.get() === 1);
    return true;
  },
});

/** `act_conn`. */
export const actConn = defineFetch({
  name: "act_conn",
  summary: "Gives how many connections the process has",
  source: SOURCE,
  output: INTEGER,
  reads: Reads.INTERNAL,
  isLive: true,
  args: [],
  compile: () => (sample, view) => {
    sample.setInteger((view as PolicyView).engine.process.connections.get());
    return true;
  },
});
