import type { SocketAddress } from "../sys/socket-address.ts";

/** The port of a client of which none is said. */
export const CLIENT_PORT = 50_000;

/** A state that a server shall be in. */
export const ASSUMED_STATES = ["up", "down", "drain", "maint", "refused"] as const;
export type AssumedState = (typeof ASSUMED_STATES)[number];

/** What shall be taken for granted of a server. */
export interface ServerAssumption {
  /** `backend/server`. */
  readonly path: string;
  /** `refused`: it is thought to be up, and takes no connection. Undefined leaves it as it starts. */
  readonly state: AssumedState | undefined;
  /** Streams that it serves already; -1 leaves it at 0. */
  readonly connections: number;
  /** Its weight, 0 to 256; -1 leaves it as configured. */
  readonly weight: number;
}

/** One hypothetical connection: who comes, where to, what is said. */
export interface Question {
  /** The frontend that it comes to; "" where the address, or there being only one, tells. */
  readonly frontend: string;
  /** Undefined where nothing was said. */
  readonly source: SocketAddress | undefined;
  readonly destination: SocketAddress | undefined;
  /** The head of the request, and its body; null where only bytes were given. */
  readonly request: Uint8Array | null;
  /** What a client of a TCP frontend sends; null where a request was given. */
  readonly payload: Uint8Array | null;
  /** What the server answers; null where nothing was said. */
  readonly response: Uint8Array | null;
  readonly servers: readonly ServerAssumption[];
  /** Values of fetches, by their texts. */
  readonly values: ReadonlyMap<string, string>;
  /** Values of variables, by their names. */
  readonly variables: ReadonlyMap<string, string>;
}
