import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { Mark } from "./marks.ts";

/** A collection of the young generation comes after about so many new bytes. */
const BYTES_PER_COLLECTION = 8 * 1024 * 1024;

/** One hot path and what an iteration of it may allocate. */
const BUDGETS = [
  { entry: "h1-request", bytesMax: 0, because: "a request head is parsed in place" },
  { entry: "h1-response", bytesMax: 0, because: "a response head is parsed in place" },
  { entry: "h1-rewrite", bytesMax: 0, because: "edits of a head are offsets, written once" },
  { entry: "timers", bytesMax: 0, because: "arming and cancelling are stores" },
  { entry: "slots", bytesMax: 0, because: "a slot is a number" },
  { entry: "log-line", bytesMax: 0, because: "a line is written as bytes" },
  { entry: "rules", bytesMax: 0, because: "rules use the memory of their stream again" },
] as const;

/** Bytes that an iteration allocates, as far as whole collections tell. */
async function measure(entry: string): Promise<{ collections: number; bytes: number }> {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, `${entry}.entry.ts`)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, BUN_JSC_logGC: "1" },
  });
  const [output, errors, status] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (status !== 0) throw new Error(`${entry} exited with ${status}: ${errors.slice(-2000)}`);
  const between = errors.split(Mark.START)[1]?.split(Mark.END)[0] ?? "";
  const collections = between.split(": START M ").length - 1;
  const iterations = Number(output.split(" ")[0]);
  return { collections, bytes: (collections * BYTES_PER_COLLECTION) / iterations };
}

describe("allocation budgets", () => {
  for (const { entry, bytesMax, because } of BUDGETS) {
    test(`${entry}: at most ${bytesMax} bytes an iteration, since ${because}`, async () => {
      expect((await measure(entry)).bytes).toBeLessThanOrEqual(bytesMax);
    }, 30_000);
  }

  test("a leak of 24 bytes an iteration shows", async () => {
    expect((await measure("leak")).collections).toBeGreaterThan(0);
  }, 30_000);
});
