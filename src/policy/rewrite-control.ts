import type { Verdict } from "./action.ts";

/** What actions that rewrite messages need of a stream, besides its heads. */
export interface RewriteControl {
  /**
   * Counts a rewrite that could not be made, and refuses the exchange for it unless rules said that
   * it may fail.
   *
   * @returns What becomes of the stream.
   */
  failRewrite(): Verdict;
  /** Says whether rewrites that fail in the present rule set refuse the exchange. */
  setStrict(isStrict: boolean): void;
}
