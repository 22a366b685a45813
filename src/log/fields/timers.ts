import { defineField } from "../field.ts";
import type { LogRecord } from "../record.ts";

const source = "HAProxy configuration manual, sections 8.2.6 and 8.4";
const PLUS = 0x2b;

/** Handshake time. */
export const handshakeTime = defineField({
  name: "Th",
  isNumber: true,
  summary: "Time of handshakes (PROXY protocol, TLS), in milliseconds",
  source,
  write(line, record) {
    line.decimal(record.handshakeMs);
  },
});

/** Idle time. */
export const idleTime = defineField({
  name: "Ti",
  isNumber: true,
  summary: "Wait for the first byte of the request, in milliseconds",
  source,
  isHttpOnly: true,
  write(line, record) {
    line.decimal(record.idleMs);
  },
});

/** Request time. */
export const requestTime = defineField({
  name: "TR",
  isNumber: true,
  summary: "From the first byte of the request to the end of its head, in milliseconds",
  source,
  isHttpOnly: true,
  write(line, record) {
    line.decimal(record.requestMs);
  },
});

/** Time until the request was read. */
export const totalRequestTime = defineField({
  name: "Tq",
  isNumber: true,
  summary: "From the accept to the end of the request head: Th + Ti + TR, in milliseconds",
  source,
  isHttpOnly: true,
  write(line, record) {
    line.decimal(untilRequest(record));
  },
});

/** Queue time. */
export const queueTime = defineField({
  name: "Tw",
  isNumber: true,
  summary: "Time in queues, in milliseconds",
  source,
  write(line, record) {
    line.decimal(record.queueMs);
  },
});

/** Connect time. */
export const connectTime = defineField({
  name: "Tc",
  isNumber: true,
  summary: "Time to connect to the server, retries included, in milliseconds",
  source,
  write(line, record) {
    line.decimal(record.connectMs);
  },
});

/** Response time. */
export const responseTime = defineField({
  name: "Tr",
  isNumber: true,
  summary: "From the connection to the end of the response head, in milliseconds",
  source,
  isHttpOnly: true,
  write(line, record) {
    line.decimal(record.responseMs);
  },
});

/** Data time. */
export const dataTime = defineField({
  name: "Td",
  isNumber: true,
  summary: "Time to transfer the response: Tt - (Tq + Tw + Tc + Tr), in milliseconds",
  source,
  write(line, record) {
    line.decimal(dataTimeOf(record));
  },
});

/** Active time. */
export const activeTime = defineField({
  name: "Ta",
  isNumber: true,
  summary: "From the first byte of the request to the last of the response, in milliseconds",
  source,
  isHttpOnly: true,
  write(line, record) {
    if (record.isPartial) line.byte(PLUS);
    line.decimal(activeTimeOf(record));
  },
});

/** Time that the user saw. */
export const userTime = defineField({
  name: "Tu",
  isNumber: true,
  summary: "From the accept to the end, idle time left out, in milliseconds",
  source,
  write(line, record) {
    if (record.isPartial) line.byte(PLUS);
    line.decimal(record.totalMs - idleOf(record));
  },
});

/** Total time. */
export const totalTime = defineField({
  name: "Tt",
  isNumber: true,
  summary: "From the accept to the end, in milliseconds",
  source,
  write(line, record) {
    if (record.isPartial) line.byte(PLUS);
    line.decimal(record.totalMs);
  },
});

/** @hot */
function idleOf(record: LogRecord): number {
  return record.idleMs > 0 ? record.idleMs : 0;
}

/** @hot */
function untilRequest(record: LogRecord): number {
  if (record.requestMs < 0) return -1;
  return record.handshakeMs + idleOf(record) + record.requestMs;
}

/** @hot */
function activeTimeOf(record: LogRecord): number {
  return record.totalMs - record.handshakeMs - idleOf(record);
}

/** @hot */
function dataTimeOf(record: LogRecord): number {
  if (record.connectMs < 0) return -1;
  const response = record.responseMs > 0 ? record.responseMs : 0;
  const request = record.requestMs < 0 ? 0 : untilRequest(record);
  return record.totalMs - request - record.queueMs - record.connectMs - response;
}
