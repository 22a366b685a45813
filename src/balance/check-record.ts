import type { CheckState } from "../state/check-state.ts";
import type { SocketAddress } from "../sys/socket-address.ts";
import { CheckStatus } from "./check-status.ts";

/** What a `server` line settled for its check or its agent. */
export interface CheckSettings {
  readonly isConfigured: boolean;
  /** How many findings in a row bring the server up or down. */
  readonly rise: number;
  readonly fall: number;
  /** Where to ask instead of the server's own address and port; null and 0: there. */
  readonly address: SocketAddress | null;
  readonly port: number;
  /** What is sent first (`agent-send`), or "". */
  readonly sentText: string;
}

/** One of the two ways to ask for a server's health: its check, or its agent. */
export class CheckRecord {
  /** As messages name it: `Health check`, `Agent check`. */
  readonly kind: "Health" | "Agent";
  readonly isConfigured: boolean;
  readonly rise: number;
  readonly fall: number;
  readonly state: CheckState;
  /** Rewritten by the runtime API (`set server check-addr`, `agent-port` ...). */
  address: SocketAddress | null;
  port: number;
  sentText: string;
  /** What the last finding said besides its outcome (last_chk, last_agt). */
  text = "";

  constructor(kind: "Health" | "Agent", settings: CheckSettings, state: CheckState) {
    this.kind = kind;
    this.isConfigured = settings.isConfigured;
    this.rise = settings.rise;
    this.fall = settings.fall;
    this.address = settings.address;
    this.port = settings.port;
    this.sentText = settings.sentText;
    this.state = state;
  }

  /** Sets the shared numbers to what the configuration says. */
  initialise(): void {
    const { state } = this;
    state.status.set(CheckStatus.INITIALISING);
    state.isEnabled.set(this.isConfigured ? 1 : 0);
    // Believed to be well until the first finding says otherwise.
    state.health.set(this.rise);
  }

  /** Whether it is asked: configured, and not stopped by the operator. */
  get isEnabled(): boolean {
    return this.state.isEnabled.get() === 1;
  }

  /** Whether its findings say that the server is well. */
  get isUp(): boolean {
    return this.state.health.get() >= this.rise;
  }

  /** Whether nothing it found speaks against the server. */
  get allowsUp(): boolean {
    return !this.isEnabled || this.isUp;
  }

  /** Whether it takes all findings that it can take to cross the line again. */
  get isSettled(): boolean {
    const health = this.state.health.get();
    return health === 0 || health >= this.healthMax;
  }

  get healthMax(): number {
    return this.rise + this.fall - 1;
  }

  /** How far it is from the other side, such as `1/3`. */
  get fraction(): string {
    const health = this.state.health.get();
    if (health >= this.rise) return `${health - this.rise + 1}/${this.fall}`;
    return `${health}/${this.rise}`;
  }
}
