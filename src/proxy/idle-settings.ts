import { definePart } from "../config/part.ts";

/** What a `server` line says of connections that wait for their next request. */
export interface IdleSettings {
  /** `pool-max-conn`; -1: as many as were needed lately. */
  countMax: number;
  /** `pool-low-conn`: so many stay, whatever was needed. */
  countMin: number;
  /** `pool-purge-delay`; 0: none is kept. */
  purgeMs: number;
  /** `max-reuse`: further requests after its first that a connection may carry; -1: any number. */
  reuseMax: number;
}

/** The part of a `server` line that holds them. */
export const IDLE_SETTINGS = definePart<IdleSettings>("idle connections", () => ({
  countMax: -1,
  countMin: 0,
  purgeMs: 5000,
  reuseMax: -1,
}));

/** What the global section says of idle connections: shares of the descriptors, in percent. */
export interface IdleTuning {
  /** `tune.pool-low-fd-ratio`: with more of them open, no further connection is kept idle. */
  lowRatio: number;
  /** `tune.pool-high-fd-ratio`: with more of them open, idle connections make room for new ones. */
  highRatio: number;
}

/** The part of the global section that holds them. */
export const IDLE_TUNING = definePart<IdleTuning>("idle connections of all servers", () => ({
  lowRatio: 20,
  highRatio: 25,
}));
