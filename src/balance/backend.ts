import { BackendCounter, type BackendState } from "../state/backend-state.ts";
import { ServerCounter, type ServerState } from "../state/server-state.ts";
import { type Algorithm, AlgorithmKind, type Balancer, type BalanceStream } from "./algorithm.ts";
import { AnnouncementLevel, type BackendListener } from "./announcement.ts";
import { DirectServer, type DirectSettings } from "./direct-server.ts";
import { DynamicCookies } from "./dynamic-cookies.ts";
import { HashMethod, type HashType } from "./hash-type.ts";
import { isBefore } from "./priority-heap.ts";
import { Server, type ServerSettings, WEIGHT_SCALE } from "./server.ts";
import { type QueueEntry, WaitingQueue } from "./waiting-queue.ts";

/** What became of a stream that asked for a server. */
export const Assigned = {
  /** `stream.server` has a slot taken for it: connect. */
  SERVER: 0,
  /** It waits; `onSlot` or `onServerLost` will be called, or it leaves by `leaveQueue`. */
  QUEUED: 1,
  /** No server is usable. */
  NO_SERVER: -1,
  /** The queue of its server is full (`maxqueue`): ask again without the server, or give up. */
  QUEUE_FULL: -2,
} as const;
export type Assigned = (typeof Assigned)[keyof typeof Assigned];

/** In how many steps the weight of a server that came back rises (`slowstart`). */
const RISE_STEPS = 100;

/** Milliseconds that only grow. The event loop is one. */
export interface Clock {
  readonly nowMs: number;
}

/** What a backend or listen section settled. */
export interface BackendSettings {
  readonly id: number;
  /** Whether the section gives the number, and not its place. */
  readonly hasOwnId: boolean;
  /** It is both sides of a `listen` section: messages call it a proxy. */
  readonly isListen: boolean;
  readonly name: string;
  readonly algorithm: Algorithm;
  readonly algorithmValues: readonly unknown[];
  readonly hashType: HashType;
  /** `option allbackups`: all backups are used at once, not the first one only. */
  readonly usesAllBackups: boolean;
  /** `option redispatch`: a stream may leave the server that persistence chose. */
  readonly mayRedispatch: boolean;
  /** `option log-health-checks`. */
  readonly logsChecks: boolean;
  /** `fullconn`; 0 when it is not set and the frontends decide. */
  readonly fullLoad: number;
  /** Where streams go instead of to servers (`dispatch`, `option transparent`); null for servers. */
  readonly direct?: DirectSettings | null;
}

/** What a backend lives with. */
export interface BackendContext {
  readonly clock: Clock;
  readonly listener: BackendListener;
  /** Whether this thread sets the shared numbers to what the configuration says. */
  readonly isFirstThread: boolean;
}

/** The numbers of a backend and its servers that threads share. */
export interface BackendStates {
  readonly backend: BackendState;
  readonly servers: readonly ServerState[];
  /** Given where the settings have a direct way. */
  readonly direct?: ServerState;
}

/**
 * A backend: its servers, how one is chosen, and who waits for any of them.
 *
 * What the stream calls, and when:
 * - it enters the backend: `state.sessionStarted(clock.nowMs)`; leaves it: `state.sessionEnded()`;
 * - persistence knows its server: `assignTo(server, stream)`; nothing does: `assign(stream, null)`;
 * - `Assigned.SERVER`: a slot is taken. Each attempt to connect and each reuse:
 *   `server.sessionStarted()`, besides the counters CONNECTIONS or REUSES;
 * - `Assigned.QUEUED`: it waits for `onSlot`; on a timeout or abort it calls `leaveQueue(stream)`;
 * - it ends, or leaves the server for another one: `server.giveSlot()`, once per slot;
 * - it is redispatched: `giveSlot()`, count REDISPATCHES, then `assign(stream, failedServer)`.
 */
export class Backend {
  readonly id: number;
  readonly hasOwnId: boolean;
  readonly isListen: boolean;
  readonly name: string;
  readonly state: BackendState;
  readonly clock: Clock;
  readonly listener: BackendListener;
  readonly isFirstThread: boolean;
  readonly algorithm: Algorithm;
  readonly algorithmValues: readonly unknown[];
  readonly hashType: HashType;
  /** Whether weights may be changed at run time to more than all or nothing. */
  readonly isDynamic: boolean;
  readonly usesAllBackups: boolean;
  readonly mayRedispatch: boolean;
  readonly logsChecks: boolean;
  /** In the order of the configuration. */
  readonly servers: readonly Server[];
  /** Takes every stream that persistence gives no server; null for the algorithm's choice. */
  readonly direct: Server | null;
  readonly balancer: Balancer;
  /** `cookie ... dynamic`: off until it is enabled. */
  readonly dynamicCookies: DynamicCookies;
  /** Streams of this thread that any server may take. */
  readonly queue: WaitingQueue;
  readonly #members: Server[] = [];
  readonly #hasDynamicLimits: boolean;
  #seenChanges = -1;
  /** When the weight of a server that came back has risen enough to count anew. */
  #nextRiseMs = Number.POSITIVE_INFINITY;
  #tickets = 0;

  constructor(
    settings: BackendSettings,
    servers: readonly ServerSettings[],
    states: BackendStates,
    context: BackendContext,
  ) {
    this.id = settings.id;
    this.hasOwnId = settings.hasOwnId;
    this.isListen = settings.isListen;
    this.name = settings.name;
    this.state = states.backend;
    this.clock = context.clock;
    this.listener = context.listener;
    this.isFirstThread = context.isFirstThread;
    this.algorithm = settings.algorithm;
    this.algorithmValues = settings.algorithmValues;
    this.hashType = settings.hashType;
    this.usesAllBackups = settings.usesAllBackups;
    this.mayRedispatch = settings.mayRedispatch;
    this.logsChecks = settings.logsChecks;
    this.queue = new WaitingQueue(null, this.state.queued, this.state.queuedMax);
    this.balancer = settings.algorithm.make(settings.algorithmValues as readonly never[], {
      serverCount: servers.length,
      hashType: settings.hashType,
    });
    const { kind } = settings.algorithm;
    const isRing = settings.hashType.method === HashMethod.CONSISTENT;
    this.isDynamic = kind === AlgorithmKind.DYNAMIC || (kind === AlgorithmKind.HASH && isRing);
    this.servers = servers.map(
      (server, index) => new Server(this, index, server, states.servers[index]!),
    );
    const { direct = null } = settings;
    this.direct = direct === null ? null : new DirectServer(this, direct, states.direct!);
    this.dynamicCookies = new DynamicCookies(this.servers);
    this.#hasDynamicLimits = servers.some((server) => server.connectionsMin > 0);
    if (this.isFirstThread) this.#initialise(settings);
  }

  #initialise(settings: BackendSettings): void {
    this.state.changedMs = this.clock.nowMs;
    this.state.fullLoad.set(settings.fullLoad);
    this.countAtStart();
  }

  /** Counts what serves at the start: again after servers were linked or their states loaded. */
  countAtStart(): void {
    this.recount();
    const hasUsable = this.state.activeServers.get() + this.state.backupServers.get() > 0;
    // A backend without servers answers by itself: it is up.
    this.state.isUp.set(hasUsable || this.servers.length === 0 ? 1 : 0);
  }

  /** Finds a server by its name. */
  findServer(name: string): Server | undefined {
    return this.servers.find((server) => server.name === name);
  }

  /** Finds a server by its name, or by `#` and its number. */
  findServerOrNumber(text: string): Server | undefined {
    return this.findServer(text) ?? this.servers.find(({ id }) => `#${id}` === text);
  }

  /** Servers that may be chosen now. */
  get members(): readonly Server[] {
    this.#refresh();
    return this.#members;
  }

  /**
   * Gives a stream the server that the algorithm chooses, or a place in a queue.
   *
   * @hot
   * @param avoid - A server that just failed the stream, or null.
   */
  assign(stream: BalanceStream, avoid: Server | null): Assigned {
    this.#refresh();
    stream.server = null;
    stream.isPersistent = false;
    if (this.direct !== null) return this.#give(this.direct, stream);
    if (this.#members.length === 0) return Assigned.NO_SERVER;
    // Whoever waits comes first. A server with a free slot would have taken the first of the queue,
    // so there is none, unless limits rise with the load.
    if (this.queue.count > 0) return this.#queueBehind(stream, avoid);
    const server = this.balancer.pick(stream, avoid);
    if (server === null) {
      this.queue.add(stream, ++this.#tickets, this.clock.nowMs);
      return Assigned.QUEUED;
    }
    const result = this.#give(server, stream);
    if (result !== Assigned.QUEUE_FULL) this.#countChoice(server);
    return result;
  }

  #queueBehind(stream: BalanceStream, avoid: Server | null): Assigned {
    const server = this.#hasDynamicLimits ? this.balancer.pick(stream, avoid) : null;
    this.queue.add(stream, ++this.#tickets, this.clock.nowMs);
    // The stream itself has raised a limit: the first of the queue goes, perhaps this very one.
    if (server !== null) this.serveWaiting(server);
    return Assigned.QUEUED;
  }

  /**
   * Gives a stream the server that persistence chose, or a place in its queue. Whether the server
   * runs is for the caller to judge: `option persist` may send streams to one that is down.
   *
   * @hot
   */
  assignTo(server: Server, stream: BalanceStream): Assigned {
    // The algorithm has to see this stream as well.
    this.#refresh();
    stream.isPersistent = true;
    return this.#give(server, stream);
  }

  #give(server: Server, stream: BalanceStream): Assigned {
    stream.server = server;
    if (!server.isFull && server.takeSlot()) return Assigned.SERVER;
    if (server.queueMax > 0 && server.state.queued.get() >= server.queueMax) {
      stream.server = null;
      return Assigned.QUEUE_FULL;
    }
    server.queue.add(stream, ++this.#tickets, this.clock.nowMs);
    this.balancer.loadChanged(server);
    return Assigned.QUEUED;
  }

  /** A choice fell on the server that a stream had before: that is none. */
  uncountChoice(server: Server): void {
    server.state.counters.values[ServerCounter.CHOSEN]! -= 1;
    this.state.counters.values[BackendCounter.CHOSEN]! -= 1;
  }

  #countChoice(server: Server): void {
    server.state.counters.values[ServerCounter.CHOSEN]! += 1;
    this.state.counters.values[BackendCounter.CHOSEN]! += 1;
  }

  /** Counts a stream that got a server: its `server.sessionStarted()` calls it. */
  sessionGiven(nowMs: number): void {
    this.state.counters.values[BackendCounter.LAST_SESSION_MS] = nowMs;
  }

  /**
   * Hands the free slots of a server to those who have waited longest, for it or for any server.
   *
   * @hot
   * @returns How many got one.
   */
  serveWaiting(server: Server): number {
    this.#refresh();
    let served = 0;
    for (;;) {
      const entry = this.#nextFor(server);
      if (entry === null || !server.takeSlot()) return served;
      entry.waitsIn!.remove(entry, true);
      this.balancer.loadChanged(server);
      entry.server = server;
      served++;
      entry.onSlot(server);
    }
  }

  #nextFor(server: Server): QueueEntry | null {
    const own = server.queue.first;
    const any = server.isMember ? this.queue.first : null;
    if (own === null) return any;
    if (any === null) return own;
    return isBefore(own, any) ? own : any;
  }

  /**
   * Sends those who wait for a server elsewhere, since it has gone.
   *
   * @returns How many left; those whom persistence binds stay, unless redispatching is on.
   */
  releaseWaiting(server: Server): number {
    let released = 0;
    for (const entry of server.queue.entries()) {
      if (!this.mayRedispatch && entry.isPersistent) continue;
      server.queue.remove(entry, false);
      entry.server = null;
      released++;
      entry.onServerLost();
    }
    return released;
  }

  /** Every thread takes new members before its next choice. */
  membersChanged(): void {
    this.recount();
    this.state.changes.add(1);
    // Whoever waits for any server may have got a new one.
    if (this.queue.count === 0) return;
    this.#refresh();
    for (let index = 0; index < this.#members.length; index++) {
      if (this.queue.count > 0) this.serveWaiting(this.#members[index]!);
    }
  }

  /** Marks the backend up or down as its servers changed, and says when nobody is left. */
  availabilityChanged(): void {
    const { state } = this;
    const isUp = state.activeServers.get() + state.backupServers.get() > 0;
    if (isUp === (state.isUp.get() === 1)) return;
    const nowMs = this.clock.nowMs;
    if (isUp) state.downtimeMs += nowMs - state.changedMs;
    state.isUp.set(isUp ? 1 : 0);
    state.changedMs = nowMs;
    if (isUp) return;
    state.counters.values[BackendCounter.DOWN_TRANSITIONS]! += 1;
    const kind = this.isListen ? "proxy" : "backend";
    this.listener.announce(this, {
      level: AnnouncementLevel.EMERGENCY,
      text: `${kind} ${this.name} has no server available!`,
      mailLevel: null,
      consoleSeverity: "ALERT",
      consoleText: `${kind} '${this.name}' has no server available!`,
    });
  }

  /** Counts usable servers and their weights anew. */
  recount(): void {
    const { state } = this;
    let active = 0;
    let backups = 0;
    for (const server of this.servers) {
      if (!server.isUsable) continue;
      if (server.isBackup) backups++;
      else active++;
    }
    state.activeServers.set(active);
    state.backupServers.set(backups);
    let weight = 0;
    for (const server of this.#choosable(active > 0)) weight += server.state.userWeight.get();
    state.weight.set(weight);
    state.userWeight.set(weight);
  }

  #choosable(hasActive: boolean): Server[] {
    const usable = this.servers.filter(
      (server) => server.isUsable && server.isBackup !== hasActive,
    );
    return hasActive || this.usesAllBackups ? usable : usable.slice(0, 1);
  }

  #planRise(): void {
    this.#nextRiseMs = Number.POSITIVE_INFINITY;
    let weight = 0;
    for (const server of this.#members) {
      weight += Math.ceil(server.effectiveWeight / WEIGHT_SCALE);
      if (server.risenShare === 1) continue;
      const stepMs = Math.max(1, server.slowstartMs / RISE_STEPS);
      this.#nextRiseMs = Math.min(this.#nextRiseMs, this.clock.nowMs + stepMs);
    }
    this.state.weight.set(weight);
  }

  #refresh(): void {
    const changes = this.state.changes.get();
    const isDue = changes !== this.#seenChanges || this.clock.nowMs >= this.#nextRiseMs;
    if (isDue) this.#rebuild(changes);
  }

  #rebuild(changes: number): void {
    this.#seenChanges = changes;
    for (const member of this.#members) member.isMember = false;
    this.#members.length = 0;
    for (const server of this.#choosable(this.state.activeServers.get() > 0)) {
      server.isMember = true;
      this.#members.push(server);
    }
    this.balancer.rebuild(this.#members);
    this.#planRise();
  }
}
