import type { Connection } from "../net/connection.ts";
import type { Acceptor, Listener } from "../net/listener.ts";
import { applyHabits } from "../net/socket-habits.ts";
import { ListenerCounter } from "../state/listener-state.ts";
import { getOption, SocketOptions, setOption } from "../sys/socket-option.ts";
import type { Bind } from "./bind.ts";
import { ClientContext } from "./client-context.ts";
import { admitConnection } from "./connection-rules.ts";
import type { Engine } from "./engine.ts";
import { headersOf } from "./expected-headers.ts";
import type { FrontendGate } from "./gate.ts";
import { ProxyHandshake } from "./proxy-handshake.ts";
import type { ProxyPlan } from "./proxy-plan.ts";
import { serve } from "./serve.ts";

/** Takes the connections of one listening address in, and hands each to what will serve it. */
export class FrontendAcceptor implements Acceptor {
  readonly #engine: Engine;
  /** What every connection of this address starts from. */
  readonly #context: ClientContext;
  readonly #onFamine: (error: number) => void;
  /** The connection that is being taken in. */
  #entering: Connection | null = null;

  constructor(
    engine: Engine,
    frontend: ProxyPlan,
    bind: Bind,
    gate: FrontendGate,
    onFamine: (error: number) => void,
  ) {
    this.#engine = engine;
    this.#context = new ClientContext(frontend, bind, gate);
    this.#onFamine = onFamine;
  }

  get name(): string {
    return this.#context.frontend.name;
  }

  /** @hot */
  onAccept(fd: number, listener: Listener): void {
    const context = this.#context;
    const { loop, connections } = this.#engine;
    const { values } = context.bind.state.counters;
    values[ListenerCounter.CONNECTIONS]! += 1;
    context.gate.enter(context.bind);
    const connection = connections.take();
    this.#entering = connection;
    context.begin(context.frontend, context.bind, context.gate, loop.nowMs, loop.dateMs());
    context.source.copyFrom(listener.peer);
    if (context.frontend.clientHabits !== null) applyHabits(fd, context.frontend.clientHabits);
    if (context.bind.segmentReduction > 0) reduceSegments(fd, context.bind.segmentReduction);
    const { rules } = context.frontend;
    let headers = headersOf(context.bind);
    if (rules !== null && !rules.connection.isEmpty) {
      const isAdmitted = admitConnection(this.#engine, rules.connection, context, connection, fd);
      if (!isAdmitted) {
        this.#entering = null;
        return;
      }
      headers |= this.#engine.view.expectedHeaders;
    }
    // tidy: the handshake allocates, which only lines with a header in front pay for.
    if (headers !== 0) new ProxyHandshake(this.#engine, context, connection, fd, headers);
    else serve(this.#engine, context, connection, fd);
    this.#entering = null;
  }

  /** What serves the connection owns it as soon as it is open: that ends it. */
  onFault(error: unknown): void {
    const connection = this.#entering;
    this.#entering = null;
    if (connection?.isOpen) connection.onFault(error);
  }

  onFamine(_listener: Listener, error: number): void {
    this.#onFamine(error);
  }
}

/** A negative `mss`: segments shall be that much smaller than the client can take. */
function reduceSegments(fd: number, reduction: number): void {
  const size = getOption(fd, SocketOptions.TCP_MAX_SEGMENT);
  if (size > reduction) setOption(fd, SocketOptions.TCP_MAX_SEGMENT, size - reduction);
}
