import { PortRule, type Server } from "../balance/server.ts";
import { CacheJudge } from "../http/cache-judge.ts";
import { Head } from "../http/head.ts";
import { LogRecord } from "../log/record.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import { Timer, type TimerTarget } from "../loop/timer-wheel.ts";
import type { Connection } from "../net/connection.ts";
import { ConnectionPool } from "../net/connection-pool.ts";
import { connectTo } from "../net/connector.ts";
import type { Thread } from "../net/thread.ts";
import { VariableBudgets, type VariableLimits } from "../policy/variable-budget.ts";
import { VariableSet } from "../policy/variables.ts";
import { ProcessCounter, type ProcessState } from "../state/process-state.ts";
import type { ErrorCaptures } from "../stats/error-captures.ts";
import type { Namespace } from "../sys/namespace.ts";
import { BodyStart } from "./body-start.ts";
import { ClientContext } from "./client-context.ts";
import { EarlyHints } from "./early-hints.ts";
import type { Cause } from "./endings.ts";
import { HttpSession } from "./http-session.ts";
import { HttpStream } from "./http-stream.ts";
import { IdlePool } from "./idle-pool.ts";
import { LocalAddresses } from "./local-addresses.ts";
import { LocalHeads } from "./local-heads.ts";
import { PolicyView } from "./policy-view.ts";
import { type RouteSettings, ServerRoute } from "./server-route.ts";
import { StreamPolicy } from "./stream-policy.ts";
import { TcpStream } from "./tcp-stream.ts";

/** A way to servers, such as {@link connectTo}. */
export type Connect = typeof connectTo;

/** What an engine is made of. */
export interface EngineParts {
  readonly thread: Thread;
  readonly process: ProcessState;
  readonly captures: ErrorCaptures;
  /** `tune.http.maxhdr`: lines of a head. */
  readonly headLinesMax: number;
  /** `tune.http.logurilen`: characters of a request line in the log; 1023 unless said. */
  readonly logLineSizeMax?: number;
  /** What `namespace_list` lists, by name. */
  readonly namespaces?: ReadonlyMap<string, Namespace>;
  /** `tune.vars.*`. */
  readonly variableLimits: VariableLimits;
  /** Open connections from which on no further one is kept idle (`tune.pool-low-fd-ratio`). */
  readonly keepIdleBelow: number;
  /** Starts connecting to a server; {@link connectTo} unless given. */
  readonly connect?: Connect | undefined;
  /** Open connections from which on idle ones make room for new ones (`tune.pool-high-fd-ratio`). */
  readonly dropIdleAbove: number;
}

/** What the reference shows of a request line unless it is told otherwise. */
const LOG_LINE_SIZE_MAX = 1023;

const EngineTimer = { BUFFERS: 0, COUNTS: 1 } as const;

/** Connections that wait for a buffer look again after this long. */
const BUFFER_WAIT_MS = 10;

/** How often bytes of streams that go on are counted (`option contstats`), as the manual says. */
const COUNT_INTERVAL_MS = 5000;

/** A client's connection, by whoever serves it. */
export type Session = HttpSession | TcpStream;

function contextLike({ frontend, bind, gate }: ClientContext): ClientContext {
  return new ClientContext(frontend, bind, gate);
}

/**
 * The data plane of one thread: the pools that sessions, streams and connections come from, and
 * what they share. It lives as long as the thread.
 */
export class Engine implements TimerTarget {
  readonly thread: Thread;
  readonly loop: EventLoop;
  readonly process: ProcessState;
  /** Filled by the stream that ends, written out before it goes on. */
  readonly record = new LogRecord();
  readonly captures: ErrorCaptures;
  readonly headLinesMax: number;
  readonly logLineSizeMax: number;
  /** How streams show themselves to rules and formats. */
  readonly view: PolicyView;
  readonly connections: ConnectionPool;
  /** A head to parse into; swapped with the one of the stream that takes what was parsed. */
  spareRequest: Head;
  /** Looks into bodies for the algorithms that balance by them. */
  readonly bodyStart = new BodyStart();
  /** Memory for a head being written; see `BufferPool.scratchStart`. */
  readonly outputStart: number;
  readonly outputEnd: number;
  /** A soft stop has begun: clients are told to close after their exchange. */
  isStopping = false;
  /** Told whenever the last session has ended. */
  onIdle: () => void = () => {};
  /** Kept per thread: a response is judged within one call. */
  readonly cacheJudge = new CacheJudge();
  readonly localAddresses: LocalAddresses;
  readonly connect: Connect;
  /** For rules on connections that no stream serves yet: they run one after the other. */
  readonly connectionPolicy: StreamPolicy;
  /** What `namespace_list` lists, by name. */
  readonly namespaces: ReadonlyMap<string, Namespace>;
  /** Variables of the `proc` scope. */
  readonly processVariables: VariableSet;
  readonly #variableBudgets: VariableBudgets;
  #localHeads: LocalHeads | null = null;
  #earlyHints: EarlyHints | null = null;
  readonly #keepIdleBelow: number;
  readonly #dropIdleAbove: number;
  readonly #routes: ServerRoute[] = [];
  readonly #httpSessions: HttpSession[] = [];
  readonly #httpStreams: HttpStream[] = [];
  readonly #tcpStreams: TcpStream[] = [];
  readonly #active: Session[] = [];
  /** Connections without a buffer, and the descriptors they had: a pooled one may be another by then. */
  readonly #waiting: { readonly connection: Connection; readonly fd: number }[] = [];
  readonly #waitTimer: Timer;
  readonly #countTimer: Timer;

  constructor(parts: EngineParts) {
    this.thread = parts.thread;
    this.loop = parts.thread.loop;
    this.process = parts.process;
    this.captures = parts.captures;
    this.headLinesMax = parts.headLinesMax;
    this.namespaces = parts.namespaces ?? new Map();
    this.logLineSizeMax = parts.logLineSizeMax ?? LOG_LINE_SIZE_MAX;
    this.connect = parts.connect ?? connectTo;
    this.#variableBudgets = new VariableBudgets(parts.variableLimits);
    this.processVariables = new VariableSet(this.#variableBudgets.process);
    this.connectionPolicy = this.makePolicy();
    this.#keepIdleBelow = parts.keepIdleBelow;
    this.#dropIdleAbove = parts.dropIdleAbove;
    this.connections = new ConnectionPool(parts.thread);
    this.spareRequest = new Head(parts.headLinesMax);
    this.view = new PolicyView(this);
    this.localAddresses = new LocalAddresses(this.loop);
    const { buffers } = parts.thread;
    // The first two buffers of the scratch memory serve control connections.
    this.outputStart = buffers.scratchStart + 2 * buffers.bufferSize;
    this.outputEnd = buffers.scratchEnd;
    this.#waitTimer = new Timer(parts.thread.wheel, this, EngineTimer.BUFFERS);
    this.#countTimer = new Timer(parts.thread.wheel, this, EngineTimer.COUNTS);
  }

  /** The sessions that are served now, for the runtime API. */
  get sessions(): Iterable<Session> {
    return this.#active;
  }

  get sessionCount(): number {
    return this.#active.length;
  }

  /** @hot */
  takeHttpSession(from: ClientContext, connection: Connection): HttpSession {
    const session =
      this.#httpSessions.pop() ?? new HttpSession(this, connection, contextLike(from));
    this.#enter(session);
    return session;
  }

  /** @hot */
  takeTcpStream(from: ClientContext): TcpStream {
    const stream = this.#tcpStreams.pop() ?? new TcpStream(this, contextLike(from));
    this.#enter(stream);
    return stream;
  }

  /** @hot */
  takeHttpStream(context: ClientContext): HttpStream {
    return this.#httpStreams.pop() ?? new HttpStream(this, context);
  }

  /** @hot */
  giveHttpStream(stream: HttpStream): void {
    this.#httpStreams.push(stream);
  }

  /** Takes a session back whose connection is closed. */
  giveHttpSession(session: HttpSession): void {
    this.#httpSessions.push(session);
    this.#endSession(session, session.client);
  }

  /** Takes a stream back whose connections are closed. */
  giveTcpStream(stream: TcpStream, client: Connection): void {
    this.#tcpStreams.push(stream);
    this.#endSession(stream, client);
  }

  #enter(session: Session): void {
    session.registryIndex = this.#active.length;
    this.#active.push(session);
  }

  #endSession(session: Session, client: Connection): void {
    const last = this.#active.pop()!;
    if (last !== session) {
      this.#active[session.registryIndex] = last;
      last.registryIndex = session.registryIndex;
    }
    this.connections.give(client);
    session.context.end();
    if (this.#active.length === 0) this.onIdle();
  }

  /** Adds the way to a server; done once for each when the configuration is installed. */
  addRoute(server: Server, settings: RouteSettings): void {
    const idle = new IdlePool(this.thread, this.connections, server, settings.idle);
    this.#routes[server.number] = new ServerRoute(idle, settings, followsClient(server));
  }

  /**
   * How a server is reached from this thread.
   *
   * @hot
   */
  route(server: Server): ServerRoute {
    return this.#routes[server.number]!;
  }

  /** Lets rules edit answers of our own; made when first needed. */
  get localHeads(): LocalHeads {
    this.#localHeads ??= new LocalHeads(this.thread.tuning.bufferSize);
    return this.#localHeads;
  }

  /** What rules tell clients before the response; made when first needed. */
  get earlyHints(): EarlyHints {
    this.#earlyHints ??= new EarlyHints(this.thread.tuning.bufferSize);
    return this.#earlyHints;
  }

  /**
   * Have rules made hints that wait to be sent?
   *
   * @hot
   */
  get hasEarlyHints(): boolean {
    return this.#earlyHints !== null && this.#earlyHints.size > 0;
  }

  /** What rules keep of one stream. */
  makePolicy(): StreamPolicy {
    return new StreamPolicy(this.#variableBudgets, this.processVariables);
  }

  /**
   * Are there descriptors to spare for connections that only wait?
   *
   * @hot
   */
  get mayKeepIdle(): boolean {
    return this.connections.takenCount <= this.#keepIdleBelow;
  }

  /**
   * Closes an idle connection before another is opened, where descriptors run short.
   *
   * @hot
   */
  makeRoom(): void {
    if (this.connections.takenCount < this.#dropIdleAbove) return;
    for (const route of this.#routes) if (route.idle.dropOldest()) return;
  }

  /**
   * Ends the streams of a server at the end of this turn: one of them may be what found that the
   * server is down, and is not done with it.
   *
   * @param cause - The first letter of the termination state.
   */
  endSessionsLater(server: Server, cause: Cause): void {
    this.loop.defer({ run: () => this.#endSessions(server, cause), onFault: () => {} });
  }

  #endSessions(server: Server, cause: Cause): void {
    // A session that ends leaves the list, so a copy is walked.
    for (const session of [...this.#active]) {
      const stream = session instanceof TcpStream ? session : session.stream;
      if (stream?.server === server) session.kill(cause);
    }
  }

  /** Pools of objects, with how many there are and how many of them are in use. */
  get pools(): readonly { readonly name: string; readonly made: number; readonly used: number }[] {
    let httpSessions = 0;
    let httpStreams = 0;
    for (const session of this.#active) {
      if (session instanceof TcpStream) continue;
      httpSessions++;
      if (session.stream !== null) httpStreams++;
    }
    const tcpStreams = this.#active.length - httpSessions;
    const pool = (name: string, free: number, used: number) => ({ name, made: free + used, used });
    return [
      pool("connection", this.connections.freeCount, this.connections.takenCount),
      pool("http_session", this.#httpSessions.length, httpSessions),
      pool("http_stream", this.#httpStreams.length, httpStreams),
      pool("tcp_stream", this.#tcpStreams.length, tcpStreams),
    ];
  }

  /** Connections that wait for a buffer. */
  get waitingCount(): number {
    return this.#waiting.length;
  }

  /** Closes the idle connections of all servers. */
  clearIdlePools(): void {
    for (const route of this.#routes) route.idle.clear();
  }

  /** A connection that got no buffer stops reading until there may be one. */
  waitForBuffer(connection: Connection): void {
    connection.watchReading(false);
    this.#waiting.push({ connection, fd: connection.fd });
    if (!this.#waitTimer.isArmed) this.#waitTimer.arm(this.loop.nowMs + BUFFER_WAIT_MS);
  }

  /** Counts bytes of streams that go on, from now on, for frontends that want it. */
  countContinuously(): void {
    this.#countTimer.arm(this.loop.nowMs + COUNT_INTERVAL_MS);
  }

  #countStreams(): void {
    for (const session of this.#active) {
      if (!session.context.frontend.options.countsContinuously) continue;
      const stream = session instanceof TcpStream ? session : session.stream;
      stream?.countSoFar();
    }
    this.countContinuously();
  }

  onTimer(kind: number): void {
    if (kind === EngineTimer.COUNTS) {
      this.#countStreams();
      return;
    }
    for (const { connection, fd } of this.#waiting.splice(0)) {
      if (connection.isOpen && connection.fd === fd) connection.watchReading(true);
    }
  }

  onFault(): void {}

  /** Counts bytes that went to clients. */
  countBytesOut(size: number): void {
    this.process.counters.values[ProcessCounter.BYTES_OUT]! += size;
    this.process.bytesOutRate.add(this.loop.nowMs, size);
  }
}

/** Is a server reached at a part of the address that its client connected to? */
function followsClient({ portRule, address }: Server): boolean {
  return portRule === PortRule.RELATIVE || (address.isInternet && address.isUnspecified);
}
