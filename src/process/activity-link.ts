import type { EventHandler, ProfilingMode } from "../loop/event-loop.ts";
import type { ProfileRow } from "../loop/profiler.ts";
import { Connection } from "../net/connection.ts";
import { Listener } from "../net/listener.ts";
import type { Engine } from "../proxy/engine.ts";
import { HttpSession } from "../proxy/http-session.ts";
import { HttpStream } from "../proxy/http-stream.ts";
import { TcpStream } from "../proxy/tcp-stream.ts";
import type { ActivityOfProcess, DescriptorSummary, PoolSummary } from "../runtime/activity.ts";
import { ProcessCounter } from "../state/process-state.ts";
import { Epoll } from "../sys/epoll.ts";
import { localAddress, peerAddress } from "../sys/socket.ts";
import { AddressFamily, SocketAddress } from "../sys/socket-address.ts";

const FAMILIES: Readonly<Record<number, string>> = {
  [AddressFamily.INET]: "ipv4",
  [AddressFamily.INET6]: "ipv6",
  [AddressFamily.UNIX]: "unix",
};
const US_PER_MS = 1000;

/** What the runtime API tells developers of the thread's loop, pools and descriptors. */
export class ActivityLink implements ActivityOfProcess {
  readonly #engine: Engine;
  /** Connections that were accepted before the counters were cleared. */
  #acceptedBefore = 0;
  /** Asked for and read within one call. */
  readonly #address = new SocketAddress();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  counters(): readonly (readonly [name: string, value: string | number])[] {
    const { loop, thread, process } = this.#engine;
    const { activity } = loop;
    const dateMs = loop.dateMs();
    return [
      ["thread_id", "1 (1..1)"],
      ["date_now", `${Math.trunc(dateMs / 1000)}.${String(dateMs % 1000).padStart(3, "0")}000`],
      ["ctxsw", activity.events + activity.timers + activity.tasks],
      ["tasksw", activity.tasks + activity.timers],
      ["long_rq", activity.longTurns],
      ["loops", activity.turns],
      ["wake_tasks", activity.taskTurns],
      ["poll_io", activity.eventTurns],
      ["poll_exp", activity.idleTurns],
      ["poll_skip_fd", activity.skippedEvents],
      ["pool_fail", thread.buffers.failedCount],
      ["buf_wait", this.#engine.waitingCount],
      ["avg_loop_us", Math.round(activity.averageMs * US_PER_MS)],
      ["accepted", process.counters.values[ProcessCounter.CONNECTIONS]! - this.#acceptedBefore],
    ];
  }

  /** The counters begin anew. */
  clear(): void {
    const { loop, process } = this.#engine;
    loop.activity.clear();
    this.#acceptedBefore = process.counters.values[ProcessCounter.CONNECTIONS]!;
  }

  pools(): readonly PoolSummary[] {
    const { buffers, pipes, tuning } = this.#engine.thread;
    const objects = this.#engine.pools.map(({ name, made, used }) => ({
      name,
      size: 0,
      allocated: made,
      used,
      failures: 0,
    }));
    return [
      ...objects,
      {
        name: "buffer",
        size: tuning.bufferSize,
        allocated: buffers.peakCount,
        used: buffers.takenCount,
        failures: buffers.failedCount,
      },
      {
        name: "pipe",
        size: 0,
        allocated: pipes.lentCount + pipes.keptCount,
        used: pipes.lentCount,
        failures: 0,
      },
    ];
  }

  *descriptors(): Iterable<DescriptorSummary> {
    for (const { fd, handler } of this.#engine.loop.watched()) {
      yield {
        fd,
        mask: maskOf(handler),
        owner: handler.profiledName ?? handler.constructor.name,
        facts: `${factsOf(fd, handler)}${this.#placeOf(fd)}`,
      };
    }
  }

  /** The family and the ports of a socket, as the kernel has them. */
  #placeOf(fd: number): string {
    const address = this.#address;
    if (localAddress(fd, address) < 0) return "";
    const family = FAMILIES[address.family];
    if (family === undefined) return "";
    if (address.family === AddressFamily.UNIX) return ` fam=${family}`;
    const { port } = address;
    const peer = peerAddress(fd, address) < 0 ? "" : ` rport=${address.port}`;
    return ` fam=${family} lport=${port}${peer}`;
  }

  get profiling(): ProfilingMode {
    return this.#engine.loop.profiling;
  }

  get isProfiling(): boolean {
    return this.#engine.loop.profiler !== null;
  }

  setProfiling(mode: ProfilingMode): void {
    this.#engine.loop.setProfiling(mode);
  }

  profile(): readonly ProfileRow[] {
    return this.#engine.loop.profiler?.rows ?? [];
  }
}

function maskOf(handler: EventHandler): number {
  if (handler instanceof Connection) return handler.mask;
  return handler instanceof Listener ? Epoll.IN : -1;
}

/** Which listener, client or server a descriptor belongs to. */
function factsOf(fd: number, handler: EventHandler): string {
  if (handler instanceof Listener) return ` l.st=RDY fe=${handler.acceptorName}`;
  if (!(handler instanceof Connection)) return "";
  const { owner } = handler;
  if (owner instanceof HttpSession) return ` back=0 fe=${owner.context.frontend.name}`;
  const isStream = owner instanceof HttpStream || owner instanceof TcpStream;
  if (!isStream) return "";
  if (owner.clientFd === fd) return ` back=0 fe=${owner.context.frontend.name}`;
  return ` back=1 sv=${owner.server?.path ?? ""}`;
}
