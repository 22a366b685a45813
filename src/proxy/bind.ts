import type { ListenerState } from "../state/listener-state.ts";
import type { SocketAddress } from "../sys/socket-address.ts";

/** One address that a frontend listens on, with what its `bind` line says of connections. */
export interface Bind {
  /** Number within the frontend, from 1. */
  readonly id: number;
  /** `name` of the `bind` line, or `sock-N`. */
  readonly name: string;
  readonly hasName: boolean;
  readonly address: SocketAddress;
  readonly state: ListenerState;
  /** `accept-proxy`: each connection starts with a PROXY header. */
  readonly acceptsProxy: boolean;
  /** `maxconn` of the line; 0 is no limit. */
  readonly connectionsMax: number;
}
