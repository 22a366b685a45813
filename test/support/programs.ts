import { describe, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";

/** One program that the plays can run: ours, or the reference that proves what a play expects. */
export interface Program {
  readonly name: string;
  readonly path: string;
  /** Why it cannot run here; undefined when it can. */
  readonly missing: string | undefined;
  /** True for the reference, whose answers are right by definition. */
  readonly isOracle: boolean;
}

/** The root of the checkout. */
export const PROJECT_ROOT = join(import.meta.dir, "..", "..");

function findProgram(name: string, path: string | null, isOracle: boolean): Program {
  const isThere = path !== null && existsSync(path);
  return {
    name,
    path: path ?? name,
    missing: isThere ? undefined : `${path ?? name} is not installed`,
    isOracle,
  };
}

const SLUICE = findProgram(
  "sluice",
  process.env.SLUICE_PROGRAM ?? join(PROJECT_ROOT, "bin", "sluice"),
  false,
);

const ORACLE = findProgram("haproxy", process.env.ORACLE_PROGRAM ?? Bun.which("haproxy"), true);

/** Both programs, narrowed by the variable `PLAY_PROGRAMS` (such as `PLAY_PROGRAMS=haproxy`). */
export const PROGRAMS: readonly Program[] = [ORACLE, SLUICE].filter((program) => {
  const wanted = process.env.PLAY_PROGRAMS;
  return wanted === undefined || wanted.split(",").includes(program.name);
});

/** Both programs by name, for what compares one with the other. */
export const BOTH = { oracle: ORACLE, sluice: SLUICE } as const;

/** Runs a group of plays once for each program; where one is missing its plays are skipped. */
export function eachProgram(title: string, plays: (program: Program) => void): void {
  for (const program of PROGRAMS) {
    if (program.missing === undefined) {
      describe(`${title} (${program.name})`, () => plays(program));
    } else {
      describe(`${title} (${program.name})`, () => {
        test.skip(`skipped: ${program.missing}`, () => {});
      });
    }
  }
}
