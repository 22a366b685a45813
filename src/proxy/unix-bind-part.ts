import { definePart } from "../config/part.ts";

/** What `unix-bind` settles for the unix sockets of all `bind` lines. */
export interface UnixBindSettings {
  /** Stands in front of each path. */
  prefix: string;
  mode: number | undefined;
  userId: number | undefined;
  groupId: number | undefined;
}

/** The part of the global section that holds it. */
export const UNIX_BIND = definePart<UnixBindSettings>("unix bind", () => ({
  prefix: "",
  mode: undefined,
  userId: undefined,
  groupId: undefined,
}));
