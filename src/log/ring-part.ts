import { definePart } from "../config/part.ts";
import type { SocketAddress } from "../sys/socket-address.ts";
import { SyslogFormat } from "./target.ts";

/** How lines are told apart on a stream. Source: RFC 6587, section 3.4. */
export const StreamFraming = {
  /** Each ends in a line feed. */
  LINES: "legacy",
  /** Each has its size in front. */
  COUNTED: "octet-count",
} as const;
export type StreamFraming = (typeof StreamFraming)[keyof typeof StreamFraming];

/** A `server` line of a ring. */
export interface RingServerDraft {
  readonly name: string;
  readonly address: SocketAddress;
  readonly framing: StreamFraming;
}

/** The size of a ring that says nothing, which is the least, too: that of a buffer. */
const RING_SIZE_DEFAULT = 16_384;

/** What a `ring` section says. */
export const RING = definePart("ring", () => ({
  format: SyslogFormat.RAW as SyslogFormat,
  size: RING_SIZE_DEFAULT,
  /** 0 for as much as the ring takes. */
  eventSizeMax: 0,
  connectTimeoutMs: 0,
  serverTimeoutMs: 0,
  servers: [] as RingServerDraft[],
}));
