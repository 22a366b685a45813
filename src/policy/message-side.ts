import type { Head } from "../http/head.ts";
import { Reads } from "./reads.ts";
import type { StreamView } from "./stream-view.ts";

/** Which message of an exchange a fetch reads the head of. */
export interface MessageSide {
  /** What the names of its fetches begin with. */
  readonly prefix: "req" | "res";
  /** The message, in sentences. */
  readonly what: string;
  /** What its fetches read, as bits of `Reads`. */
  readonly reads: number;
  headOf(view: StreamView): Head | null;
  /** Says whether the head, which is not there, will come. */
  isAwaited(view: StreamView): boolean;
}

/** The client's message. */
export const REQUEST: MessageSide = {
  prefix: "req",
  what: "the request",
  reads: Reads.REQUEST_HEAD,
  headOf: (view) => view.request,
  isAwaited: (view) => view.awaitsRequest,
};

/** The server's message. */
export const RESPONSE: MessageSide = {
  prefix: "res",
  what: "the response",
  reads: Reads.RESPONSE_HEAD,
  headOf: (view) => view.response,
  isAwaited: isResponseAwaited,
};

/** Says whether rules look at a response whose head has not come yet. */
export function isResponseAwaited(view: StreamView): boolean {
  return view.responseContent !== null && !view.responseContent.isComplete;
}
