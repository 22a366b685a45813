import type { Server } from "../balance/server.ts";
import { LogLevel } from "../log/level.ts";
import { Timer, type TimerTarget } from "../loop/timer-wheel.ts";
import type { Listener } from "../net/listener.ts";
import type { CompiledProxy } from "../proxy/compile-proxies.ts";
import type { Engine } from "../proxy/engine.ts";
import { HttpSession, SessionState } from "../proxy/http-session.ts";
import { PROXY_OPTIONS } from "../proxy/proxy-options.ts";
import { BackendCounter } from "../state/backend-state.ts";
import { FrontendCounter } from "../state/frontend-state.ts";
import { ServerCounter } from "../state/server-state.ts";
import type { Plan } from "./compile.ts";
import type { Messages } from "./messages.ts";
import { PROCESS } from "./process-part.ts";

/** Kinds of timers. */
const TimerKind = { GRACE: 0, HARD_STOP: 1, IDLE_CLIENTS: 2, PROXY_GRACE: 3 } as const;

/**
 * How long clients keep an idle connection after a soft stop began. Whoever uses its connection all
 * the time sends the next request meanwhile, and its answer says that the connection closes; closing
 * it at once would hit requests that are on their way.
 */
const IDLE_CLIENTS_MS = 200;
/** How often `close-spread-time` closes some more. */
const SPREAD_STEP_MS = 50;

/** Turns spent on taking connections that wait: a busy process always has something else to do. */
const ACCEPT_TURNS_MAX = 128;

/**
 * The life of a process that serves: its listeners open, pause and close; a soft stop lets what
 * runs end.
 *
 * ```text
 *   serving <-> paused
 *      \----------\--> grace -> stopping -> ended
 * ```
 */
export class Life implements TimerTarget {
  readonly #plan: Plan;
  readonly #messages: Messages;
  readonly #runtime: readonly Listener[];
  /** Called when nothing is left to serve. */
  readonly #onEnd: () => void;
  readonly #graceTimer: Timer;
  readonly #hardStopTimer: Timer;
  readonly #idleTimer: Timer;
  readonly #proxyGraceTimer: Timer;
  #stopMs = 0;
  #isStopping = false;

  constructor(plan: Plan, runtime: readonly Listener[], messages: Messages, onEnd: () => void) {
    this.#plan = plan;
    this.#messages = messages;
    this.#runtime = runtime;
    this.#onEnd = onEnd;
    const { wheel } = plan.engine.thread;
    this.#graceTimer = new Timer(wheel, this, TimerKind.GRACE);
    this.#hardStopTimer = new Timer(wheel, this, TimerKind.HARD_STOP);
    this.#idleTimer = new Timer(wheel, this, TimerKind.IDLE_CLIENTS);
    this.#proxyGraceTimer = new Timer(wheel, this, TimerKind.PROXY_GRACE);
  }

  /** Starts accepting and checking. */
  start(): void {
    const { proxies, checks, engine, rings } = this.#plan;
    let count = this.#runtime.length;
    for (const { frontend } of proxies) {
      count += frontend?.binds.length ?? 0;
      frontend?.gate.update();
    }
    engine.process.listeners.set(count);
    engine.process.jobs.set(count);
    for (const listener of this.#runtime) listener.resume();
    checks.start();
    rings.start();
  }

  /** SIGTTOU: stops accepting, so that another process may listen; connections go on. */
  pause(): void {
    acceptWaiting(this.#plan.engine);
    for (const { proxy, frontend, draft } of this.#plan.proxies) {
      if (frontend?.gate.pause() !== true) continue;
      this.#tell(proxy, LogLevel.WARNING, `Paused ${sideName(draft.kind)} ${proxy.name}.`);
    }
    if (this.#runtime.length === 0) return;
    for (const listener of this.#runtime) listener.suspend();
    this.#messages.warning("Paused frontend GLOBAL.");
  }

  /** SIGTTIN: goes on accepting. A frontend whose port somebody else took meanwhile stays paused. */
  resume(): void {
    let refusedCount = 0;
    for (const { proxy, frontend, draft } of this.#plan.proxies) {
      if (frontend?.gate.isPaused !== true) continue;
      if (!frontend.gate.resume()) refusedCount++;
      else this.#tell(proxy, LogLevel.WARNING, `Resumed ${sideName(draft.kind)} ${proxy.name}.`);
    }
    for (const listener of this.#runtime) {
      if (listener.restore() !== 0) refusedCount++;
      listener.resume();
    }
    if (this.#runtime.length > 0) this.#messages.warning("Resumed frontend GLOBAL.");
    if (refusedCount === 0) return;
    const text =
      "Some proxies refused to resume: somebody else listens on a port of theirs. Send SIGTTIN again once it is free.";
    this.#messages.warning(text);
    this.#plan.logger.message(LogLevel.WARNING, text);
  }

  /** SIGUSR1: closes the listeners, after `grace`, and ends once the last session has. */
  stopSoftly(): void {
    if (this.#isStopping || this.#graceTimer.isArmed || this.#proxyGraceTimer.isArmed) return;
    const { graceMs } = this.#plan.config.global.part(PROCESS);
    if (graceMs === 0) {
      acceptWaiting(this.#plan.engine);
      this.#stopProxies();
      return;
    }
    this.#plan.engine.process.isStopping.set(1);
    const text = `Scheduling a soft-stop in ${graceMs} ms.`;
    this.#messages.notice(text);
    this.#plan.logger.message(LogLevel.WARNING, text);
    this.#graceTimer.arm(this.#plan.engine.loop.nowMs + graceMs);
  }

  onTimer(kind: number): void {
    if (kind === TimerKind.HARD_STOP) this.#stopHard();
    else if (kind === TimerKind.IDLE_CLIENTS) this.#endIdleClients();
    else if (kind === TimerKind.PROXY_GRACE) this.#betweenTurns(() => this.#stopNext());
    else this.#betweenTurns(() => this.#endGrace());
  }

  /** Takes the connections that wait, which is for between turns, then does what closes listeners. */
  #betweenTurns(then: () => void): void {
    const { engine } = this.#plan;
    setImmediate(() => {
      acceptWaiting(engine);
      then();
    });
    engine.loop.yieldSoon();
  }

  #endGrace(): void {
    const text = "Grace period expired, proceeding with soft-stop now.";
    this.#messages.notice(text);
    this.#plan.logger.message(LogLevel.NOTICE, text);
    this.#stopProxies();
  }

  /** Stops the proxies without a `grace` of their own, then each of the others in its time. */
  #stopProxies(): void {
    this.#stopMs = this.#plan.engine.loop.nowMs;
    this.#stopNext();
  }

  #stopNext(): void {
    const { proxies, engine } = this.#plan;
    const pastMs = engine.loop.nowMs - this.#stopMs;
    let leftMs = Number.POSITIVE_INFINITY;
    for (const { frontend, proxy, draft } of proxies) {
      if (frontend === undefined || frontend.gate.isClosed) continue;
      const { graceMs } = draft.part(PROXY_OPTIONS);
      if (graceMs > pastMs) leftMs = Math.min(leftMs, graceMs - pastMs);
      else if (graceMs > 0 || hasGrace(proxies)) {
        frontend.gate.shutdown();
        this.#tellStopped(proxy);
      }
    }
    // Until the last of them has closed, those that are left serve as if nothing was.
    if (leftMs === Number.POSITIVE_INFINITY) this.#stopListening();
    else this.#proxyGraceTimer.arm(engine.loop.nowMs + leftMs);
  }

  onFault(): void {}

  #stopListening(): void {
    this.#isStopping = true;
    const { engine, proxies, checks, config } = this.#plan;
    engine.process.isStopping.set(1);
    checks.stop();
    for (const { frontend, proxy } of proxies) {
      if (frontend === undefined || frontend.gate.isClosed) continue;
      frontend.gate.shutdown();
      this.#tellStopped(proxy);
    }
    if (this.#runtime.length > 0) {
      for (const listener of this.#runtime) listener.close();
      this.#messages.warning("Proxy GLOBAL stopped (cumulated conns: FE: 0, BE: 0).");
    }
    for (const { frontend, proxy } of proxies) if (frontend === undefined) this.#tellStopped(proxy);
    engine.process.listeners.set(0);
    engine.clearIdlePools();
    const { hardStopAfterMs } = config.global.part(PROCESS);
    if (hardStopAfterMs > 0) this.#hardStopTimer.arm(engine.loop.nowMs + hardStopAfterMs);
    this.#stopMs = engine.loop.nowMs;
    this.#beginEndingClients();
    engine.onIdle = () => this.#end();
    if (engine.sessionCount === 0) this.#end();
  }

  /** Clients are told to leave with their next answer, and idle ones soon: at once, spread, or never. */
  #beginEndingClients(): void {
    const { closeSpreadMs } = this.#plan.config.global.part(PROCESS);
    if (closeSpreadMs === Number.POSITIVE_INFINITY) return;
    const { engine } = this.#plan;
    engine.isStopping = closeSpreadMs === 0;
    this.#idleTimer.arm(
      engine.loop.nowMs + (closeSpreadMs === 0 ? IDLE_CLIENTS_MS : SPREAD_STEP_MS),
    );
  }

  /** Closes connections that wait for another request. A first one is still answered, as it was promised. */
  #endIdleClients(): void {
    const { engine, config } = this.#plan;
    const { closeSpreadMs } = config.global.part(PROCESS);
    const leftMs = this.#stopMs + closeSpreadMs - engine.loop.nowMs;
    const share = leftMs <= 0 ? 1 : Math.min(1, SPREAD_STEP_MS / leftMs);
    // One toss for all answers of a step: what counts is that they do not all say so at once.
    engine.isStopping = leftMs <= 0 || Math.random() < 1 - leftMs / closeSpreadMs;
    // A session that ends leaves the set, so a copy is walked.
    for (const session of [...engine.sessions]) {
      if (!(session instanceof HttpSession) || session.state !== SessionState.IDLE) continue;
      if (session.context.frontend.options.closesIdleOnResponse) continue;
      if (session.requestCount > 0 && Math.random() < share) session.kill();
    }
    if (leftMs > 0) this.#idleTimer.arm(engine.loop.nowMs + SPREAD_STEP_MS);
  }

  /** Ends after the turn in hand, which closes descriptors: a listener that dies with us resets clients. */
  #end(): void {
    setImmediate(this.#onEnd);
    this.#plan.engine.loop.yieldSoon();
  }

  #stopHard(): void {
    const text = "soft-stop running for too long, performing a hard-stop.";
    this.#messages.warning(text);
    this.#plan.logger.message(LogLevel.WARNING, text);
    for (const { proxy } of this.#plan.proxies) {
      const left = proxy.frontendState?.sessions.get() ?? 0;
      if (left === 0) continue;
      const stopped = `Proxy ${proxy.name} hard-stopped (${left} remaining conns will be closed).`;
      this.#tell(proxy, LogLevel.WARNING, stopped);
    }
    for (const session of [...this.#plan.engine.sessions]) session.kill();
    this.#end();
  }

  #tellStopped(proxy: CompiledProxy["proxy"]): void {
    const frontend = proxy.frontendState?.counters.total(FrontendCounter.CONNECTIONS) ?? 0;
    const backend = proxy.servers?.state.counters.total(BackendCounter.SESSIONS) ?? 0;
    const counts = `cumulated conns: FE: ${frontend}, BE: ${backend}`;
    this.#tell(proxy, LogLevel.WARNING, `Proxy ${proxy.name} stopped (${counts}).`);
  }

  /** SIGHUP: tells the state of all servers. */
  dumpServers(): void {
    this.#messages.warning("SIGHUP received, dumping servers states.");
    for (const { proxy } of this.#plan.proxies) {
      const heading = `SIGHUP received, dumping servers states for proxy ${proxy.name}.`;
      proxy.logger.message(LogLevel.NOTICE, heading);
      for (const server of proxy.servers?.servers ?? []) {
        this.#tell(proxy, LogLevel.NOTICE, `SIGHUP: ${serverText(proxy.name, server)}`);
      }
      this.#tell(proxy, LogLevel.NOTICE, `SIGHUP: ${proxyText(proxy)}`);
    }
  }

  /** SIGQUIT: tells the use of memory. */
  dumpMemory(): void {
    const { buffers, pipes } = this.#plan.engine.thread;
    const { heapUsed, rss } = process.memoryUsage();
    this.#messages.help(
      [
        "Dumping pools usage.",
        `  - Pool buffer (${buffers.bufferSize} bytes) : ${buffers.capacity} reserved, ${buffers.takenCount} used`,
        `  - Pool pipe : ${pipes.lentCount} used, ${pipes.keptCount} kept`,
        `  - Sessions : ${this.#plan.engine.sessionCount} used`,
        `Total: ${heapUsed} bytes of heap, ${rss} bytes resident.`,
        "",
      ].join("\n"),
    );
  }

  #tell(proxy: CompiledProxy["proxy"], level: LogLevel, text: string): void {
    this.#messages.warning(text);
    proxy.logger.message(level, text);
  }
}

/**
 * Takes the connections that the kernel has accepted for us already: closing a listener would reset
 * them. Called between turns of the loop only.
 */
function acceptWaiting({ loop }: Engine): void {
  for (let turn = 0; turn < ACCEPT_TURNS_MAX; turn++) if (loop.turn(0) === 0) return;
}

/** Has one of them a `grace` of its own? */
function hasGrace(proxies: readonly CompiledProxy[]): boolean {
  return proxies.some(({ draft }) => draft.part(PROXY_OPTIONS).graceMs > 0);
}

function sideName(kind: string): string {
  return kind === "listen" ? "proxy" : kind;
}

function serverText(proxyName: string, server: Server): string {
  const { sessions, queued, counters } = server.state;
  const state = server.isRunning ? "UP" : "DOWN";
  const total = counters.total(ServerCounter.SESSIONS);
  return `Server ${proxyName}/${server.name} is ${state}. Conn: ${sessions.get()} act, ${queued.get()} pend, ${total} tot.`;
}

function proxyText(proxy: CompiledProxy["proxy"]): string {
  const { servers, frontendState } = proxy;
  const front = frontendState?.sessions.get() ?? 0;
  const frontTotal = frontendState?.counters.total(FrontendCounter.CONNECTIONS) ?? 0;
  const state = servers?.state;
  const back = state?.sessions.get() ?? 0;
  const backTotal = state?.counters.total(BackendCounter.SESSIONS) ?? 0;
  const queued = state?.queued.get() ?? 0;
  const active = state?.activeServers.get() ?? 0;
  const backups = state?.backupServers.get() ?? 0;
  let what = "has no servers.";
  if (servers !== null && servers.servers.length > 0) {
    what =
      active + backups === 0
        ? "has no server available !"
        : `has ${active} active servers and ${backups} backup servers available.`;
  }
  return `Proxy ${proxy.name} ${what} Conn: act(FE+BE): ${front}+${back}, ${queued} pend (${queued} unass), tot(FE+BE): ${frontTotal}+${backTotal}.`;
}
