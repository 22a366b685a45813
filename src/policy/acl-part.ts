import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";

/** An `acl` line: its name and the words behind it. */
export interface AclLine {
  readonly name: Word;
  readonly words: readonly Word[];
}

/** The part of a section that its `acl` lines fill. */
export const ACLS = definePart<{ lines: AclLine[] }>("acls", () => ({ lines: [] }));
