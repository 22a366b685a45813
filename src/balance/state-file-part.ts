import { definePart } from "../config/part.ts";

/** Where the states of the last process are, as the global section says. */
export interface StateFiles {
  /** `server-state-file`, or "". */
  globalFile: string;
  /** `server-state-base`: what paths without a leading slash are below, or "". */
  base: string;
}

/** The part of the global section that holds it. */
export const STATE_FILES = definePart<StateFiles>("server state files", () => ({
  globalFile: "",
  base: "",
}));

/** Which file a section loads the states of its servers from. */
export interface StateSource {
  from: "none" | "global" | "local";
  /** `server-state-file-name`; "" stands for the section's own name. */
  fileName: string;
}

/** The part of a section that holds it. */
export const STATE_SOURCE = definePart<StateSource>("server state source", () => ({
  from: "none",
  fileName: "",
}));
