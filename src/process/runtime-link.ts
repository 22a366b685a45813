import type { Server } from "../balance/server.ts";
import { ENVIRONMENT } from "../config/environment.ts";
import type { Ring } from "../log/ring.ts";
import { handOver } from "../net/hand-over.ts";
import type { Listener } from "../net/listener.ts";
import type { PatternReferences } from "../policy/patterns/references.ts";
import type { Session } from "../proxy/engine.ts";
import type { Stream } from "../proxy/stream.ts";
import { TcpStream } from "../proxy/tcp-stream.ts";
import type { CommandIndex } from "../runtime/command-index.ts";
import type {
  RateKind,
  RuntimeContext,
  StreamSummary,
  VariablesOfProcess,
} from "../runtime/context.ts";
import type { RuntimeSocketSettings } from "../runtime/socket-settings.ts";
import type { ErrorCaptures } from "../stats/error-captures.ts";
import type { InfoValues } from "../stats/info-fields.ts";
import type { ProxyTable } from "../stats/proxy-table.ts";
import { DescriptorPassing } from "../sys/descriptor-passing.ts";
import { AddressFamily } from "../sys/socket-address.ts";
import { ActivityLink } from "./activity-link.ts";
import type { Plan } from "./compile.ts";
import { TOLD_VERSION } from "./product.ts";

const PROTOCOLS: Readonly<Record<number, string>> = {
  [AddressFamily.INET]: "tcpv4",
  [AddressFamily.INET6]: "tcpv6",
  [AddressFamily.UNIX]: "unix_stream",
};

/** What the runtime API reaches of the running process. */
export class RuntimeLink implements RuntimeContext {
  readonly commands: CommandIndex;
  readonly errors: ErrorCaptures;
  readonly sockets: RuntimeSocketSettings[] = [];
  /** Listeners of the runtime API that another process may take over. */
  readonly transferable: Listener[] = [];
  readonly version = TOLD_VERSION;
  readonly activity: ActivityLink;
  readonly #plan: Plan;
  /** Numbers that sessions were shown by; a pooled session keeps its own. */
  readonly #numbers = new WeakMap<Session, number>();
  #numberCount = 0;

  constructor(plan: Plan, commands: CommandIndex) {
    this.#plan = plan;
    this.commands = commands;
    this.errors = plan.engine.captures;
    this.activity = new ActivityLink(plan.engine);
  }

  get patterns(): PatternReferences {
    return this.#plan.policy.references;
  }

  get rings(): ReadonlyMap<string, Ring> {
    return this.#plan.rings.byName;
  }

  get processVariables(): VariablesOfProcess {
    return this.#plan.variables;
  }

  get table(): ProxyTable {
    return this.#plan.report.table;
  }

  info(): InfoValues {
    return this.#plan.report.info();
  }

  nowMs(): number {
    return this.#plan.engine.loop.nowMs;
  }

  dateMs(): number {
    return this.#plan.engine.loop.dateMs();
  }

  *streams(): Iterable<StreamSummary> {
    const { engine } = this.#plan;
    for (const session of engine.sessions) {
      const { context } = session;
      const stream = streamOf(session);
      yield {
        id: this.#numberOf(session),
        protocol: PROTOCOLS[context.source.family] ?? "tcpv4",
        client: context.source.toString(),
        frontend: context.frontend.name,
        backend: stream?.backend?.name ?? "",
        server: stream?.server?.name ?? "",
        serverAddress: stream?.server?.address.toString() ?? "",
        frontendId: context.frontend.id,
        backendId: stream?.backend?.id ?? -1,
        serverId: stream?.server?.id ?? -1,
        frontendMode: modeOf(context.frontend.options.isHttp),
        backendMode: modeOf(stream?.backend?.options.isHttp ?? false),
        retries: stream?.retries ?? 0,
        isWaiting: stream !== null && stream.waitsIn !== null,
        ageMs: engine.loop.nowMs - context.acceptMs,
      };
    }
  }

  endStream(id: number): boolean {
    for (const session of this.#plan.engine.sessions) {
      if (this.#numbers.get(session) !== id) continue;
      session.kill();
      return true;
    }
    return false;
  }

  dropIdleConnections(server: Server): void {
    this.#plan.engine.route(server).idle.clear();
  }

  endStreamsOf(backend: string, server: string): void {
    // A stream that ends leaves the set, so the set is not walked while they do.
    for (const session of [...this.#plan.engine.sessions]) {
      const stream = streamOf(session);
      if (stream?.server?.name !== server || stream.backend?.name !== backend) continue;
      session.kill();
    }
  }

  variables(): Readonly<Record<string, string>> {
    return this.#plan.config.global.part(ENVIRONMENT).toObject();
  }

  handOverListeners(fd: number): void {
    const frontends = this.#plan.proxies.flatMap(
      ({ frontend }) => frontend?.transferableDescriptors ?? [],
    );
    const runtime = this.transferable.flatMap((listener) =>
      listener.fd === -1 ? [] : [listener.fd],
    );
    // A taker that goes away meanwhile is no concern of ours: we go on listening.
    handOver(fd, [...frontends, ...runtime], new DescriptorPassing());
  }

  setConnectionsLimit(limit: number): boolean {
    const { process } = this.#plan.engine;
    const atStart = process.connectionsLimitAtStart.get();
    if (limit > atStart) return false;
    // Sessions beyond a lower limit stay; new ones wait until enough of them have ended.
    process.connectionsLimit.set(limit === 0 ? atStart : limit);
    this.#plan.gate.update();
    return true;
  }

  setRateLimit(kind: RateKind, limit: number): void {
    const { process } = this.#plan.engine;
    const limits = {
      connections: process.connectionRateLimit,
      sessions: process.sessionRateLimit,
      "ssl-sessions": process.tlsRateLimit,
    };
    limits[kind].set(limit);
    this.#plan.gate.ratesChanged();
  }

  clearCounters(all: boolean): void {
    const { process } = this.#plan.engine;
    process.clearPeaks();
    if (all) process.counters.clear();
    this.activity.clear();
    for (const { frontend } of this.#plan.proxies) {
      for (const { bind } of frontend?.binds ?? []) {
        if (all) bind.state.clear();
        else bind.state.clearPeaks();
      }
    }
  }

  #numberOf(session: Session): number {
    const known = this.#numbers.get(session);
    if (known !== undefined) return known;
    const number = ++this.#numberCount;
    this.#numbers.set(session, number);
    return number;
  }
}

function modeOf(isHttp: boolean): string {
  return isHttp ? "http" : "tcp";
}

function streamOf(session: Session): Stream | null {
  return session instanceof TcpStream ? session : session.stream;
}
