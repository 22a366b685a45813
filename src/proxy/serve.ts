import type { Connection } from "../net/connection.ts";
import { Epoll } from "../sys/epoll.ts";
import type { ClientContext } from "./client-context.ts";
import { admitSession, dropConnection } from "./connection-rules.ts";
import type { Engine } from "./engine.ts";

/**
 * Hands a client's connection to what will serve it, as the frontend's mode says.
 *
 * @hot
 * @param from - What is known of the client; copied.
 * @param fd - The descriptor to open the connection with; -1 when it is open already.
 */
export function serve(
  engine: Engine,
  from: ClientContext,
  connection: Connection,
  fd: number,
): void {
  const { rules, monitorNetwork } = from.frontend;
  if (monitorNetwork?.holds(from.source) === true) {
    serveMonitor(engine, from, connection, fd);
    return;
  }
  if (rules !== null && !rules.session.isEmpty) {
    if (!admitSession(engine, rules.session, from, connection, fd)) return;
  }
  if (from.frontend.options.isHttp) {
    const session = engine.takeHttpSession(from, connection);
    session.context.copyFrom(from);
    if (fd !== -1) connection.open(fd, session, Epoll.IN);
    else connection.owner = session;
    session.open(connection);
    return;
  }
  const stream = engine.takeTcpStream(from);
  stream.context.copyFrom(from);
  if (fd !== -1) connection.open(fd, stream, Epoll.IN);
  else connection.owner = stream;
  stream.open(connection);
}

/** Closes the connection of a monitor, which has seen enough: in HTTP mode with a word of success. */
function serveMonitor(
  engine: Engine,
  from: ClientContext,
  connection: Connection,
  fd: number,
): void {
  if (!from.frontend.options.isHttp) {
    dropConnection(engine, from, connection, fd);
    return;
  }
  const session = engine.takeHttpSession(from, connection);
  session.context.copyFrom(from);
  if (fd !== -1) connection.open(fd, session, Epoll.IN);
  else connection.owner = session;
  session.open(connection);
  session.answerMonitor();
}
