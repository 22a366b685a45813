import type { Backend } from "../balance/backend.ts";
import type { Server } from "../balance/server.ts";
import { ByteRange } from "../base/byte-range.ts";
import type { PolicyCompiler } from "../policy/compiler.ts";
import { Sample, SampleType } from "../policy/sample.ts";
import type { VariableName } from "../policy/variables.ts";
import { ClientContext, NOTHING_TOLD } from "../proxy/client-context.ts";
import type { CompiledProxy } from "../proxy/compile-proxies.ts";
import { admitConnection } from "../proxy/connection-rules.ts";
import { CookieRequest } from "../proxy/endings.ts";
import type { Connect, Engine } from "../proxy/engine.ts";
import { HttpExchange } from "../proxy/http-exchange.ts";
import { HttpSession, SessionState } from "../proxy/http-session.ts";
import type { PolicyView } from "../proxy/policy-view.ts";
import { serve } from "../proxy/serve.ts";
import type { Stream } from "../proxy/stream.ts";
import { TcpStream } from "../proxy/tcp-stream.ts";
import { BackendCounter } from "../state/backend-state.ts";
import { ServerCounter } from "../state/server-state.ts";
import { Errno } from "../sys/errno.ts";
import type { SocketAddress } from "../sys/socket-address.ts";
import type { Entrance } from "./entrance.ts";
import { Peer } from "./peer.ts";
import type { Question } from "./question.ts";
import { type CapturedLine, CapturedLog, RestingClock, type StandIns } from "./stand-ins.ts";
import { Tracer } from "./tracer.ts";

/** A compiled configuration, as far as one connection takes part in it. */
export interface RehearsedPlan {
  readonly engine: Engine;
  readonly proxies: readonly CompiledProxy[];
  readonly policy: PolicyCompiler;
}

/** How a server came to be chosen, as its stream has it at that moment. */
export interface Attempt {
  readonly server: Server;
  /** Its name; `<direct>` where the backend has no choice (`dispatch`, `option transparent`). */
  readonly name: string;
  readonly address: string;
  readonly isForced: boolean;
  /** It was not the algorithm that chose. */
  readonly isPersistent: boolean;
  /** It is the one that the client's cookie stands for. */
  readonly isByCookie: boolean;
  readonly isRetry: boolean;
  /** The client's cookie stands for a server that is down. */
  readonly isCookieDown: boolean;
  /** What the algorithm hashed; undefined where it hashes nothing, null where there was no such thing. */
  readonly hashKey: string | null | undefined;
  /** Null where it took no connection. */
  readonly peer: Peer | null;
  /** How many events came before it. */
  readonly eventsBefore: number;
}

/** What came of a rehearsal. */
export interface Performance {
  readonly attempts: readonly Attempt[];
  readonly backend: CompiledProxy | undefined;
  /** The server that it was given to last, whether or not it was connected to. */
  readonly usedServer: Server | null;
  /** What the client got. */
  readonly answer: Buffer;
  readonly isClientEnded: boolean;
  readonly log: readonly CapturedLine[];
  /** Nothing could be moved on any more: the exchange hangs, as it would in reality. */
  readonly isStuck: boolean;
  /** The server that took the request has said something. */
  readonly hasServerAnswered: boolean;
  /** Requests that the client has sent, one behind the other. */
  readonly requestCount: number;
}

/** What a server answers unless something else is said. */
export const ASSUMED_RESPONSE = new Uint8Array(
  Buffer.from("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"),
);

/** How a SOCKS proxy says that it has connected. Source: the SOCKS4 protocol, reply 90. */
const SOCKS_GRANTED = new Uint8Array([0, 90, 0, 0, 0, 0, 0, 0]);

/** Turns of the loop in which nothing reaches a peer, before the exchange counts as at rest. */
const QUIET_TURNS = 12;
/** Timers that may strike before an exchange counts as hanging. */
const WAITS_MAX = 200;
const WAIT_MAX_MS = 7 * 24 * 3600 * 1000;

/**
 * Takes one connection through a configuration: the program's own sessions, streams and rules, between
 * a client and servers that are the other ends of socket pairs, on a clock that jumps from timer to
 * timer. Nothing is bound, and nothing leaves the process.
 */
export class Rehearsal implements StandIns {
  readonly clock = new RestingClock();
  readonly sinks = new CapturedLog();
  readonly observer: Tracer;
  readonly #question: Question;
  readonly #attempts: Attempt[] = [];
  #plan: RehearsedPlan | null = null;
  #client: Peer | null = null;
  #hasAnswered = false;
  #hasEnded = false;
  /** The server's connection goes through a SOCKS proxy, which has to say something first. */
  #awaitsSocks = false;
  #requestCount = 0;
  #response: Uint8Array | null = null;
  readonly #refusing = new Set<string>();
  /** Variables that the question's values have been given to. */
  readonly #setNames = new Set<string>();

  constructor(question: Question) {
    this.#question = question;
    this.observer = new Tracer(question.values);
  }

  /** Stands in for the way to servers. */
  readonly connect: Connect = (address) => this.#onConnect(address);

  /** Makes a server refuse connections. */
  refuse(path: string): void {
    this.#refusing.add(path);
  }

  /** Runs the connection to its end. */
  run(plan: RehearsedPlan, entrance: Entrance): Performance | number {
    this.#plan = plan;
    const client = Peer.make();
    if (typeof client === "number") return client;
    this.#client = client;
    const { isHttp } = entrance.entry.proxy.options;
    this.#response = this.#question.response ?? (isHttp ? ASSUMED_RESPONSE : null);
    // A socket pair has none of the options that rules set on connections: nobody need be told.
    plan.engine.view.reportRefusedOption = () => {};
    this.observer.onEnter = (view) => this.#setVariables(view);
    const sessionsBefore = plan.proxies.map(({ proxy }) => sessionsOf(proxy.servers));
    const servedBefore = servedCounts(plan.proxies);
    this.sinks.lines.length = 0;
    plan.engine.loop.turn(0);
    client.say(entrance.bytes);
    this.#enter(entrance, client);
    const isStuck = !this.#play();
    for (const peer of this.#peers()) peer.close();
    const backend = plan.proxies.find(
      ({ proxy }, index) => sessionsOf(proxy.servers) !== sessionsBefore[index],
    );
    return {
      attempts: this.#attempts,
      backend,
      usedServer: usedServerOf(backend?.proxy.servers ?? null, servedBefore),
      answer: client.received,
      isClientEnded: client.hasEnded,
      log: this.sinks.lines,
      isStuck,
      hasServerAnswered: this.#hasAnswered,
      requestCount: this.#requestCount,
    };
  }

  /** Takes the client in, as an accepted connection whose handshakes are done. */
  #enter({ frontend, bind, source, destination }: Entrance, client: Peer): void {
    const { engine } = this.#plan!;
    const { proxy, gate } = frontend;
    const { loop, connections } = engine;
    const context = new ClientContext(proxy, bind, gate);
    context.begin(proxy, bind, gate, loop.nowMs, loop.dateMs());
    context.source.copyFrom(source);
    context.setDestination(destination);
    context.told = bind.acceptsProxy ? NOTHING_TOLD : null;
    gate.enter(bind);
    const connection = connections.take();
    const fd = client.theirFd;
    const { rules } = proxy;
    if (rules !== null && !rules.connection.isEmpty) {
      if (!admitConnection(engine, rules.connection, context, connection, fd)) return;
    }
    serve(engine, context, connection, fd);
  }

  /** Turns the loop until the exchange has ended; false when it never will. */
  #play(): boolean {
    for (let waits = 0; waits < WAITS_MAX; ) {
      this.#comeToRest();
      if (this.#isOver()) return true;
      if (this.#letPeersAct()) continue;
      if (!this.#letTimePass()) return false;
      waits++;
    }
    return false;
  }

  /** Turns the loop until nothing moves any more. */
  #comeToRest(): void {
    const { loop } = this.#plan!.engine;
    for (let quiet = 0; quiet < QUIET_TURNS; quiet++) {
      const isBusy = loop.turn(0) > 0 || loop.tasksCount > 0;
      let isMoving = false;
      for (const peer of this.#peers()) isMoving = peer.step() || isMoving;
      if (isMoving) quiet = 0;
      else if (!isBusy) return;
    }
  }

  *#peers(): Iterable<Peer> {
    if (this.#client !== null) yield this.#client;
    for (const { peer } of this.#attempts) if (peer !== null) yield peer;
  }

  /** Has the exchange come to its end? A client that may ask again does not. */
  #isOver(): boolean {
    const { engine } = this.#plan!;
    if (engine.sessionCount === 0) return true;
    for (const session of engine.sessions) {
      if (!(session instanceof HttpSession)) return false;
      this.#requestCount = session.requestCount;
      if (session.state !== SessionState.IDLE || session.requestCount === 0) return false;
    }
    return true;
  }

  /** Nothing moves: the server answers, then both sides end. */
  #letPeersAct(): boolean {
    const server = this.#attempts.at(-1)?.peer ?? null;
    if (server === null) return false;
    if (this.#awaitsSocks) {
      this.#awaitsSocks = false;
      server.greet(SOCKS_GRANTED);
      return true;
    }
    const response = this.#response;
    if (!this.#hasAnswered && response !== null) {
      this.#hasAnswered = true;
      server.say(response);
      return true;
    }
    if (this.#hasEnded) return false;
    this.#hasEnded = true;
    const stream = this.#stream;
    const isTunnel = stream instanceof HttpExchange ? stream.isTunnel : stream !== null;
    if (isTunnel) this.#client!.end();
    server.end();
    return true;
  }

  /** Jumps to the next timer; false when there is none. */
  #letTimePass(): boolean {
    const { loop, wheel } = this.#plan!.engine.thread;
    const waitMs = wheel.waitMs(this.clock.nowMs, WAIT_MAX_MS);
    if (waitMs >= WAIT_MAX_MS) return false;
    this.clock.nowMs += Math.max(1, waitMs);
    this.observer.noteWait(Math.max(1, waitMs), this.#stream?.backend?.name ?? "");
    loop.turn(0);
    return true;
  }

  get #stream(): Stream | null {
    for (const session of this.#plan!.engine.sessions) {
      return session instanceof TcpStream ? session : session.stream;
    }
    return null;
  }

  #onConnect(address: SocketAddress): number {
    const stream = this.#stream;
    const server = stream?.server ?? null;
    if (stream === null || server === null) return -Errno.ECONNREFUSED;
    const isRefused = this.#refusing.has(server.path);
    const peer = isRefused ? null : Peer.make();
    if (typeof peer === "number") return peer;
    this.#hasAnswered = false;
    this.#hasEnded = false;
    const { socks } = stream.engine.route(server);
    this.#awaitsSocks = socks !== null;
    const way = socks === null ? "" : `${stream.serverAddress.toString()} by way of `;
    this.#attempts.push({
      server,
      name: server.name === "" ? "<direct>" : server.name,
      address: way + address.toString(),
      isForced: stream.isForced,
      isPersistent: stream.isPersistent,
      isByCookie: stream instanceof HttpExchange && stream.cookieServer === server,
      isRetry: stream.retries > 0,
      isCookieDown: stream.cookieRequest === CookieRequest.DOWN,
      hashKey: keyOf(server.backend, stream),
      peer,
      eventsBefore: this.observer.events.length,
    });
    return peer === null ? -Errno.ECONNREFUSED : peer.theirFd;
  }

  #setVariables(view: PolicyView): void {
    const { variables } = this.#question;
    if (variables.size === 0) return;
    const { policy } = this.#plan!;
    for (const [text, value] of variables) {
      const name = policy.variables.name(text) as VariableName;
      const set = view.variables.open(name.scope);
      if (set === null || this.#setNames.has(text)) continue;
      this.#setNames.add(text);
      const sample = new Sample();
      const bytes = new Uint8Array(Buffer.from(value, "latin1"));
      sample.setBytes(SampleType.STRING, bytes, 0, bytes.length);
      set.set(name, sample);
    }
  }
}

function sessionsOf(servers: Backend | null): number {
  return servers === null ? 0 : servers.state.counters.values[BackendCounter.SESSIONS]!;
}

/** How many streams each server has got, by its number. */
function servedCounts(proxies: readonly CompiledProxy[]): ReadonlyMap<number, number> {
  return new Map(
    proxies.flatMap(({ proxy }) =>
      (proxy.servers?.servers ?? []).map((server) => [server.number, servedCount(server)] as const),
    ),
  );
}

function servedCount({ state }: Server): number {
  return state.counters.values[ServerCounter.SESSIONS]!;
}

function usedServerOf(backend: Backend | null, before: ReadonlyMap<number, number>): Server | null {
  const servers = backend?.servers ?? [];
  return servers.findLast((server) => servedCount(server) !== before.get(server.number)) ?? null;
}

/** What the backend's algorithm hashes of the stream. */
function keyOf({ balancer }: Backend, stream: Stream): string | null | undefined {
  if (balancer.findKey === undefined) return undefined;
  const key = new ByteRange();
  if (!balancer.findKey(stream, key)) return null;
  return Buffer.from(key.bytes.subarray(key.start, key.end)).toString("latin1");
}
