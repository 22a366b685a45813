import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";

/** What a `server` line says of the connections of its checks alone. */
export interface CheckConnectionDraft {
  /** `check-send-proxy`. */
  sendsProxy: boolean;
  /** The word of `check-proto`, which has to fit the kind of check. */
  protocol: Word | undefined;
}

/** The part of a `server` line that holds it. */
export const CHECK_CONNECTION = definePart<CheckConnectionDraft>("check connection", () => ({
  sendsProxy: false,
  protocol: undefined,
}));
