import { definePart } from "../config/part.ts";

/** What a section says of the program that checks its servers. */
export interface ExternalCheckDraft {
  /** `external-check command`; "" where it is not set. */
  command: string;
  /** `external-check path`: where programs are looked for. */
  path: string;
}

/** The part of a section that holds it. */
export const EXTERNAL_CHECK = definePart<ExternalCheckDraft>("external check", () => ({
  command: "",
  path: "",
}));

/** What the global section says of programs that check. */
export interface ExternalPermission {
  /** `external-check`. */
  isAllowed: boolean;
  /** `insecure-fork-wanted`. */
  mayFork: boolean;
}

/** The part of the global section that holds it. */
export const EXTERNAL_PERMISSION = definePart<ExternalPermission>("external permission", () => ({
  isAllowed: false,
  mayFork: false,
}));
