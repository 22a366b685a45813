/** What `stats ...` keywords say of a proxy's statistics page. */
export interface StatsSettings {
  /** The page's address: requests whose target begins with it get the page. */
  readonly uri: string;
  /** `stats realm`. */
  readonly realm: string;
  /** `NAME:PASSWORD` pairs of `stats auth`; empty lets everyone in. */
  readonly credentials: readonly string[];
  /** `stats refresh`, in seconds; 0 leaves it to the reader. */
  readonly refreshSeconds: number;
  /** Names of `stats scope`, with `.` for the proxy itself; empty shows all. */
  readonly scopes: readonly string[];
  readonly hidesVersion: boolean;
  /** `stats show-node`: the name to show, or empty. */
  readonly node: string;
  /** `stats show-desc`: the text to show, or empty. */
  readonly description: string;
  /** `stats show-legends`. */
  readonly showsLegends: boolean;
}

/** Where the page is unless `stats uri` says otherwise. */
export const DEFAULT_STATS_URI = "/haproxy?stats";
/** What a browser asks a password for unless `stats realm` says otherwise. */
export const DEFAULT_STATS_REALM = "HAProxy Statistics";
