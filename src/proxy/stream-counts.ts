import { BackendCounter } from "../state/backend-state.ts";
import { FrontendCounter } from "../state/frontend-state.ts";
import { ListenerCounter } from "../state/listener-state.ts";
import { ServerCounter } from "../state/server-state.ts";
import { Cause } from "./endings.ts";
import type { Stream } from "./stream.ts";

/** Counts a bug of ours that ended a stream. */
export function countInternalError(stream: Stream): void {
  const { frontend, bind } = stream.context;
  frontend.frontendState!.counters.values[FrontendCounter.INTERNAL_ERRORS]! += 1;
  bind.state.counters.values[ListenerCounter.INTERNAL_ERRORS]! += 1;
  stream.count(BackendCounter.INTERNAL_ERRORS, ServerCounter.INTERNAL_ERRORS);
}

/**
 * Counts a rule that could not rewrite a message.
 *
 * @param isResponse - The server's row counts it as well.
 */
export function countFailedRewrite(stream: Stream, isResponse: boolean): void {
  const { frontend, bind } = stream.context;
  frontend.frontendState!.counters.values[FrontendCounter.FAILED_REWRITES]! += 1;
  bind.state.counters.values[ListenerCounter.FAILED_REWRITES]! += 1;
  const { backend, server } = stream;
  if (backend !== null && (isResponse || backend !== frontend)) {
    backend.servers!.state.counters.values[BackendCounter.FAILED_REWRITES]! += 1;
  }
  if (isResponse && server !== null) {
    server.state.counters.values[ServerCounter.FAILED_REWRITES]! += 1;
  }
}

/** Counts an exchange that a rule has refused. */
export function countDenied(stream: Stream, isRequest: boolean): void {
  const { frontend, bind } = stream.context;
  const front = isRequest ? FrontendCounter.DENIED_REQUESTS : FrontendCounter.DENIED_RESPONSES;
  const listener = isRequest ? ListenerCounter.DENIED_REQUESTS : ListenerCounter.DENIED_RESPONSES;
  const back = isRequest ? BackendCounter.DENIED_REQUESTS : BackendCounter.DENIED_RESPONSES;
  frontend.frontendState!.counters.values[front]! += 1;
  bind.state.counters.values[listener]! += 1;
  if (stream.backend !== null) stream.backend.servers!.state.counters.values[back]! += 1;
  if (isRequest || stream.server === null) return;
  stream.server.state.counters.values[ServerCounter.DENIED_RESPONSES]! += 1;
}

/** Counts what a rule on content rejects: as the frontend's, whichever section has the rule. */
export function countDeniedByFrontend({ context }: Stream): void {
  const { frontend, bind } = context;
  frontend.frontendState!.counters.values[FrontendCounter.DENIED_REQUESTS]! += 1;
  bind.state.counters.values[ListenerCounter.DENIED_REQUESTS]! += 1;
}

/** Counts an ending that one of the sides is to blame for. */
export function countAbort(stream: Stream, cause: Cause): void {
  if (cause === Cause.CLIENT_ABORT || cause === Cause.CLIENT_TIMEOUT) {
    stream.count(BackendCounter.CLIENT_ABORTS, ServerCounter.CLIENT_ABORTS);
  } else if (cause === Cause.SERVER_ABORT || cause === Cause.SERVER_TIMEOUT) {
    stream.count(BackendCounter.SERVER_ABORTS, ServerCounter.SERVER_ABORTS);
  }
}

/**
 * Adds bytes to the statistics of everybody that the stream belongs to.
 *
 * @hot
 * @param totalIn - Of the whole stream by now: what was counted before is left out.
 */
export function countBytes(stream: Stream, totalIn: number, totalOut: number): void {
  const { engine, backend, server, context } = stream;
  const bytesIn = totalIn - stream.countedIn;
  const bytesOut = totalOut - stream.countedOut;
  stream.countedIn = totalIn;
  stream.countedOut = totalOut;
  const front = context.frontend.frontendState!.counters.values;
  front[FrontendCounter.BYTES_IN]! += bytesIn;
  front[FrontendCounter.BYTES_OUT]! += bytesOut;
  const bind = context.bind.state.counters.values;
  bind[ListenerCounter.BYTES_IN]! += bytesIn;
  bind[ListenerCounter.BYTES_OUT]! += bytesOut;
  engine.countBytesOut(bytesOut);
  if (backend === null) return;
  const { values } = backend.servers!.state.counters;
  values[BackendCounter.BYTES_IN]! += bytesIn;
  values[BackendCounter.BYTES_OUT]! += bytesOut;
  if (server === null) return;
  server.state.counters.values[ServerCounter.BYTES_IN]! += bytesIn;
  server.state.counters.values[ServerCounter.BYTES_OUT]! += bytesOut;
}

/**
 * Adds the times of a stream to the averages, at its end.
 *
 * @hot
 */
export function countTimes(stream: Stream): void {
  const { backend, server } = stream;
  if (backend === null || server === null || stream.connectedMs === -1) return;
  const queueMs = stream.connectStartMs - stream.queueStartMs;
  const connectMs = stream.connectedMs - stream.connectStartMs;
  const responseMs = stream.responseMs === -1 ? 0 : stream.responseMs - stream.connectedMs;
  const totalMs = stream.engine.loop.nowMs - stream.startMs;
  backend.servers!.state.times.add(queueMs, connectMs, responseMs, totalMs);
  server.state.times.add(queueMs, connectMs, responseMs, totalMs);
}
