import type { Word } from "../config/word.ts";
import type { SocketAddress } from "../sys/socket-address.ts";
import type { Ring } from "./ring.ts";

/** What stands in front of a message. Source: HAProxy configuration manual, keyword "log". */
export const SyslogFormat = {
  /** RFC 3164 without the host's name. */
  LOCAL: "local",
  RFC3164: "rfc3164",
  RFC5424: "rfc5424",
  /** `<facility and level>`. */
  PRIORITY: "priority",
  /** `<level>`. */
  SHORT: "short",
  /** `<level>` and an ISO date. */
  TIMED: "timed",
  /** An ISO date. */
  ISO: "iso",
  /** Nothing. */
  RAW: "raw",
} as const;
export type SyslogFormat = (typeof SyslogFormat)[keyof typeof SyslogFormat];

/** Takes a share of the lines: those whose number, counted modulo `size` from 1, is in a range. */
export interface LogSample {
  /** Pairs of first and last number, both included. */
  readonly ranges: readonly (readonly [first: number, last: number])[];
  readonly size: number;
}

/** A ring by its name; the ring itself is found once all sections are read. */
export interface RingDestination {
  readonly kind: "ring";
  /** As typed: `ring@name`. */
  readonly name: Word;
  ring: Ring | null;
}

/** Where lines go: a datagram socket's address, the number of an open descriptor, or a ring. */
export type LogDestination =
  | RingDestination
  | { readonly kind: "datagram"; readonly address: SocketAddress }
  | { readonly kind: "descriptor"; readonly fd: number };

/** One `log` line of the configuration. */
export interface LogTarget {
  readonly destination: LogDestination;
  /** Bytes of a line that are sent, its line end left out. */
  readonly sizeMax: number;
  /** As configured; undefined follows `log-send-hostname`. */
  readonly format: SyslogFormat | undefined;
  readonly facility: number;
  /** The least severe level that is sent. */
  readonly levelMax: number;
  /** More severe messages are sent with this level. */
  readonly levelMin: number;
  readonly sample: LogSample | undefined;
}

/** True when the line with this number, counted from 0, belongs to the sample. */
export function isSampled(sample: LogSample | undefined, number: number): boolean {
  if (sample === undefined) return true;
  const place = (number % sample.size) + 1;
  return sample.ranges.some(([first, last]) => place >= first && place <= last);
}
