import type { Ring } from "../log/ring.ts";
import type { ProfilingMode } from "../loop/event-loop.ts";
import { PatternReferences } from "../policy/patterns/references.ts";
import { ErrorCaptures } from "../stats/error-captures.ts";
import { testTable } from "../stats/testing.ts";
import type { ActivityOfProcess } from "./activity.ts";
import type { Command } from "./command.ts";
import { CommandIndex } from "./command-index.ts";
import * as changePatterns from "./commands/change-patterns.ts";
import * as checkSwitches from "./commands/check-switches.ts";
import * as clearCounters from "./commands/clear-counters.ts";
import * as dynamicCookies from "./commands/dynamic-cookies.ts";
import * as frontends from "./commands/frontends.ts";
import * as levels from "./commands/levels.ts";
import * as limits from "./commands/limits.ts";
import * as modes from "./commands/modes.ts";
import * as patternVersions from "./commands/pattern-versions.ts";
import * as profiling from "./commands/profiling.ts";
import * as serverSwitches from "./commands/server-switches.ts";
import * as sessions from "./commands/sessions.ts";
import * as setServer from "./commands/set-server.ts";
import * as setSeverityOutput from "./commands/set-severity-output.ts";
import * as setTimeout from "./commands/set-timeout.ts";
import * as showActivity from "./commands/show-activity.ts";
import * as showBackend from "./commands/show-backend.ts";
import * as showCliSockets from "./commands/show-cli-sockets.ts";
import * as showEnv from "./commands/show-env.ts";
import * as showErrors from "./commands/show-errors.ts";
import * as showEvents from "./commands/show-events.ts";
import * as showInfo from "./commands/show-info.ts";
import * as showPatterns from "./commands/show-patterns.ts";
import * as showSchemaJson from "./commands/show-schema-json.ts";
import * as showServersConn from "./commands/show-servers-conn.ts";
import * as showServersState from "./commands/show-servers-state.ts";
import * as showStat from "./commands/show-stat.ts";
import * as showVersion from "./commands/show-version.ts";
import * as variables from "./commands/variables.ts";
import * as weights from "./commands/weights.ts";
import type { RuntimeContext, StreamSummary, VariablesOfProcess } from "./context.ts";
import { AccessLevel } from "./level.ts";
import { RuntimeSession } from "./session.ts";

const MODULES = [
  changePatterns,
  checkSwitches,
  clearCounters,
  dynamicCookies,
  frontends,
  levels,
  limits,
  modes,
  patternVersions,
  profiling,
  serverSwitches,
  sessions,
  setServer,
  setSeverityOutput,
  setTimeout,
  showActivity,
  showBackend,
  showCliSockets,
  showEnv,
  showErrors,
  showEvents,
  showInfo,
  showSchemaJson,
  showPatterns,
  showServersConn,
  showServersState,
  showStat,
  showVersion,
  variables,
  weights,
];

/** Every command, for tests: the program takes them from the registry. */
export const ALL_COMMANDS: readonly Command[] = MODULES.flatMap((module) =>
  Object.values(module).filter((item): item is Command => typeof item === "object"),
);

/** Variables for tests: whatever is set is a text. */
class TestVariables implements VariablesOfProcess {
  readonly #values = new Map<string, string>();

  find(name: string) {
    const text = this.#values.get(name);
    return text === undefined ? null : { type: "str", text };
  }

  set(name: string, value: string, isFormat: boolean): string | null {
    if (value === "nofetch") return "unknown fetch method 'nofetch'.";
    this.#values.set(name, isFormat ? `${value} made` : value);
    return null;
  }
}

/** An inside of a process for tests. */
class TestActivity implements ActivityOfProcess {
  profiling: ProfilingMode = "auto";

  counters() {
    return [
      ["thread_id", "1 (1..1)"],
      ["loops", 7],
    ] as const;
  }

  pools() {
    return [
      { name: "stream", size: 0, allocated: 3, used: 1, failures: 0 },
      { name: "buffer", size: 16384, allocated: 2, used: 1, failures: 4 },
    ];
  }

  descriptors() {
    return [
      { fd: 4, mask: 1, owner: "Listener", facts: " fe=web" },
      { fd: 12, mask: 5, owner: "HttpStream", facts: "" },
      { fd: 13, mask: -1, owner: "SessionConnection", facts: "" },
    ];
  }

  get isProfiling(): boolean {
    return this.profiling === "on";
  }

  setProfiling(mode: ProfilingMode): void {
    this.profiling = mode;
  }

  profile() {
    if (!this.isProfiling) return [];
    return [
      { name: "Listener", calls: 2, durationNs: 1582, latencyNs: 500 },
      { name: "HttpSession", calls: 8, durationNs: 1_132_000, latencyNs: 25_360_000_000 },
    ];
  }
}

/** A process for tests: `web` in front of `bk`, whose servers differ from plain ones as said. */
export function testRuntime(
  servers?: Parameters<typeof testTable>[0],
  patterns = new PatternReferences(),
  rings: ReadonlyMap<string, Ring> = new Map(),
) {
  const made = testTable(servers);
  const ended: string[] = [];
  const streams: StreamSummary[] = [];
  const errors = new ErrorCaptures();
  const context: RuntimeContext = {
    table: made.table,
    patterns,
    processVariables: new TestVariables(),
    activity: new TestActivity(),
    commands: new CommandIndex(ALL_COMMANDS),
    errors,
    rings,
    sockets: [{ address: "unix@/run/a.sock", level: AccessLevel.ADMIN }],
    version: "2.6.12",
    info: () => ({ Name: "HAProxy", Pid: 42 }),
    nowMs: () => made.clock.nowMs,
    dateMs: () => 0,
    streams: () => streams,
    endStream(id) {
      ended.push(`stream ${id}`);
      return streams.some((stream) => stream.id === id);
    },
    dropIdleConnections: () => {},
    endStreamsOf(backend, server) {
      ended.push(`${backend}/${server}`);
    },
    variables: () => ({ SLUICE_TEST: "a b" }),
    handOverListeners(fd) {
      ended.push(`listeners to ${fd}`);
    },
    setConnectionsLimit: (limit) => limit <= 2000,
    setRateLimit(kind, limit) {
      ended.push(`${kind} ${limit}`);
    },
    clearCounters(all) {
      ended.push(all ? "counters" : "peaks");
    },
  };

  /** Runs one line and gives the whole answer. */
  function run(line: string, level: AccessLevel = AccessLevel.ADMIN): string {
    let text = "";
    const output = {
      write(more: string) {
        text += more;
      },
      resumeLater() {
        turns++;
      },
      end() {},
    };
    let turns = 0;
    const session = new RuntimeSession(context, output, level, 10_000);
    session.receive(`${line}\n`);
    for (; turns > 0; turns--) session.resume();
    return text;
  }
  return { ...made, patterns, context, run, ended, streams, errors };
}
