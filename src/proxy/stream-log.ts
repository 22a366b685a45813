import { ObservedLayer } from "../balance/observation.ts";
import type { Server } from "../balance/server.ts";
import { reportTraffic, statusObserved } from "../balance/server-observation.ts";
import type { LogRecord, RecordNeeds } from "../log/record.ts";
import { BackendCounter } from "../state/backend-state.ts";
import { FrontendCounter } from "../state/frontend-state.ts";
import { ListenerCounter } from "../state/listener-state.ts";
import { ProcessCounter } from "../state/process-state.ts";
import { ServerCounter } from "../state/server-state.ts";
import type { ErrorOrigin } from "../stats/error-captures.ts";
import { localAddress } from "../sys/socket.ts";
import { AddressFamily, SocketAddress } from "../sys/socket-address.ts";
import type { ClientContext } from "./client-context.ts";
import { ConnectionError, connectionErrorText } from "./connection-error.ts";
import { Cause, NEVER_WHOLE, Phase } from "./endings.ts";
import type { Engine } from "./engine.ts";
import type { HttpExchange } from "./http-exchange.ts";
import type { HttpSession } from "./http-session.ts";
import type { ProxyPlan } from "./proxy-plan.ts";
import type { Stream } from "./stream.ts";
import { LEVEL_SILENT, LEVEL_UNCHANGED } from "./stream-policy.ts";

/** What every line tells of a connection. */
function fillClient(
  record: LogRecord,
  engine: Engine,
  context: ClientContext,
  fd: number,
  { needsDestination }: RecordNeeds,
): void {
  const { frontend, bind } = context;
  record.client = context.source;
  record.listener = needsDestination ? context.resolveDestination(fd) : bind.address;
  record.listenerId = bind.id;
  record.listenerName = bind.hasName ? bind.name : "";
  record.frontendName = frontend.name;
  record.processConnections = engine.process.connections.get();
  record.requestCount = engine.process.counters.total(ProcessCounter.REQUESTS);
  record.frontendConnections = frontend.frontendState!.sessions.get();
}

/**
 * What the line tells of the way to a server.
 *
 * @param isEarly - The stream goes on. Otherwise it has left by the time that the line tells of.
 */
function fillServer(
  record: LogRecord,
  stream: Stream,
  isEarly: boolean,
  { needsSource }: RecordNeeds,
): void {
  const { backend, server } = stream;
  if (backend !== null) {
    record.backendName = backend.name;
    record.backendConnections = backend.servers!.state.sessions.get() - (isEarly ? 0 : 1);
  }
  if (server !== null) {
    record.serverName = server.name;
    record.server = stream.serverAddress;
    const held = stream.holdsSlot && !isEarly ? 1 : 0;
    if (server.name !== "") record.serverConnections = server.state.sessions.get() - held;
  }
  if (stream.connection !== null && needsSource) {
    record.source = new SocketAddress();
    localAddress(stream.connection.fd, record.source);
  }
  record.retries = stream.retries;
  record.isRedispatched = stream.isRedispatched;
  record.serverQueuePosition = stream.serverQueuePosition;
  record.backendQueuePosition = stream.backendQueuePosition;
  record.terminationCause = stream.cause;
  record.terminationPhase = stream.phase;
}

/** Did the stream wait for a server, or in a tarpit? */
function hasQueued({ server, backendQueuePosition, phase }: Stream): boolean {
  return server !== null || backendQueuePosition !== 0 || phase === Phase.TARPIT;
}

/** Was the request not taken: not whole, without anybody to take it, or refused without an answer? */
function isUntaken({ backend, server, cause, phase, status, bodyEndMs }: HttpExchange): boolean {
  if (phase === Phase.TARPIT || bodyEndMs === NEVER_WHOLE) return true;
  if (cause === Cause.PROXY_REFUSED && phase === Phase.REQUEST) {
    return status === -1 && server === null;
  }
  if (backend !== null) return false;
  return cause === Cause.SERVER_ABORT || cause === Cause.CLIENT_TIMEOUT;
}

/** When the request had come: with its body, where it was waited for. */
function requestEndMs({ startMs, bodyEndMs }: HttpExchange): number {
  return bodyEndMs === -1 ? startMs : bodyEndMs;
}

function fillTimes(record: LogRecord, stream: Stream, nowMs: number): void {
  const { queueStartMs, connectStartMs, connectedMs, responseMs } = stream;
  // A stream that never left the queue waited there until its end.
  if (connectStartMs !== -1) record.queueMs = connectStartMs - queueStartMs;
  else if (queueStartMs !== -1) record.queueMs = hasQueued(stream) ? nowMs - queueStartMs : -1;
  record.connectMs = connectedMs === -1 ? -1 : connectedMs - connectStartMs;
  record.responseMs = responseMs === -1 ? -1 : responseMs - connectedMs;
}

/** A part of ours that answers, such as the statistics page, is told of like a server that is at once there. */
function fillAnswerer(record: LogRecord, name: string): void {
  record.serverName = name;
  record.queueMs = 0;
  record.connectMs = 0;
  record.responseMs = 0;
}

/**
 * Writes the line of an HTTP exchange.
 *
 * @hot
 */
export function logHttp(
  engine: Engine,
  stream: HttpExchange,
  bytesIn: number,
  bytesOut: number,
  isEarly = false,
): void {
  const { context } = stream;
  const { logger } = context.frontend;
  if (logger.isSilent || isSilencedByRule(stream)) return;
  const record = fillHttp(engine, stream, isEarly, logger);
  if (stream.policy !== null) record.level = levelByRule(stream.policy.logLevel);
  record.bytesIn = bytesIn;
  record.bytesOut = bytesOut;
  if (logger.needsView) {
    engine.view.showEnd(stream, stream);
    record.view = engine.view;
  }
  logger.log(record, isEarly);
}

/** @hot */
function isSilencedByRule({ policy }: Stream): boolean {
  return policy !== null && policy.logLevel === LEVEL_SILENT;
}

/** @hot */
function levelByRule(level: number): number {
  return level === LEVEL_UNCHANGED ? -1 : level;
}

/** What is known of an exchange, but for the sizes. */
function fillHttp(
  engine: Engine,
  stream: HttpExchange,
  isEarly: boolean,
  needs: RecordNeeds,
): LogRecord {
  const { record, loop } = engine;
  const { context } = stream;
  const session = stream.session!;
  record.reset();
  fillClient(record, engine, context, stream.clientFd, needs);
  fillServer(record, stream, isEarly, needs);
  if (stream.backend === null) record.backendName = context.frontend.name;
  record.acceptDateMs = session.waitStartDateMs;
  record.handshakeMs = session.handshakeMs;
  record.idleMs = session.firstByteMs - session.waitStartMs - session.handshakeMs;
  record.requestMs = isUntaken(stream) ? -1 : requestEndMs(stream) - session.firstByteMs;
  fillTimes(record, stream, loop.nowMs);
  if (stream.answeredBy !== "") fillAnswerer(record, stream.answeredBy);
  record.totalMs = loop.nowMs - session.waitStartMs;
  record.status = stream.status;
  record.cookieRequest = stream.cookieRequest;
  record.cookieResponse = stream.cookieResponse;
  record.requestCookie = stream.requestCookie;
  record.uniqueId = stream.uniqueId;
  record.responseCookie = stream.responseCookie;
  record.requestCaptures = stream.requestCaptures;
  record.responseCaptures = stream.responseCaptures;
  stream.requestLine(record);
  const shown = record.requestLineStart + engine.logLineSizeMax;
  if (record.requestLineEnd > shown) record.requestLineEnd = shown;
  return record;
}

/** Fills the thread's record with what is known of a stream before its end, for rules. */
export function fillRecord(
  engine: Engine,
  stream: Stream,
  exchange: HttpExchange | null,
  needs: RecordNeeds,
): LogRecord {
  return exchange === null
    ? fillTcp(engine, stream, true, needs)
    : fillHttp(engine, exchange, true, needs);
}

/** The same of a connection that has no stream yet. */
export function fillConnection(
  engine: Engine,
  context: ClientContext,
  fd: number,
  needs: RecordNeeds,
): LogRecord {
  const { record } = engine;
  record.reset();
  fillClient(record, engine, context, fd, needs);
  record.acceptDateMs = context.acceptDateMs;
  return record;
}

/** Shows the expressions of a line a client that no stream serves. */
function showClient(engine: Engine, context: ClientContext, fd: number): void {
  if (!context.frontend.logger.needsEarlyView) return;
  const policy = engine.connectionPolicy;
  policy.begin(context.variables);
  engine.view.showConnection(context, fd, policy);
  engine.record.view = engine.view;
}

/** Writes the line of a request that was refused before there was a stream. */
export function logRefusal(
  session: HttpSession,
  status: number,
  cause: Cause,
  phase: Phase,
  bytesIn: number,
): void {
  const { engine, context } = session;
  const { record, loop } = engine;
  const state = context.frontend.frontendState!;
  state.counters.values[FrontendCounter.REQUESTS]! += 1;
  engine.process.counters.values[ProcessCounter.REQUESTS]! += 1;
  state.requestRate.add(loop.nowMs);
  state.counters.values[FrontendCounter.REQUEST_ERRORS]! += 1;
  state.responded(status);
  context.bind.state.counters.values[ListenerCounter.REQUEST_ERRORS]! += 1;
  if (context.frontend.logger.isSilent) return;
  record.reset();
  fillClient(record, engine, context, session.client.fd, context.frontend.logger);
  record.acceptDateMs = session.waitStartDateMs;
  record.totalMs = loop.nowMs - session.waitStartMs;
  record.idleMs = 0;
  record.backendName = context.frontend.name;
  record.status = status;
  record.bytesIn = bytesIn;
  record.terminationCause = cause;
  record.terminationPhase = phase;
  showClient(engine, context, session.client.fd);
  context.frontend.logger.logEarlyEnd(record);
}

/** Writes the line of a TCP stream. */
export function logTcp(
  engine: Engine,
  stream: Stream,
  bytesIn: number,
  bytesOut: number,
  isEarly = false,
): void {
  const { context } = stream;
  const { logger } = context.frontend;
  if (logger.isSilent || isSilencedByRule(stream)) return;
  const record = fillTcp(engine, stream, isEarly, logger);
  if (stream.policy !== null) record.level = levelByRule(stream.policy.logLevel);
  record.bytesIn = bytesIn;
  record.bytesOut = bytesOut;
  if (logger.needsView) {
    engine.view.showEnd(stream);
    record.view = engine.view;
  }
  logger.log(record, isEarly);
}

/** What is known of a TCP stream, but for the sizes. */
function fillTcp(engine: Engine, stream: Stream, isEarly: boolean, needs: RecordNeeds): LogRecord {
  const { record, loop } = engine;
  const { context } = stream;
  record.reset();
  fillClient(record, engine, context, stream.clientFd, needs);
  fillServer(record, stream, isEarly, needs);
  if (stream.backend === null) record.backendName = context.frontend.name;
  record.acceptDateMs = context.acceptDateMs;
  record.requestCaptures = stream.requestCaptures;
  record.responseCaptures = stream.responseCaptures;
  fillTimes(record, stream, loop.nowMs);
  record.totalMs = loop.nowMs - context.acceptMs;
  return record;
}

/** Writes the line that announces a connection, where the log wants one. */
export function logConnect(engine: Engine, context: ClientContext, fd: number): void {
  const { logger } = context.frontend;
  if (!logger.logsConnects) return;
  const { record } = engine;
  record.reset();
  fillClient(record, engine, context, fd, context.frontend.logger);
  record.listener = context.resolveDestination(fd);
  record.acceptDateMs = context.acceptDateMs;
  logger.logConnect(record);
}

/** Writes the line of a connection whose handshake failed. */
export function logHandshakeFailure(
  engine: Engine,
  context: ClientContext,
  fd: number,
  error: ConnectionError,
  bytesIn: number,
): void {
  const { record, view } = engine;
  record.reset();
  fillClient(record, engine, context, fd, context.frontend.logger);
  record.acceptDateMs = context.acceptDateMs;
  record.bytesIn = bytesIn;
  record.backendName = context.frontend.name;
  record.totalMs = engine.loop.nowMs - context.acceptMs;
  record.status = 0;
  record.terminationCause = Cause.PROXY_REFUSED;
  record.terminationPhase = Phase.REQUEST;
  showClient(engine, context, fd);
  view.connectionError = error;
  context.frontend.logger.logRefused(record, connectionErrorText(error));
  view.connectionError = ConnectionError.NONE;
}

const NO_SERVER = undefined;

function clientText(context: ClientContext): string {
  const { source } = context;
  return source.family === AddressFamily.UNIX
    ? `unix:${context.bind.id}`
    : `${source.host()}:${source.port}`;
}

/** Keeps a malformed request for `show errors`. */
export function captureRequest(session: HttpSession, position: number): void {
  const { engine, context, client } = session;
  const { frontend } = context;
  const origin: ErrorOrigin = {
    kind: "request",
    dateMs: engine.loop.dateMs(),
    proxy: frontend,
    otherProxy: session.stream?.backend ?? undefined,
    server: NO_SERVER,
    client: clientText(context),
  };
  engine.captures.record(origin, engine.thread.region.bytes, client.start, client.end, position);
}

/** Keeps a malformed response for `show errors`. */
export function captureResponse(stream: HttpExchange, position: number): void {
  const { engine, connection, server, context } = stream;
  if (connection === null) return;
  const backend: ProxyPlan = stream.backend!;
  const origin: ErrorOrigin = {
    kind: "response",
    dateMs: engine.loop.dateMs(),
    proxy: backend,
    otherProxy: context.frontend,
    server: server ?? undefined,
    client: clientText(context),
  };
  const { bytes } = engine.thread.region;
  engine.captures.record(origin, bytes, connection.start, connection.end, position);
}

/**
 * Counts what a client was answered by its class, whoever answered; no answer is one of the others.
 *
 * @hot
 */
export function countResponse(stream: HttpExchange): void {
  const { status, backend } = stream;
  stream.context.frontend.frontendState!.responded(status);
  if (backend === null) return;
  const { state } = backend.servers!;
  state.responded(status);
  state.counters.values[BackendCounter.REQUESTS]! += 1;
}

/**
 * Counts a response of a server.
 *
 * @hot
 */
export function countServerResponse(server: Server, status: number): void {
  server.state.responded(status);
  server.state.counters.values[ServerCounter.REQUESTS]! += 1;
  if (server.observation.layer !== ObservedLayer.NONE) {
    reportTraffic(server, statusObserved(status));
  }
}

/** Counts interim responses of a server. */
export function countInterim(server: Server, count: number): void {
  server.state.counters.values[ServerCounter.RESPONSES_1XX]! += count;
  server.state.counters.values[ServerCounter.REQUESTS]! += count;
}
