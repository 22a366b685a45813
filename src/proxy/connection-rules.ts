import type { Connection } from "../net/connection.ts";
import { Verdict } from "../policy/action.ts";
import type { RuleList } from "../policy/rule-list.ts";
import { FrontendCounter } from "../state/frontend-state.ts";
import { ListenerCounter } from "../state/listener-state.ts";
import { closeDescriptor } from "../sys/socket.ts";
import { setLingerZero } from "../sys/socket-option.ts";
import type { ClientContext } from "./client-context.ts";
import type { Engine } from "./engine.ts";

/**
 * Runs `tcp-request connection` rules on a connection that was just accepted; false when one has
 * closed it.
 *
 * @param connection - Not opened yet; goes back to the pool with a refusal.
 */
export function admitConnection(
  engine: Engine,
  rules: RuleList,
  context: ClientContext,
  connection: Connection,
  fd: number,
): boolean {
  if (passes(engine, rules, context, fd)) return true;
  if (engine.view.wasDropped) countDropped(context);
  else count(context, FrontendCounter.DENIED_CONNECTIONS, ListenerCounter.DENIED_CONNECTIONS);
  // Whoever is rejected this early gets a reset: nothing of him stays, not even a port.
  setLingerZero(fd);
  dropConnection(engine, context, connection, fd);
  return false;
}

/**
 * Runs `tcp-request session` rules on a connection whose handshakes are done; false when one has
 * closed it.
 *
 * @param fd - The descriptor; -1 when the connection is open already.
 */
export function admitSession(
  engine: Engine,
  rules: RuleList,
  context: ClientContext,
  connection: Connection,
  fd: number,
): boolean {
  if (passes(engine, rules, context, fd === -1 ? connection.fd : fd)) return true;
  if (engine.view.wasDropped) countDropped(context);
  else count(context, FrontendCounter.DENIED_SESSIONS, ListenerCounter.DENIED_SESSIONS);
  dropConnection(engine, context, connection, fd);
  return false;
}

function passes(engine: Engine, rules: RuleList, context: ClientContext, fd: number): boolean {
  const policy = engine.connectionPolicy;
  policy.begin(context.variables);
  engine.view.showConnection(context, fd, policy);
  const verdict = rules.run(engine.view, policy, false);
  context.variables = policy.session;
  return verdict <= Verdict.STOP;
}

/** What was dropped counts like a request that was denied. */
function countDropped(context: ClientContext): void {
  count(context, FrontendCounter.DENIED_REQUESTS, ListenerCounter.DENIED_REQUESTS);
}

function count(context: ClientContext, frontIndex: number, listenerIndex: number): void {
  context.frontend.frontendState!.counters.values[frontIndex]! += 1;
  context.bind.state.counters.values[listenerIndex]! += 1;
}

/** Closes a connection that nobody serves, and gives back what it holds. */
export function dropConnection(
  engine: Engine,
  context: ClientContext,
  connection: Connection,
  fd: number,
): void {
  if (fd === -1) connection.close();
  else closeDescriptor(fd);
  engine.connections.give(connection);
  context.end();
}
