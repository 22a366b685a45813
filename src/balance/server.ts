import { assert } from "../base/assert.ts";
import { ServerCounter, type ServerState } from "../state/server-state.ts";
import { AddressFamily, type SocketAddress } from "../sys/socket-address.ts";
import type { Backend } from "./backend.ts";
import { CheckRecord, type CheckSettings } from "./check-record.ts";
import { Observation, type ObservationSettings } from "./observation.ts";
import { Administrative, DRAIN_FLAGS, MAINTENANCE_FLAGS, Operational } from "./server-status.ts";
import { WaitingQueue } from "./waiting-queue.ts";

/** Weights count in sixteenths, so that a rising one (`slowstart`) has steps. */
export const WEIGHT_SCALE = 16;

/** Where the port of a server comes from. */
export const PortRule = {
  /** The address names it. */
  FIXED: 0,
  /** The port that the client connected to, plus an offset that may be 0 or negative. */
  RELATIVE: 1,
} as const;
export type PortRule = (typeof PortRule)[keyof typeof PortRule];

/** What a server line of the configuration settled. */
export interface ServerSettings {
  readonly id: number;
  /** Whether the line gives the number, and not its place. */
  readonly hasOwnId: boolean;
  readonly name: string;
  /** A number over all servers of the process, in the order of the configuration. */
  readonly number: number;
  readonly address: SocketAddress;
  /** The name that the address was found by, or "". */
  readonly hostName: string;
  readonly portRule: PortRule;
  /** With `PortRule.RELATIVE`: what is added to the client's port. */
  readonly portOffset: number;
  readonly weight: number;
  /** How long it takes to rise to its full share after it came back; 0 is no time. */
  readonly slowstartMs: number;
  readonly isBackup: boolean;
  readonly isDisabled: boolean;
  /** `maxconn`, `minconn` and `maxqueue`; 0 is no limit. */
  readonly connectionsMax: number;
  readonly connectionsMin: number;
  readonly queueMax: number;
  /** Value of the persistence cookie, or "". */
  readonly cookie: string;
  readonly check: CheckSettings;
  readonly agent: CheckSettings;
  readonly observation: ObservationSettings;
  /** `on-marked-down shutdown-sessions`, `on-marked-up shutdown-backup-sessions`. */
  readonly endsSessionsWhenDown: boolean;
  readonly endsBackupSessionsWhenUp: boolean;
}

/** A server: what its line settled, its shared numbers, and who waits for it. */
export class Server {
  readonly slowstartMs: number;
  readonly backend: Backend;
  /** Place in `backend.servers`. */
  readonly index: number;
  readonly id: number;
  readonly hasOwnId: boolean;
  readonly name: string;
  readonly number: number;
  /** Where it listens. The runtime API rewrites it in place, and the two below with it. */
  readonly address: SocketAddress;
  readonly hostName: string;
  portRule: PortRule;
  portOffset: number;
  readonly isBackup: boolean;
  readonly isDisabledAtStart: boolean;
  readonly connectionsMin: number;
  readonly queueMax: number;
  /** Its line gives the cookie; otherwise it may be made (`DynamicCookies`). */
  readonly hasOwnCookie: boolean;
  readonly check: CheckRecord;
  readonly agent: CheckRecord;
  readonly observation: Observation;
  readonly endsSessionsWhenDown: boolean;
  readonly endsBackupSessionsWhenUp: boolean;
  readonly state: ServerState;
  readonly queue: WaitingQueue;
  /** Whether the balancer may choose it now; kept by the backend. */
  isMember = false;
  /** Value of the persistence cookie; empty when it has none. */
  cookieBytes: Uint8Array;
  #cookie: string;
  /** The server whose state it takes over (`track`), and those that take over its own. */
  tracked: Server | null = null;
  readonly trackers: Server[] = [];
  /** Makes the next check come soon; set by whoever checks. */
  hastenCheck: () => void = () => {};

  constructor(backend: Backend, index: number, settings: ServerSettings, state: ServerState) {
    this.backend = backend;
    this.index = index;
    this.id = settings.id;
    this.hasOwnId = settings.hasOwnId;
    this.name = settings.name;
    this.number = settings.number;
    this.address = settings.address;
    this.hostName = settings.hostName;
    this.portRule = settings.portRule;
    this.portOffset = settings.portOffset;
    this.isBackup = settings.isBackup;
    this.isDisabledAtStart = settings.isDisabled;
    this.connectionsMin = settings.connectionsMin;
    this.queueMax = settings.queueMax;
    this.slowstartMs = settings.slowstartMs;
    this.hasOwnCookie = settings.cookie !== "";
    this.#cookie = settings.cookie;
    this.cookieBytes = new Uint8Array(Buffer.from(settings.cookie, "latin1"));
    this.check = new CheckRecord("Health", settings.check, state.check);
    this.agent = new CheckRecord("Agent", settings.agent, state.agent);
    this.observation = new Observation(settings.observation);
    this.endsSessionsWhenDown = settings.endsSessionsWhenDown;
    this.endsBackupSessionsWhenUp = settings.endsBackupSessionsWhenUp;
    this.state = state;
    this.queue = new WaitingQueue(this, state.queued, state.queuedMax);
    if (backend.isFirstThread) this.#initialise(settings);
  }

  #initialise(settings: ServerSettings): void {
    const { state } = this;
    state.initialWeight.set(settings.weight);
    state.userWeight.set(settings.weight);
    state.sessionsLimit.set(settings.connectionsMax);
    state.changedMs = this.backend.clock.nowMs;
    this.check.initialise();
    this.agent.initialise();
    const { FORCED_MAINTENANCE, CONFIGURED_MAINTENANCE, RESOLUTION_MAINTENANCE } = Administrative;
    // With `init-addr none` it waits for an address.
    const isLost = settings.address.family === AddressFamily.NONE;
    const flags =
      (settings.isDisabled ? FORCED_MAINTENANCE | CONFIGURED_MAINTENANCE : 0) |
      (isLost ? RESOLUTION_MAINTENANCE : 0);
    if (flags !== 0) {
      state.administrative.set(flags);
      state.check.health.set(0);
      return;
    }
    state.operational.set(Operational.RUNNING);
  }

  /** Makes it follow another server; done once, when the configuration is compiled. */
  track(other: Server): void {
    this.tracked = other;
    other.trackers.push(this);
  }

  /** The server at the end of its chain, whose checks decide; itself where it tracks nobody. */
  get checkedServer(): Server {
    let server: Server = this;
    while (server.tracked !== null) server = server.tracked;
    return server;
  }

  /** Value of the persistence cookie, or "". */
  get cookie(): string {
    return this.#cookie;
  }

  /** Gives it another cookie, or none. */
  setCookie(cookie: string): void {
    this.#cookie = cookie;
    this.cookieBytes = new Uint8Array(Buffer.from(cookie, "latin1"));
  }

  /** `backend/server`, as messages and commands name it. */
  get path(): string {
    return `${this.backend.name}/${this.name}`;
  }

  /** @hot */
  get isInMaintenance(): boolean {
    return (this.state.administrative.get() & MAINTENANCE_FLAGS) !== 0;
  }

  /** Whether the operator drains it: only its regulars get in. */
  get isDraining(): boolean {
    return (this.state.administrative.get() & DRAIN_FLAGS) !== 0;
  }

  /**
   * Whether it may serve at all: a stream that belongs here by persistence may come.
   *
   * @hot
   */
  get isRunning(): boolean {
    return this.state.operational.get() !== Operational.STOPPED && !this.isInMaintenance;
  }

  /**
   * Whether it takes streams that belong nowhere: it runs, nobody closes it, and it has a weight.
   *
   * @hot
   */
  get isUsable(): boolean {
    const operational = this.state.operational.get();
    return (
      (operational === Operational.RUNNING || operational === Operational.STARTING) &&
      (this.state.administrative.get() & (MAINTENANCE_FLAGS | DRAIN_FLAGS)) === 0 &&
      this.state.userWeight.get() > 0
    );
  }

  /**
   * Its weight in sixteenths ({@link WEIGHT_SCALE}), as algorithms count it.
   *
   * @hot
   */
  get effectiveWeight(): number {
    const full = this.state.userWeight.get() * WEIGHT_SCALE;
    if (this.slowstartMs === 0 || full === 0 || !this.backend.isDynamic) return full;
    return Math.max(1, Math.floor(full * this.risenShare));
  }

  /**
   * How many streams may hold slots now: `maxconn`, or with `minconn` a share of it that grows with
   * the load of the backend. 0 is no limit.
   *
   * @hot
   * @see HAProxy configuration manual, section 5.2, "minconn".
   */
  get slotsLimit(): number {
    const limit = this.#fullSlotsLimit;
    if (this.slowstartMs === 0 || limit === 0) return limit;
    return Math.max(1, Math.floor(limit * this.risenShare));
  }

  /**
   * How far it has risen since it came back (`slowstart`): linear in time, and 1 when it is done, or
   * never was away.
   *
   * @hot
   * @see HAProxy configuration manual, section 5.2, "slowstart".
   */
  get risenShare(): number {
    const { riseStartMs } = this.state;
    if (this.slowstartMs === 0 || riseStartMs === 0) return 1;
    return Math.min(1, (this.backend.clock.nowMs - riseStartMs) / this.slowstartMs);
  }

  get #fullSlotsLimit(): number {
    const limit = this.state.sessionsLimit.get();
    if (this.connectionsMin === 0 || this.connectionsMin >= limit) return limit;
    const { sessions, fullLoad } = this.backend.state;
    const load = sessions.get();
    const full = fullLoad.get();
    if (load >= full) return limit;
    return Math.max(this.connectionsMin, Math.floor((limit * load) / full));
  }

  /**
   * Whether a stream would have to wait here: no slot is free, or others wait already.
   *
   * @hot
   */
  get isFull(): boolean {
    const limit = this.slotsLimit;
    return limit !== 0 && (this.state.queued.get() > 0 || this.state.sessions.get() >= limit);
  }

  /**
   * Takes a slot for a stream.
   *
   * @hot
   * @returns False when none is free.
   */
  takeSlot(): boolean {
    const sessions = this.state.sessions.addBelow(this.slotsLimit);
    if (sessions === -1) return false;
    this.state.sessionsMax.raise(sessions);
    this.backend.balancer.loadChanged(this);
    return true;
  }

  /**
   * Gives a stream's slot back; whoever has waited longest gets it at once.
   *
   * @hot
   */
  giveSlot(): void {
    const sessions = this.state.sessions.add(-1);
    assert(sessions >= 0, "a slot is given back once");
    this.backend.balancer.loadChanged(this);
    if (this.queue.count > 0 || this.backend.queue.count > 0) this.backend.serveWaiting(this);
  }

  /** Changes `maxconn` at run time; 0 is no limit. New slots go to those who wait. */
  setConnectionsMax(limit: number): void {
    this.state.sessionsLimit.set(limit);
    this.backend.balancer.loadChanged(this);
    this.backend.serveWaiting(this);
  }

  /**
   * Counts that a stream starts to use this server: an attempt to connect, or a reused connection.
   *
   * @hot
   */
  sessionStarted(): void {
    const { values } = this.state.counters;
    const nowMs = this.backend.clock.nowMs;
    values[ServerCounter.SESSIONS]! += 1;
    values[ServerCounter.LAST_SESSION_MS] = nowMs;
    this.state.sessionRate.add(nowMs);
    this.backend.sessionGiven(nowMs);
  }
}
