import { defineField, FieldFlag } from "../field.ts";
import type { LineWriter } from "../line-writer.ts";
import type { LogRecord } from "../record.ts";

const source = "HAProxy configuration manual, section 8.2.6";
const DOT = 0x2e;

/** Date of the accept. */
export const acceptDate = defineField({
  name: "t",
  summary: "Local date of the accept, with milliseconds",
  source,
  write(line, record) {
    writeDate(line, record.acceptDateMs);
  },
});

/** Date of the accept, GMT. */
export const acceptDateGmt = defineField({
  name: "T",
  summary: "GMT date of the accept",
  source,
  write(line, record) {
    line.text(line.environment.dates.gmt.of(second(record.acceptDateMs)));
  },
});

/** Date of the accept, local. */
export const acceptDateLocal = defineField({
  name: "Tl",
  summary: "Local date of the accept, with its time zone",
  source,
  write(line, record) {
    line.text(line.environment.dates.localZoned.of(second(record.acceptDateMs)));
  },
});

/** Timestamp of the accept. */
export const acceptTimestamp = defineField({
  name: "Ts",
  isNumber: true,
  summary: "Seconds from 1970 to the accept",
  source,
  write(line, record, flags) {
    line.count(second(record.acceptDateMs), flags);
  },
});

/** Milliseconds of the accept. */
export const acceptMilliseconds = defineField({
  name: "ms",
  isNumber: true,
  summary: "Milliseconds of the accept, three digits",
  source,
  write(line, record, flags) {
    const milliseconds = record.acceptDateMs % 1000;
    if ((flags & FieldFlag.HEXADECIMAL) === 0) line.padded(milliseconds, 3);
    else line.hexadecimal(milliseconds, 2);
  },
});

/** Date of the request. */
export const requestDate = defineField({
  name: "tr",
  summary: "Local date of the first byte of the request, with milliseconds",
  source,
  isHttpOnly: true,
  write(line, record) {
    writeDate(line, requestDateMs(record));
  },
});

/** Date of the request, GMT. */
export const requestDateGmt = defineField({
  name: "trg",
  summary: "GMT date of the first byte of the request",
  source,
  isHttpOnly: true,
  write(line, record) {
    line.text(line.environment.dates.gmt.of(second(requestDateMs(record))));
  },
});

/** Date of the request, local. */
export const requestDateLocal = defineField({
  name: "trl",
  summary: "Local date of the first byte of the request, with its time zone",
  source,
  isHttpOnly: true,
  write(line, record) {
    line.text(line.environment.dates.localZoned.of(second(requestDateMs(record))));
  },
});

/** @hot */
function second(dateMs: number): number {
  return Math.floor(dateMs / 1000);
}

/** @hot */
function requestDateMs(record: LogRecord): number {
  return record.acceptDateMs + record.handshakeMs + (record.idleMs > 0 ? record.idleMs : 0);
}

/** @hot */
function writeDate(line: LineWriter, dateMs: number): void {
  const seconds = second(dateMs);
  line.text(line.environment.dates.local.of(seconds));
  line.byte(DOT);
  line.padded(dateMs - seconds * 1000, 3);
}
