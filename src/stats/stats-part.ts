import { definePart } from "../config/part.ts";
import { DEFAULT_STATS_REALM, DEFAULT_STATS_URI } from "./stats-settings.ts";

/** What a section says of its statistics page. Any `stats` keyword turns the page on. */
export const STATS = definePart("stats", () => ({
  uri: DEFAULT_STATS_URI,
  realm: DEFAULT_STATS_REALM,
  credentials: [] as string[],
  refreshSeconds: 0,
  scopes: [] as string[],
  hidesVersion: false,
  /** `stats show-node`: undefined shows none, the empty text the global one's name. */
  node: undefined as string | undefined,
  /** `stats show-desc`: undefined shows none, the empty text the section's own. */
  description: undefined as string | undefined,
  showsLegends: false,
}));
