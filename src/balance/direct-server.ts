import type { ServerState } from "../state/server-state.ts";
import type { Backend } from "./backend.ts";
import { ObservedLayer } from "./observation.ts";
import { Server } from "./server.ts";
import type { ServerAddress } from "./server-address.ts";

const NO_CHECK = {
  isConfigured: false,
  rise: 1,
  fall: 1,
  address: null,
  port: 0,
  sentText: "",
} as const;

/**
 * Where streams of a backend go that no server is chosen for: the address of `dispatch`, or with
 * `option transparent` the one that the client asked for. It has no row, no name, no limit and no
 * checks, and no algorithm knows it.
 */
export class DirectServer extends Server {
  constructor(backend: Backend, direct: DirectSettings, state: ServerState) {
    const settings = {
      id: -1,
      hasOwnId: false,
      name: "",
      weight: 1,
      slowstartMs: 0,
      isBackup: false,
      isDisabled: false,
      connectionsMax: 0,
      connectionsMin: 0,
      queueMax: 0,
      cookie: "",
      check: NO_CHECK,
      agent: NO_CHECK,
      observation: { layer: ObservedLayer.NONE, errorLimit: 1, onError: "fastinter" as const },
      endsSessionsWhenDown: false,
      endsBackupSessionsWhenUp: false,
      ...direct,
    };
    super(backend, -1, settings, state);
  }

  override takeSlot(): boolean {
    this.state.sessions.add(1);
    return true;
  }

  override giveSlot(): void {
    this.state.sessions.add(-1);
  }
}

/** What a section says of it. */
export interface DirectSettings extends ServerAddress {
  /** A number over all servers of the process. */
  readonly number: number;
}
