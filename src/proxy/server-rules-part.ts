import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";
import type { PersistRule } from "./server-rules.ts";

/** What a section's `use-server`, `force-persist` and `ignore-persist` lines say, as typed. */
export interface ServerRulesDraft {
  readonly useServer: { at: Word; server: Word; condition: readonly Word[] }[];
  readonly persist: { at: Word; rule: PersistRule; condition: readonly Word[] }[];
}

/** The part of a section that holds it. */
export const SERVER_RULES = definePart<ServerRulesDraft>("server rules", () => ({
  useServer: [],
  persist: [],
}));
