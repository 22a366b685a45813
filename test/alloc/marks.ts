import { writeSync } from "node:fs";

/** Marks on the error stream, between which the collections are counted. */
export const Mark = { START: "=== budget starts", END: "=== budget ends" } as const;

/**
 * Runs a hot path between two marks, after it was warmed up and the heap was collected. What the
 * path returns is summed and printed, so that the engine cannot leave the work out.
 */
export function runBudget(iterations: number, step: (index: number) => number): void {
  let sum = 0;
  const warmUp = Math.floor(iterations / 10);
  for (let index = 0; index < warmUp; index++) sum += step(index);
  Bun.gc(true);
  writeSync(2, `\n${Mark.START}\n`);
  for (let index = 0; index < iterations; index++) sum += step(warmUp + index);
  writeSync(2, `\n${Mark.END}\n`);
  writeSync(1, `${iterations} ${sum}\n`);
}
