import { testBackend } from "../balance/testing.ts";
import { FrontendState } from "../state/frontend-state.ts";
import { ListenerState } from "../state/listener-state.ts";
import { testMemory } from "../state/testing.ts";
import { type FrontendEntry, ProxyTable } from "./proxy-table.ts";

/** A frontend for a test; it counts what is asked of it. */
export function testFrontend(changes: Partial<FrontendEntry> = {}): FrontendEntry {
  let isPaused = false;
  const control = {
    pause() {
      const was = isPaused;
      isPaused = true;
      return !was;
    },
    resume() {
      const was = isPaused;
      isPaused = false;
      return was;
    },
    shutdown() {},
    setSessionsLimit() {},
  };
  const state = new FrontendState(testMemory());
  return { id: 2, name: "web", isHttp: true, state, listeners: [], control, ...changes };
}

/** A table for a test: `web` in front of `bk`, whose servers differ from plain ones as said. */
export function testTable(
  servers: Parameters<typeof testBackend>[0] = [{}, { isBackup: true, isChecked: true }],
) {
  const { backend, clock, announced } = testBackend(servers, { id: 3 });
  const listener = {
    id: 1,
    name: "sock-1",
    address: "127.0.0.1:80",
    sessionsLimit: 2,
    state: new ListenerState(testMemory()),
  };
  const frontend = testFrontend({ listeners: [listener] });
  const plain = { isHttp: true, description: "", cookieName: "" };
  const table = new ProxyTable([
    { ...plain, id: 2, name: "web", frontend, backend: undefined },
    { ...plain, id: 3, name: "bk", cookieName: "SRV", frontend: undefined, backend },
  ]);
  return { table, frontend, backend, clock, announced };
}
