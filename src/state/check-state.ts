import { Gauge } from "./gauge.ts";
import type { SharedMemory } from "./shared-memory.ts";

/** The shared numbers of one way to ask for a server's health: its check, or its agent. */
export class CheckState {
  /** 0 .. rise + fall - 1; from `rise` on it says that the server is well (check_health). */
  readonly health: Gauge;
  /** A `CheckStatus` (check_status), the protocol's code, and how long it took. */
  readonly status: Gauge;
  readonly code: Gauge;
  readonly durationMs: Gauge;
  /** 1 unless it is not configured, or the operator has stopped it (`disable health`). */
  readonly isEnabled: Gauge;
  /** 1 while it is on its way. */
  readonly isRunning: Gauge;

  constructor(memory: SharedMemory) {
    this.health = new Gauge(memory);
    this.status = new Gauge(memory);
    this.code = new Gauge(memory);
    this.durationMs = new Gauge(memory);
    this.isEnabled = new Gauge(memory);
    this.isRunning = new Gauge(memory);
  }
}
