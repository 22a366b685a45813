import { SocketAddress } from "../sys/socket-address.ts";
import { LogEnvironment } from "./environment.ts";
import * as addresses from "./fields/addresses.ts";
import * as captures from "./fields/captures.ts";
import * as counts from "./fields/counts.ts";
import * as dates from "./fields/dates.ts";
import * as names from "./fields/names.ts";
import * as requestLine from "./fields/request-line.ts";
import * as termination from "./fields/termination.ts";
import * as timers from "./fields/timers.ts";
import { logFields } from "./format.ts";
import { LineWriter } from "./line-writer.ts";
import { LogRecord } from "./record.ts";

/** Every field, for tests: the program takes them from the registry. */
export const ALL_FIELDS = logFields(
  [addresses, captures, counts, dates, names, requestLine, termination, timers].flatMap((module) =>
    Object.values(module),
  ),
);

/** A line over its own bytes, for tests. */
export function testLine(size = 1024): LineWriter {
  return new LineWriter(new Uint8Array(size), 0, size, new LogEnvironment(42, "edge"));
}

/** What a line holds, as latin1 text. */
export function lineText(line: LineWriter): string {
  return Buffer.from(line.bytes.slice(line.start, line.end)).toString("latin1");
}

/** The record of a plain exchange: the manual's own example with its numbers. */
export function exampleRecord(changes: Partial<LogRecord> = {}): LogRecord {
  const record = new LogRecord();
  Object.assign(record, {
    acceptDateMs: new Date(2009, 1, 6, 12, 14, 14, 655).getTime(),
    idleMs: 0,
    requestMs: 10,
    queueMs: 0,
    connectMs: 30,
    responseMs: 69,
    totalMs: 109,
    status: 200,
    bytesIn: 103,
    bytesOut: 2750,
    client: SocketAddress.fromHost("10.0.1.2", 33317),
    listener: SocketAddress.fromHost("10.0.3.31", 80),
    source: SocketAddress.fromHost("10.0.1.9", 4096),
    server: SocketAddress.fromHost("10.0.1.10", 8000),
    frontendName: "http-in",
    backendName: "static",
    serverName: "srv1",
    processConnections: 1,
    frontendConnections: 1,
    backendConnections: 1,
    serverConnections: 1,
    requestCount: 20,
    logCount: 3,
    ...changes,
  });
  return record;
}

/** Sets the request line of a record. */
export function withRequestLine(record: LogRecord, text: string): LogRecord {
  record.requestBytes = Buffer.from(`xx${text}yy`, "latin1");
  record.requestLineStart = 2;
  record.requestLineEnd = 2 + text.length;
  return record;
}
