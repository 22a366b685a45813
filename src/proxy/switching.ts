import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";

/** Where a frontend's traffic goes. */
export interface Switching {
  /** The unconditional `use_backend`, which wins over the default. */
  useBackend: Word | null;
  defaultBackend: Word | null;
}

/** The part of a section that holds it. */
export const SWITCHING = definePart<Switching>("switching", () => ({
  useBackend: null,
  defaultBackend: null,
}));
