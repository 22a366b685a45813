/**
 * What a fetch reads, as bits: whether it can be had depends on the place of the rule that asks
 * (manual section 7.3). A fetch that may read several things gives their sum; a place that has one of
 * them is enough.
 */
export const Reads = {
  /** The process, its proxies and constants: always there. */
  INTERNAL: 1,
  /** The client's connection: addresses, listener. */
  CLIENT: 2,
  /** What the exchange keeps until its end: variables, captures, its own log fields. */
  EXCHANGE: 4,
  /** Raw bytes from the client, before HTTP has read them. */
  REQUEST_CONTENT: 8,
  REQUEST_HEAD: 16,
  REQUEST_BODY: 32,
  /** Which backend and server were chosen. */
  BACKEND: 64,
  SERVER: 128,
  /** Raw bytes from the server. */
  RESPONSE_CONTENT: 256,
  RESPONSE_HEAD: 512,
  RESPONSE_BODY: 1024,
  /** Totals that are final when the exchange ends. */
  END: 2048,
} as const;

/** What each bit is called in messages. */
export const READS_NAMES: ReadonlyMap<number, string> = new Map([
  [Reads.INTERNAL, "internal state"],
  [Reads.CLIENT, "the client's connection"],
  [Reads.EXCHANGE, "the exchange"],
  [Reads.REQUEST_CONTENT, "request buffer contents"],
  [Reads.REQUEST_HEAD, "HTTP request headers"],
  [Reads.REQUEST_BODY, "the HTTP request's body"],
  [Reads.BACKEND, "the backend"],
  [Reads.SERVER, "the server's connection"],
  [Reads.RESPONSE_CONTENT, "response buffer contents"],
  [Reads.RESPONSE_HEAD, "HTTP response headers"],
  [Reads.RESPONSE_BODY, "the HTTP response's body"],
  [Reads.END, "the end of the exchange"],
]);

/** A place of rules or expressions, and what can be read there. */
export interface Place {
  /** As messages name it: `http-request`. */
  readonly name: string;
  /** A sum of {@link Reads}. */
  readonly has: number;
}

const CONNECTION = Reads.INTERNAL | Reads.CLIENT;
const REQUEST = CONNECTION | Reads.EXCHANGE | Reads.REQUEST_CONTENT;
const HTTP_REQUEST = REQUEST | Reads.REQUEST_HEAD | Reads.REQUEST_BODY;
const RESPONSE = CONNECTION | Reads.EXCHANGE | Reads.BACKEND | Reads.SERVER;
const HTTP_RESPONSE = RESPONSE | Reads.RESPONSE_HEAD | Reads.RESPONSE_BODY;

/** The places that there are. */
export const Places = {
  TCP_CONNECTION: { name: "tcp-request connection", has: CONNECTION },
  TCP_SESSION: { name: "tcp-request session", has: CONNECTION },
  TCP_REQUEST_FRONTEND: { name: "tcp-request content", has: HTTP_REQUEST },
  TCP_REQUEST_BACKEND: { name: "tcp-request content", has: HTTP_REQUEST | Reads.BACKEND },
  HTTP_REQUEST_FRONTEND: { name: "http-request", has: HTTP_REQUEST },
  HTTP_REQUEST_BACKEND: { name: "http-request", has: HTTP_REQUEST | Reads.BACKEND },
  USE_BACKEND: { name: "use_backend", has: HTTP_REQUEST },
  BALANCE: { name: "balance hash", has: HTTP_REQUEST | Reads.BACKEND },
  USE_SERVER: { name: "use-server", has: HTTP_REQUEST | Reads.BACKEND },
  TCP_RESPONSE: { name: "tcp-response content", has: HTTP_RESPONSE | Reads.RESPONSE_CONTENT },
  HTTP_RESPONSE: { name: "http-response", has: HTTP_RESPONSE },
  HTTP_AFTER_RESPONSE: {
    name: "http-after-response",
    has: CONNECTION | Reads.EXCHANGE | Reads.BACKEND | Reads.SERVER | Reads.RESPONSE_HEAD,
  },
  LOG: { name: "log-format", has: RESPONSE | Reads.END },
  CHECK: { name: "check", has: Reads.INTERNAL },
  /** The global section and the runtime API: there is no stream. */
  PROCESS: { name: "set-var of the global section", has: Reads.INTERNAL },
} as const satisfies Readonly<Record<string, Place>>;

/** Says whether what a fetch reads can be had at a place. */
export function canReadAt(reads: number, place: Place): boolean {
  return (reads & place.has) !== 0;
}

/** What a fetch needs, in words. */
export function readsText(reads: number): string {
  const names = [...READS_NAMES].filter(([bit]) => (reads & bit) !== 0).map(([, name]) => name);
  return names.join(", ");
}
