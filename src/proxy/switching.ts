import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";

/** A `use_backend` line. */
export interface UseBackendLine {
  readonly at: Word;
  /** The backend's name, or a format that makes it. */
  readonly backend: Word;
  readonly condition: readonly Word[];
}

/** Where a frontend's traffic goes. */
export interface Switching {
  /** The `use_backend` lines in order: the first whose condition holds wins over the default. */
  readonly useBackend: UseBackendLine[];
  defaultBackend: Word | null;
}

/** The part of a section that holds it. */
export const SWITCHING = definePart<Switching>("switching", () => ({
  useBackend: [],
  defaultBackend: null,
}));
