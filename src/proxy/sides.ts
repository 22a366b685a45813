import type { SectionKind } from "../config/draft.ts";

/** Which side of a proxy a keyword is about. */
export type Side = "client" | "server" | "both";

/**
 * The sections where a keyword of a side means something. Elsewhere in a proxy it is ignored with a
 * warning, since old files have such lines.
 */
export const SECTIONS_OF: Readonly<Record<Side, readonly SectionKind[]>> = {
  client: ["defaults", "frontend", "listen"],
  server: ["defaults", "listen", "backend"],
  both: ["defaults", "frontend", "listen", "backend"],
};
