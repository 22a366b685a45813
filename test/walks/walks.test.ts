import { describe, test } from "bun:test";
import { BOTH } from "../support/programs.ts";
import { EXPLANATIONS } from "./explained.ts";
import { configurationOf, Side, type StepRecord } from "./side.ts";
import { makeWalk, type Walk } from "./walk.ts";

const FIRST = Number(process.env.WALKS_SEED ?? 1);
const COUNT = Number(process.env.WALKS ?? 60);
/** Walks that one pair of programs takes before the next pair is started. */
const BATCH = 60;
/** Walks that are under way at the same time. */
const LANES = Number(process.env.WALKS_LANES ?? 6);
const SHOWN = Number(process.env.WALKS_SHOWN ?? 5);

/** Takes walks on both programs; gives those that differ, with what differs. */
async function compare(walks: readonly Walk[], lanes: number): Promise<Map<Walk, string>> {
  const differing = new Map<Walk, string>();
  const sides = [await Side.start(BOTH.oracle, walks), await Side.start(BOTH.sluice, walks)];
  try {
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < walks.length) {
        const number = next++;
        const walk = walks[number]!;
        const [oracle, sluice] = await Promise.all(sides.map((side) => side.take(walk, number)));
        const difference = differenceOf(walk, oracle!, sluice!);
        if (difference !== "") differing.set(walk, difference);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  } finally {
    for (const side of sides) await side.close();
  }
  return differing;
}

/** The first step that differs, with the lines that do; empty when none does or all are meant to. */
function differenceOf(
  walk: Walk,
  oracle: readonly StepRecord[],
  sluice: readonly StepRecord[],
): string {
  for (const [index, { name, lines }] of oracle.entries()) {
    const ours = sluice[index]!.lines;
    if (Bun.deepEquals(lines, ours)) continue;
    const theirs = lines.filter((line) => !ours.includes(line));
    const own = ours.filter((line) => !lines.includes(line));
    const difference = { walk, step: name, oracle: theirs, sluice: own };
    if (EXPLANATIONS.some(({ covers }) => covers(difference))) return "";
    return [
      `step ${index + 1}, ${name}:`,
      ...lines.filter((line) => ours.includes(line)).map((line) => `    ${line}`),
      ...theirs.map((line) => `  < ${line}`),
      ...own.map((line) => `  > ${line}`),
      ...(theirs.length + own.length === 0 ? ["  in another order"] : []),
    ].join("\n");
  }
  return "";
}

function show(walk: Walk, difference: string): string {
  const steps = walk.steps.map(({ name }, index) => `  ${index + 1}. ${name}`).join("\n");
  const servers = walk.configuration.servers.map((_, index) => ({ port: `PORT${index + 1}` }));
  const configuration = configurationOf(walk, "", "PORT", servers);
  return `walk ${walk.seed}:${configuration}\n${steps}\n${difference}`;
}

const missing = BOTH.oracle.missing ?? BOTH.sluice.missing;

if (missing !== undefined) {
  test.skip(`walks: skipped, ${missing}`, () => {});
} else {
  describe("both programs take the same walks", () => {
    for (let first = FIRST; first < FIRST + COUNT; first += BATCH) {
      const last = Math.min(first + BATCH, FIRST + COUNT) - 1;
      test(`${first} to ${last}`, async () => {
        const walks: Walk[] = [];
        for (let seed = first; seed <= last; seed++) walks.push(makeWalk(seed));
        let differing = await compare(walks, LANES);
        // On a busy machine something may come late: what differs has to differ when it is alone.
        for (let again = 0; again < 2 && differing.size > 0; again++) {
          differing = await compare([...differing.keys()], 1);
        }
        if (differing.size === 0) return;
        const shown = [...differing].slice(0, SHOWN).map(([walk, text]) => show(walk, text));
        throw new Error(`${differing.size} differ:\n${shown.join("\n\n")}`);
      }, 300_000);
    }
  });
}
