import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CONVERTERS } from "../../registry/converters.ts";
import { type RunningOracle, runningOracle } from "../oracle-testing.ts";

/** What the reference knows too. */
const cases = CONVERTERS.flatMap(({ name, examples }) =>
  examples.filter(({ isOwn }) => isOwn !== true).map((example) => ({ name, ...example })),
);

describe.skipIf(Bun.which("haproxy") === null)("the reference gives the same for", () => {
  let oracle: RunningOracle;

  beforeAll(async () => {
    oracle = await runningOracle(
      cases.map(({ input, expression }) => `%[str('${input}'),${expression}]`),
    );
  });

  afterAll(() => oracle?.stop());

  test.each(cases.map((each, index) => ({ ...each, index })))(
    "$input | $expression",
    async ({ index, output }) => {
      expect(await oracle.answer(index)).toBe(output ?? "");
    },
  );
});
