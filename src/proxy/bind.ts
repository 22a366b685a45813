import type { ListenerState } from "../state/listener-state.ts";
import type { Namespace } from "../sys/namespace.ts";
import type { SocketAddress } from "../sys/socket-address.ts";

/** One address that a frontend listens on, with what its `bind` line says of connections. */
export interface Bind {
  /** Number within the frontend, from 1. */
  readonly id: number;
  /** `name` of the `bind` line, or `sock-N`. */
  readonly name: string;
  readonly hasName: boolean;
  readonly address: SocketAddress;
  /** `transparent`: it takes connections to addresses that are not this machine's. */
  readonly isTransparent: boolean;
  /** `namespace` of the line: where its connections belong; null for the process's own. */
  readonly namespace: Namespace | null;
  readonly state: ListenerState;
  /** `accept-proxy`: each connection starts with a PROXY header. */
  readonly acceptsProxy: boolean;
  /** `accept-netscaler-cip`: the magic number that each connection's header starts with, or 0. */
  readonly netscalerMagic: number;
  /** A negative `mss`: how much less than the client asks for a segment may hold, in bytes, or 0. */
  readonly segmentReduction: number;
  /** `maxconn` of the line; 0 is no limit. */
  readonly connectionsMax: number;
  /** `nice` of the line: how urgent the events of its connections are, from -1024 on; 0 is the rule. */
  readonly nice: number;
}
