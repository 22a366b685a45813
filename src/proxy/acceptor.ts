import type { Connection } from "../net/connection.ts";
import type { Acceptor, Listener } from "../net/listener.ts";
import { ListenerCounter } from "../state/listener-state.ts";
import { Epoll } from "../sys/epoll.ts";
import type { Bind } from "./bind.ts";
import type { Engine } from "./engine.ts";
import type { FrontendGate } from "./gate.ts";
import type { Proxy } from "./proxy.ts";
import { ProxyHandshake } from "./proxy-handshake.ts";

/** Takes the connections of one listening address in, and hands each to what will serve it. */
export class FrontendAcceptor implements Acceptor {
  readonly #engine: Engine;
  readonly #frontend: Proxy;
  readonly #bind: Bind;
  readonly #gate: FrontendGate;
  readonly #onFamine: (error: number) => void;

  constructor(
    engine: Engine,
    frontend: Proxy,
    bind: Bind,
    gate: FrontendGate,
    onFamine: (error: number) => void,
  ) {
    this.#engine = engine;
    this.#frontend = frontend;
    this.#bind = bind;
    this.#gate = gate;
    this.#onFamine = onFamine;
  }

  /** @hot */
  onAccept(fd: number, listener: Listener): void {
    const { values } = this.#bind.state.counters;
    values[ListenerCounter.CONNECTIONS]! += 1;
    values[ListenerCounter.SESSIONS]! += 1;
    this.#gate.enter();
    const connection = this.#engine.connections.take();
    connection.peer.copyFrom(listener.peer);
    if (!this.#bind.acceptsProxy) {
      this.#serve(connection, fd);
      return;
    }
    new ProxyHandshake(this.#engine, this.#frontend, this.#bind, this.#gate).open(connection, fd);
  }

  #serve(connection: Connection, fd: number): void {
    const engine = this.#engine;
    const { loop } = engine;
    if (this.#frontend.options.isHttp) {
      const session = engine.takeHttpSession(this.#frontend, this.#bind, connection);
      session.context.begin(this.#frontend, this.#bind, this.#gate, loop.nowMs, loop.dateMs());
      session.context.source.copyFrom(connection.peer);
      connection.open(fd, session, Epoll.IN);
      session.open(connection);
    } else {
      const stream = engine.takeTcpStream(this.#frontend, this.#bind);
      stream.context.begin(this.#frontend, this.#bind, this.#gate, loop.nowMs, loop.dateMs());
      stream.context.source.copyFrom(connection.peer);
      connection.open(fd, stream, Epoll.IN);
      stream.open(connection);
    }
  }

  onFamine(_listener: Listener, error: number): void {
    this.#onFamine(error);
  }
}
