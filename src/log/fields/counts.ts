import { defineField } from "../field.ts";

const source = "HAProxy configuration manual, section 8.2.6";
const PLUS = 0x2b;

/** Connections of the process. */
export const processConnections = defineField({
  name: "ac",
  isNumber: true,
  summary: "Connections of the process",
  source,
  write(line, record) {
    line.decimal(record.processConnections);
  },
});

/** Connections of the frontend. */
export const frontendConnections = defineField({
  name: "fc",
  isNumber: true,
  summary: "Connections of the frontend",
  source,
  write(line, record) {
    line.decimal(record.frontendConnections);
  },
});

/** Connections of the backend. */
export const backendConnections = defineField({
  name: "bc",
  isNumber: true,
  summary: "Connections of the backend, those in queues included",
  source,
  write(line, record) {
    line.decimal(record.backendConnections);
  },
});

/** Connections of the server. */
export const serverConnections = defineField({
  name: "sc",
  isNumber: true,
  summary: "Connections of the server",
  source,
  write(line, record) {
    line.decimal(record.serverConnections);
  },
});

/** Place in the server's queue. */
export const serverQueue = defineField({
  name: "sq",
  isNumber: true,
  summary: "Requests ahead of this one in the server's queue",
  source,
  write(line, record) {
    line.decimal(record.serverQueuePosition);
  },
});

/** Place in the backend's queue. */
export const backendQueue = defineField({
  name: "bq",
  isNumber: true,
  summary: "Requests ahead of this one in the backend's queue",
  source,
  write(line, record) {
    line.decimal(record.backendQueuePosition);
  },
});

/** Connection retries. */
export const retries = defineField({
  name: "rc",
  isNumber: true,
  summary: "Connection retries, with a + once the request moved to another server",
  source,
  write(line, record) {
    if (record.isRedispatched) line.byte(PLUS);
    line.decimal(record.retries);
  },
});

/** Number of the request. */
export const requestCount = defineField({
  name: "rt",
  isNumber: true,
  summary: "Number of the request within the process",
  source,
  write(line, record, flags) {
    line.count(record.requestCount, flags);
  },
});

/** Number of the line. */
export const logCount = defineField({
  name: "lc",
  isNumber: true,
  summary: "Number of the line within the frontend",
  source,
  write(line, record, flags) {
    line.count(record.logCount, flags);
  },
});

/** Status code. */
export const status = defineField({
  name: "ST",
  isNumber: true,
  summary: "Status sent to the client, or -1",
  source,
  write(line, record) {
    line.decimal(record.status);
  },
});

/** Bytes sent to the client. */
export const bytesOut = defineField({
  name: "B",
  isNumber: true,
  summary: "Bytes sent to the client, with a + before the end",
  source,
  write(line, record) {
    if (record.isPartial) line.byte(PLUS);
    line.decimal(record.bytesOut);
  },
});

/** Bytes read from the client. */
export const bytesIn = defineField({
  name: "U",
  isNumber: true,
  summary: "Bytes read from the client",
  source,
  write(line, record) {
    line.decimal(record.bytesIn);
  },
});
