import type { AccessLevel } from "./level.ts";

/** One `stats socket` of the configuration. */
export interface RuntimeSocketSettings {
  /** As `show cli sockets` prints it: `unix@/run/admin.sock`, `ipv4@127.0.0.1:9999`. */
  readonly address: string;
  readonly level: AccessLevel;
}
