import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";
import type { SocketAddress } from "../sys/socket-address.ts";
import { ObservedLayer, type OnError } from "./observation.ts";

/** What a `server` line says of its checks. Health counts here; `check` does the checking. */
export interface HealthDraft {
  isChecked: boolean;
  intervalMs: number;
  /** While it is on its way up or down, and while it is down; 0: as `intervalMs`. */
  fastIntervalMs: number;
  downIntervalMs: number;
  rise: number;
  fall: number;
  /** Where checks go instead of the server's own port and address; 0 and null: there. */
  port: number;
  address: SocketAddress | null;
  /** `agent-check`: whether the server has an agent. */
  hasAgent: boolean;
  agentIntervalMs: number;
  /** 0 and null: as for checks. */
  agentPort: number;
  agentAddress: SocketAddress | null;
  agentText: string;
  observedLayer: ObservedLayer;
  errorLimit: number;
  onError: OnError;
  endsSessionsWhenDown: boolean;
  endsBackupSessionsWhenUp: boolean;
  /** `track`: the server, with its proxy before a slash or without; null for none. */
  tracks: Word | null;
}

/** The part of a `server` line that holds it. */
export const HEALTH = definePart<HealthDraft>("health", () => ({
  isChecked: false,
  intervalMs: 2000,
  fastIntervalMs: 0,
  downIntervalMs: 0,
  rise: 2,
  fall: 3,
  port: 0,
  address: null,
  hasAgent: false,
  agentIntervalMs: 2000,
  agentPort: 0,
  agentAddress: null,
  agentText: "",
  observedLayer: ObservedLayer.NONE,
  errorLimit: 10,
  onError: "fail-check",
  endsSessionsWhenDown: false,
  endsBackupSessionsWhenUp: false,
  tracks: null,
}));
