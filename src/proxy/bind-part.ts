import { definePart } from "../config/part.ts";

/** What the words of a `bind` line say. */
export interface BindSettings {
  name: string;
  /** 0: the next free number. */
  id: number;
  acceptsProxy: boolean;
  /** 0 is no limit of the line's own. */
  connectionsMax: number;
  backlog: number;
  ipv6Only: boolean | undefined;
  mode: number | undefined;
  userId: number | undefined;
  groupId: number | undefined;
}

/** The part of a `bind` line that holds it. */
export const BIND = definePart<BindSettings>("bind", () => ({
  name: "",
  id: 0,
  acceptsProxy: false,
  connectionsMax: 0,
  backlog: 0,
  ipv6Only: undefined,
  mode: undefined,
  userId: undefined,
  groupId: undefined,
}));
