import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { BOTH } from "../support/programs.ts";
import { ADDRESS_CASES } from "./addresses.table.ts";
import { CAPTURE_CASES } from "./captures.table.ts";
import { CONTENT_CASES } from "./content-rules.table.ts";
import { type OutcomeCase, Outcomes } from "./outcomes.ts";
import { RESPONSE_CASES } from "./response-content.table.ts";

const TABLES: readonly [name: string, cases: readonly OutcomeCase[]][] = [
  ["rules on the content of requests", CONTENT_CASES],
  ["rules on the content of responses", RESPONSE_CASES],
  ["captures of rules", CAPTURE_CASES],
  ["addresses that rules set", ADDRESS_CASES],
];

const missing = BOTH.oracle.missing ?? BOTH.sluice.missing;

for (const [name, cases] of TABLES) {
  if (missing !== undefined) {
    test.skip(`${name}: skipped, ${missing}`, () => {});
    continue;
  }
  describe(`both programs tell the same of ${name}`, () => {
    const sides: Outcomes[] = [];

    beforeAll(async () => {
      sides.push(await Outcomes.start(BOTH.oracle, cases));
      sides.push(await Outcomes.start(BOTH.sluice, cases));
    });

    afterAll(async () => {
      for (const side of sides) await side.close();
    });

    for (const [number, one] of cases.entries()) {
      test(one.name, async () => {
        const [oracle, sluice] = await Promise.all(sides.map((side) => side.play(number)));
        expect(sluice).toEqual(oracle!);
      });
    }
  });
}
