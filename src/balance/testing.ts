import type { ByteRange } from "../base/byte-range.ts";
import { BackendState } from "../state/backend-state.ts";
import { ServerState } from "../state/server-state.ts";
import { testMemory } from "../state/testing.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import type { Algorithm, BalanceStream } from "./algorithm.ts";
import { roundrobin } from "./algorithms/roundrobin.ts";
import type { Announcement } from "./announcement.ts";
import { Backend, type BackendSettings } from "./backend.ts";
import { HASH_TYPE_DEFAULT } from "./hash-type.ts";
import { ObservedLayer } from "./observation.ts";
import { PortRule, type Server, type ServerSettings } from "./server.ts";
import type { QueueEntry, WaitingQueue } from "./waiting-queue.ts";

/** A backend for a test, with the clock and the announcements at hand. */
export interface TestBackend {
  readonly backend: Backend;
  readonly servers: readonly Server[];
  readonly clock: { nowMs: number };
  /** Each as its level and text. */
  readonly announced: string[];
}

/** How a server of a test differs from a plain one; checks in short. */
export interface TestServer extends Partial<ServerSettings> {
  readonly isChecked?: boolean;
  readonly checkRise?: number;
  readonly checkFall?: number;
  readonly hasAgent?: boolean;
}

/** Makes a backend `bk` with servers `s1`, `s2` ... that differ from plain ones as said. */
export function testBackend(
  servers: readonly TestServer[],
  settings: Partial<BackendSettings> = {},
): TestBackend {
  const memory = testMemory();
  const clock = { nowMs: 1000 };
  const announced: string[] = [];
  const listener = {
    announce: (_backend: Backend, { level, text }: Announcement) => {
      announced.push(`${level} ${text}`);
    },
    endSessions: ({ name }: Server, why: string) => {
      announced.push(`streams of ${name} end: ${why}`);
    },
  };
  const states = {
    backend: new BackendState(memory),
    servers: servers.map(() => new ServerState(memory)),
  };
  const backend = new Backend(
    { ...PLAIN_BACKEND, ...settings },
    servers.map((server, index) => ({
      ...PLAIN_SERVER,
      id: index + 1,
      number: index,
      name: `s${index + 1}`,
      address: SocketAddress.fromHost("127.0.0.1", 8001 + index)!,
      ...server,
      check: {
        ...PLAIN_SERVER.check,
        isConfigured: server.isChecked ?? false,
        rise: server.checkRise ?? 2,
        fall: server.checkFall ?? 3,
      },
      agent: { ...PLAIN_SERVER.agent, isConfigured: server.hasAgent ?? false },
    })),
    states,
    { clock, listener, isFirstThread: true },
  );
  return { backend, servers: backend.servers, clock, announced };
}

const PLAIN_BACKEND: BackendSettings = {
  id: 2,
  hasOwnId: false,
  isListen: false,
  name: "bk",
  algorithm: roundrobin as Algorithm,
  algorithmValues: [],
  hashType: HASH_TYPE_DEFAULT,
  usesAllBackups: false,
  mayRedispatch: false,
  logsChecks: false,
  fullLoad: 0,
};

const PLAIN_SERVER: Omit<ServerSettings, "id" | "name" | "number" | "address"> = {
  hasOwnId: false,
  hostName: "",
  portRule: PortRule.FIXED,
  portOffset: 0,
  weight: 1,
  slowstartMs: 0,
  isBackup: false,
  isDisabled: false,
  connectionsMax: 0,
  connectionsMin: 0,
  queueMax: 0,
  cookie: "",
  check: { isConfigured: false, rise: 2, fall: 3, address: null, port: 0, sentText: "" },
  agent: { isConfigured: false, rise: 1, fall: 1, address: null, port: 0, sentText: "" },
  observation: { layer: ObservedLayer.NONE, errorLimit: 10, onError: "fail-check" },
  endsSessionsWhenDown: false,
  endsBackupSessionsWhenUp: false,
};

/** A stream for a test: it remembers what became of it. */
export class TestStream implements BalanceStream {
  waitsIn: WaitingQueue | null = null;
  waitsBefore: QueueEntry | null = null;
  waitsAfter: QueueEntry | null = null;
  waitsAt = 0;
  waitsTicket = 0;
  waitsFrom = 0;
  waitsTime = 0;
  priorityClass = 0;
  priorityOffset = 0;
  isPersistent = false;
  server: Server | null = null;
  serverQueuePosition = 0;
  backendQueuePosition = 0;
  readonly clientAddress: SocketAddress;
  isServed = false;
  isLost = false;
  /** What it is asked for; null is not there. */
  target: string | null = null;
  headers: Record<string, string> = {};
  body: string | null = null;
  clientText: string | null = null;

  constructor(client = "127.0.0.1") {
    this.clientAddress = SocketAddress.fromHost(client, 1234)!;
  }

  findTarget(found: ByteRange): boolean {
    return setText(found, this.target);
  }

  findPath(found: ByteRange): boolean {
    const path = /^(?:[a-z]+:\/\/[^/]*)?(\/.*)?/.exec(this.target ?? "");
    return setText(found, this.target === null ? null : (path?.[1] ?? ""));
  }

  findHeader(name: Uint8Array, found: ByteRange): boolean {
    const key = Buffer.from(name).toString("latin1").toLowerCase();
    return setText(found, this.headers[key] ?? null);
  }

  findBody(found: ByteRange): boolean {
    return setText(found, this.body);
  }

  findClientBytes(found: ByteRange): boolean {
    return setText(found, this.clientText);
  }

  findHashKey(found: ByteRange): boolean {
    return setText(found, this.target);
  }

  onSlot(): void {
    this.isServed = true;
  }

  onServerLost(): void {
    this.isLost = true;
  }
}

/** Sends streams one after the other, each done before the next; gives the servers' positions. */
export function sequence(
  backend: Backend,
  count: number,
  dress: (stream: TestStream, number: number) => void = () => {},
): number[] {
  return Array.from({ length: count }, (_, number) => {
    const stream = new TestStream();
    dress(stream, number);
    backend.assign(stream, null);
    stream.server?.giveSlot();
    return stream.server === null ? -1 : stream.server.index;
  });
}

function setText(found: ByteRange, text: string | null): boolean {
  if (text === null) return false;
  // It lies between other bytes, so that a reader who looks beyond it is found out.
  const bytes = Buffer.from(`?=,${text}=,?`, "latin1");
  found.set(bytes, 3, bytes.length - 3);
  return true;
}
