import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";
import type { Namespace } from "../sys/namespace.ts";
import type { SocketAddress } from "../sys/socket-address.ts";

/** What a `server` line says of how its connections are made. */
export interface ConnectingSettings {
  /** `tcp-ut`; 0 for the system's. */
  userTimeoutMs: number;
  hasFastOpen: boolean;
  namespace: Namespace | null;
  /** `namespace *`: the client's own. */
  followsNamespace: boolean;
  /** `proto`; null where it is found out. */
  protocol: Word | null;
  /** `socks4`; null to connect directly. */
  socks: SocketAddress | null;
  /** `check-via-socks4`. */
  checksViaSocks: boolean;
}

/** The part of a `server` line that holds it. */
export const CONNECTING = definePart<ConnectingSettings>("connecting", () => ({
  userTimeoutMs: 0,
  hasFastOpen: false,
  namespace: null,
  followsNamespace: false,
  protocol: null,
  socks: null,
  checksViaSocks: false,
}));
