import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";
import { type HASH_FUNCTIONS, HashMethod } from "./hash-type.ts";

/** What a section says of how servers are chosen. */
export interface BalanceDraft {
  /** The word after `balance`, and those after it; null until the keyword is used. */
  algorithm: Word | null;
  parameters: readonly Word[];
  usesAllBackups: boolean;
  /** `fullconn`; 0 until the keyword is used. */
  fullLoad: number;
  logsChecks: boolean;
  hashMethod: HashMethod;
  /** A name of {@link HASH_FUNCTIONS}; null until one is named. */
  hashFunction: keyof typeof HASH_FUNCTIONS | null;
  hasAvalanche: boolean;
  /** `hash-balance-factor`, in percent; 0 is no limit. */
  balanceFactor: number;
  /** The address of `dispatch`; null without one. */
  dispatch: Word | null;
  /** `option transparent`: streams go where their clients meant them to. */
  isTransparent: boolean;
  /** `option http_proxy`: each request names its server. */
  followsRequests: boolean;
}

/** The part of a section that holds it. */
export const BALANCE = definePart<BalanceDraft>("balance", () => ({
  algorithm: null,
  parameters: [],
  usesAllBackups: false,
  fullLoad: 0,
  logsChecks: false,
  hashMethod: HashMethod.MAP,
  hashFunction: null,
  hasAvalanche: false,
  balanceFactor: 0,
  dispatch: null,
  isTransparent: false,
  followsRequests: false,
}));
