import { definePart } from "../config/part.ts";

/** The waits of a proxy, in milliseconds; 0 waits for ever. */
export interface Timeouts {
  clientMs: number;
  serverMs: number;
  connectMs: number;
  /** 0: as `connectMs`. */
  queueMs: number;
  /** 0: as `clientMs`. */
  httpRequestMs: number;
  /** 0: as `httpRequestMs`. */
  httpKeepAliveMs: number;
  /** 0: as `clientMs` once the client has ended its side. */
  clientFinMs: number;
  serverFinMs: number;
  /** 0: as the sides' own. */
  tunnelMs: number;
  /** 0: as `connectMs`. */
  tarpitMs: number;
  checkMs: number;
}

/** The part of a section that its `timeout` keywords fill. */
export const TIMEOUTS = definePart<Timeouts>("timeouts", () => ({
  clientMs: 0,
  serverMs: 0,
  connectMs: 0,
  queueMs: 0,
  httpRequestMs: 0,
  httpKeepAliveMs: 0,
  clientFinMs: 0,
  serverFinMs: 0,
  tunnelMs: 0,
  tarpitMs: 0,
  checkMs: 0,
}));
