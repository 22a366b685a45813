import type { Head } from "../http/head.ts";
import type { SocketAddress } from "../sys/socket-address.ts";
import type { Scratch } from "./scratch.ts";
import type { VariableScopes } from "./variables.ts";

/** A range of bytes that have come on one side, and whether more may come. */
export interface ContentView {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** No more will come: the message or the connection has ended, or the buffer is full. */
  readonly isComplete: boolean;
}

/**
 * What expressions may look at. The streams of `proxy` show themselves through one view per thread,
 * so that every fetch sees one class. Fetches of higher folders know that class; those of this folder
 * know the interface.
 */
export interface StreamView {
  readonly scratch: Scratch;
  /** Milliseconds on the loop's clock. */
  readonly nowMs: number;
  /** Milliseconds since 1970. */
  readonly dateMs: number;
  /** When the client's connection was accepted, on the wall's clock. */
  readonly acceptDateMs: number;
  /** The client's address, as the connection, a PROXY header or a rule has it. */
  readonly source: SocketAddress;
  /** Where the client connected to. */
  readonly destination: SocketAddress;
  /** The request's head; null where there is none, or none yet. */
  readonly request: Head | null;
  /** The response's head; null before it has come. */
  readonly response: Head | null;
  /** The head of the request will come: its fetches may find something later. */
  readonly awaitsRequest: boolean;
  readonly requestContent: ContentView | null;
  readonly requestBody: ContentView | null;
  readonly responseContent: ContentView | null;
  readonly responseBody: ContentView | null;
  readonly variables: VariableScopes;
}
