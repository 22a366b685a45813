import type { RuntimeContext } from "./context.ts";
import type { RuntimeSession } from "./session.ts";

/** One call of a command. */
export interface CommandCall {
  /** What stands behind the command's name, word by word. */
  readonly words: readonly string[];
  /** What followed `<<`, without the empty line that ended it; empty without one. */
  readonly payload: string;
  readonly session: RuntimeSession;
  readonly context: RuntimeContext;
}
