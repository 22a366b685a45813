import type { Word } from "./word.ts";

/** How grave a diagnostic is, in the words of the reference. */
export const Severity = {
  /** Said only in diagnostic mode (`-dD`). */
  DIAG: 0,
  NOTICE: 1,
  WARNING: 2,
  /** An error: the configuration is refused. */
  ALERT: 3,
} as const;
export type Severity = (typeof Severity)[keyof typeof Severity];

/** One thing to say to the operator about the configuration. */
export interface Diagnostic {
  readonly severity: Severity;
  /** The word it is about; undefined where no single place is to blame. */
  readonly at: Word | undefined;
  readonly message: string;
  /** What to type instead, or where to look. */
  readonly hint: string | undefined;
}
