import type { Server } from "../balance/server.ts";
import type { Ring } from "../log/ring.ts";
import type { PatternReferences } from "../policy/patterns/references.ts";
import type { ErrorCaptures } from "../stats/error-captures.ts";
import type { InfoValues } from "../stats/info-fields.ts";
import type { ProxyTable } from "../stats/proxy-table.ts";
import type { ActivityOfProcess } from "./activity.ts";
import type { CommandIndex } from "./command-index.ts";
import type { RuntimeSocketSettings } from "./socket-settings.ts";

/** A stream as `show sess` tells of it. */
export interface StreamSummary {
  /** A number that stays with the stream while it lives. */
  readonly id: number;
  /** `tcpv4`, `tcpv6`, `unix_stream`. */
  readonly protocol: string;
  readonly client: string;
  readonly frontend: string;
  /** Empty while none is chosen. */
  readonly backend: string;
  readonly server: string;
  /** Where it goes, with its port; empty while no server is chosen. */
  readonly serverAddress: string;
  /** Numbers of the three in statistics; -1 where there is none. */
  readonly frontendId: number;
  readonly backendId: number;
  readonly serverId: number;
  /** `http` or `tcp`, of either side. */
  readonly frontendMode: string;
  readonly backendMode: string;
  /** Attempts to connect that failed so far. */
  readonly retries: number;
  /** Whether it waits in a queue. */
  readonly isWaiting: boolean;
  readonly ageMs: number;
}

/** Which rate of the process is limited. */
export type RateKind = "connections" | "sessions" | "ssl-sessions";

/** Variables of the process, as commands read and set them. */
export interface VariablesOfProcess {
  /** Its type's short name and its value, latin1; null where there is none. */
  find(name: string): { readonly type: string; readonly text: string } | null;
  /** Sets one to the value of an expression or a format; returns what is wrong, or null. */
  set(name: string, value: string, isFormat: boolean): string | null;
}

/** What commands may reach of the running process. */
export interface RuntimeContext {
  readonly table: ProxyTable;
  /** The patterns of conditions and maps. */
  readonly patterns: PatternReferences;
  readonly processVariables: VariablesOfProcess;
  readonly activity: ActivityOfProcess;
  readonly commands: CommandIndex;
  readonly errors: ErrorCaptures;
  /** The rings that logs go to, by name. */
  readonly rings: ReadonlyMap<string, Ring>;
  readonly sockets: readonly RuntimeSocketSettings[];
  /** The version that tools are told. */
  readonly version: string;
  info(): InfoValues;
  /** The loop's clock, in milliseconds. */
  nowMs(): number;
  /** Wall clock, in milliseconds. */
  dateMs(): number;
  streams(): Iterable<StreamSummary>;
  /** Ends a stream; false when it is gone. */
  endStream(id: number): boolean;
  /** Closes the idle connections to a server: they lead to where it was. */
  dropIdleConnections(server: Server): void;
  /** Ends all streams of a server. */
  endStreamsOf(backend: string, server: string): void;
  /** The environment as the configuration left it. */
  variables(): Readonly<Record<string, string>>;
  /** Sends the listening sockets to another process over a connection. */
  handOverListeners(fd: number): void;
  /** Changes the global `maxconn`; 0 goes back to the start's. False when it is out of range. */
  setConnectionsLimit(limit: number): boolean;
  /** Changes `maxconnrate`, `maxsessrate` or `maxsslrate`; 0 is no limit. */
  setRateLimit(kind: RateKind, limit: number): void;
  /** Forgets the highest values, or with `all` everything that was counted. */
  clearCounters(all: boolean): void;
}
