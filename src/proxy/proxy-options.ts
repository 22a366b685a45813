import { definePart } from "../config/part.ts";
import { RetryOn } from "./retry-on.ts";

/**
 * What happens to connections after an exchange, the weakest first: of a frontend's and a backend's
 * the stronger one counts (manual section 4, the connection modes).
 */
export const ConnectionMode = {
  /** `option http-keep-alive`: both sides stay. */
  KEEP_ALIVE: 0,
  /** `option http-tunnel`: what follows the first exchange passes unseen. */
  TUNNEL: 1,
  /** `option http-server-close`: the server's side is closed. */
  SERVER_CLOSE: 2,
  /** `option httpclose`: both sides are closed. */
  CLOSE: 3,
} as const;
export type ConnectionMode = (typeof ConnectionMode)[keyof typeof ConnectionMode];

/** What becomes of fields of a request whose names are more than letters, digits and hyphens. */
export const OddNames = { PRESERVE: 0, DELETE: 1, REJECT: 2 } as const;
export type OddNames = (typeof OddNames)[keyof typeof OddNames];

/** Who may use an idle connection to a server (`http-reuse`). */
export const Reuse = { NEVER: 0, SAFE: 1, AGGRESSIVE: 2, ALWAYS: 3 } as const;
export type Reuse = (typeof Reuse)[keyof typeof Reuse];

/** What a section says of kernel pipes (`option splice-*`). */
export const Splicing = { UNSAID: 0, ON: 1, OFF: 2 } as const;
export type Splicing = (typeof Splicing)[keyof typeof Splicing];

/**
 * Do bytes between a frontend and a backend go through kernel pipes? One of them that wants it is
 * enough; without a word from either, pipes are used where they pay.
 */
export function splices(front: Splicing, back: Splicing): boolean {
  if (front === Splicing.ON || back === Splicing.ON) return true;
  return front === Splicing.UNSAID && back === Splicing.UNSAID;
}

/** When a request may move to another server (`option redispatch`): never. */
export const NO_REDISPATCH = 0;

/** What the keywords of a proxy section say of its streams. */
export interface ProxyOptions {
  isHttp: boolean;
  /** `maxconn` of a frontend; 0 leaves it to the process. */
  connectionsMax: number;
  /** `backlog`; 0 follows `maxconn`. */
  backlog: number;
  /** `rate-limit sessions`: a second; 0 is no limit. */
  sessionRateMax: number;
  connectionMode: ConnectionMode;
  /** `option http-pretend-keepalive`. */
  pretendsKeepAlive: boolean;
  /** `option abortonclose`. */
  abortsOnClose: boolean;
  /** `option http-ignore-probes`. */
  ignoresProbes: boolean;
  acceptsInvalidRequest: boolean;
  /** `option http-restrict-req-hdr-names`. */
  oddNames: OddNames;
  acceptsInvalidResponse: boolean;
  splicesRequests: Splicing;
  splicesResponses: Splicing;
  retries: number;
  /** A redispatch at each n-th retry; -n: n-th from the end; 0: never. */
  redispatch: number;
  /** `retry-on`: bits of `RetryOn` and of statuses. */
  retryOn: number;
  reuse: Reuse;
  /** `option prefer-last-server`. */
  prefersLastServer: boolean;
  /** `max-keep-alive-queue`: so many may wait where a client should come back; -1 is no limit. */
  keepAliveQueueMax: number;
  /** `max-session-srv-conns`: idle connections to servers that a client may have to itself. */
  ownConnectionsMax: number;
  /** `http-send-name-header`: the field that tells a server its name, in lower case, or "". */
  serverNameField: string;
  /** `option checkcache`. */
  refusesCacheableCookies: boolean;
  /** `option http-buffer-request`. */
  buffersRequest: boolean;
  /** `option http-no-delay`. */
  isWithoutDelay: boolean;
  /** `option independent-streams`. */
  hasIndependentStreams: boolean;
  /** `option contstats`: bytes are counted while a stream goes on, not only at its end. */
  countsContinuously: boolean;
  /** `grace`: how long the listeners stay open once a soft stop was asked for, in ms. */
  graceMs: number;
  /** `option http_proxy`: requests name the servers that they go to. */
  followsRequests: boolean;
  /** `option http-use-proxy-header`. */
  usesProxyHeader: boolean;
  /** `option h1-case-adjust-bogus-client`, `option h1-case-adjust-bogus-server`. */
  spellsForClients: boolean;
  spellsForServers: boolean;
  /** `option idle-close-on-response`: a soft stop lets clients that wait ask once more. */
  closesIdleOnResponse: boolean;
  /** `option persist`: the server of a cookie is tried even when it is down. */
  persists: boolean;
}

/** The part of a section that holds them. */
export const PROXY_OPTIONS = definePart<ProxyOptions>("proxy options", () => ({
  isHttp: false,
  connectionsMax: 0,
  backlog: 0,
  sessionRateMax: 0,
  connectionMode: ConnectionMode.KEEP_ALIVE,
  pretendsKeepAlive: false,
  abortsOnClose: false,
  ignoresProbes: false,
  acceptsInvalidRequest: false,
  oddNames: OddNames.PRESERVE,
  acceptsInvalidResponse: false,
  splicesRequests: Splicing.UNSAID,
  splicesResponses: Splicing.UNSAID,
  retries: 3,
  redispatch: NO_REDISPATCH,
  retryOn: RetryOn.CONNECT,
  reuse: Reuse.SAFE,
  prefersLastServer: false,
  keepAliveQueueMax: -1,
  ownConnectionsMax: 5,
  serverNameField: "",
  refusesCacheableCookies: false,
  buffersRequest: false,
  isWithoutDelay: false,
  hasIndependentStreams: false,
  countsContinuously: false,
  graceMs: 0,
  followsRequests: false,
  usesProxyHeader: false,
  spellsForClients: false,
  spellsForServers: false,
  closesIdleOnResponse: false,
  persists: false,
}));
