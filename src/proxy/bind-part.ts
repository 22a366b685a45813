import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";
import type { Namespace } from "../sys/namespace.ts";

/** What the words of a `bind` line say. */
export interface BindSettings {
  name: string;
  /** 0: the next free number. */
  id: number;
  acceptsProxy: boolean;
  /** `accept-netscaler-cip`: the magic number that headers start with; 0 without them. */
  netscalerMagic: number;
  /** 0 is no limit of the line's own. */
  connectionsMax: number;
  /** From -1024, the most urgent, to 1024. */
  nice: number;
  backlog: number;
  ipv6Only: boolean | undefined;
  mode: number | undefined;
  userId: number | undefined;
  groupId: number | undefined;
  /** `interface`; the empty text for any. */
  interfaceName: string;
  isTransparent: boolean;
  /** `mss`; 0 for the system's. */
  maxSegmentSize: number;
  hasFastOpen: boolean;
  defersAccept: boolean;
  /** `tcp-ut`; 0 for the system's. */
  userTimeoutMs: number;
  namespace: Namespace | undefined;
  /** `proto`: what clients must speak; null where it is found out. */
  protocol: Word | null;
}

/** The part of a `bind` line that holds it. */
export const BIND = definePart<BindSettings>("bind", () => ({
  name: "",
  id: 0,
  acceptsProxy: false,
  netscalerMagic: 0,
  connectionsMax: 0,
  nice: 0,
  backlog: 0,
  ipv6Only: undefined,
  mode: undefined,
  userId: undefined,
  groupId: undefined,
  interfaceName: "",
  isTransparent: false,
  maxSegmentSize: 0,
  hasFastOpen: false,
  defersAccept: false,
  userTimeoutMs: 0,
  namespace: undefined,
  protocol: null,
}));
