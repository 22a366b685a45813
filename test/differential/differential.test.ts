import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { BOTH, type Program } from "../support/programs.ts";
import { Random } from "../support/random.ts";
import type { RunningProgram } from "../support/running-program.ts";
import { readStatistics } from "../support/runtime-client.ts";
import { Stage } from "../support/stage.ts";
import { type Exchange, makeExchange } from "./exchange.ts";
import { EXPLANATIONS, UNCOMPARED_COLUMNS } from "./explained.ts";
import { type Observation, Observer } from "./observer.ts";

const SEED = Number(process.env.DIFFERENTIAL_SEED ?? 20_260);
const COUNT = Number(process.env.DIFFERENTIAL_CASES ?? 1200);

/**
 * What is configured beside the common lines. Where we refuse on purpose what the reference lets
 * through, the counters differ as well and are left alone.
 */
const VARIANTS = [
  { lines: "option http-keep-alive", comparesCounters: true },
  { lines: "option http-server-close", comparesCounters: true },
  { lines: "option httpclose", comparesCounters: true },
  { lines: "option accept-invalid-http-request", comparesCounters: false },
] as const;

interface Side {
  readonly stage: Stage;
  readonly observer: Observer;
  readonly proxy: RunningProgram;
}

async function startSide(program: Program, lines: string): Promise<Side> {
  const stage = new Stage(program);
  return { stage, ...(await Observer.start(stage, lines)) };
}

function showDifference(exchange: Exchange, oracle: Observation, sluice: Observation): string {
  const show = (seen: Observation) =>
    JSON.stringify(seen, (_key, value) =>
      typeof value === "string" && value.length > 400
        ? `${value.slice(0, 400)}... (${value.length})`
        : value,
    );
  return [
    `case ${exchange.number} (seed ${SEED})${exchange.spoilt === "" ? "" : `: ${exchange.spoilt}`}`,
    `  request  ${JSON.stringify(exchange.request.slice(0, 700))}`,
    `  response ${JSON.stringify(exchange.response.slice(0, 500))}`,
    `  oracle   ${show(oracle)}`,
    `  sluice   ${show(sluice)}`,
  ].join("\n");
}

const missing = BOTH.oracle.missing ?? BOTH.sluice.missing;

if (missing !== undefined) {
  test.skip(`differential tests: skipped, ${missing}`, () => {});
} else {
  describe.each(VARIANTS)(
    `both programs see the same traffic with $lines (seed ${SEED})`,
    (variant) => {
      const { lines, comparesCounters } = variant;
      const sides: Side[] = [];

      beforeAll(async () => {
        sides.push(await startSide(BOTH.oracle, lines), await startSide(BOTH.sluice, lines));
      });

      afterAll(async () => {
        for (const { stage } of sides) await stage.close();
      });

      test(`clients, servers and logs see the same of ${COUNT} generated exchanges`, async () => {
        const random = new Random(SEED);
        const unexplained: string[] = [];
        const explained = new Map<string, number>();
        for (let number = 1; number <= COUNT; number++) {
          const exchange = makeExchange(number, random);
          const [oracle, sluice] = await Promise.all(
            sides.map(({ observer }) => observer.observe(exchange)),
          );
          if (Bun.deepEquals(oracle, sluice)) continue;
          const explanation = EXPLANATIONS.find(({ covers }) => covers(exchange, oracle!, sluice!));
          if (explanation === undefined) {
            unexplained.push(showDifference(exchange, oracle!, sluice!));
          } else {
            explained.set(explanation.reason, (explained.get(explanation.reason) ?? 0) + 1);
          }
        }
        if (unexplained.length > 0) {
          const shown = unexplained.slice(0, Number(process.env.DIFFERENTIAL_SHOWN ?? 5));
          throw new Error(`${unexplained.length} of ${COUNT} differ:\n${shown.join("\n")}`);
        }
      }, 120_000);

      test.if(comparesCounters)("the statistics of both have counted the same", async () => {
        const tables = await Promise.all(
          sides.map(async ({ observer, proxy }) => {
            await observer.settle(proxy);
            return readStatistics(await proxy.command("show stat"));
          }),
        );
        const [oracle, sluice] = tables.map((table) =>
          [...table].map(([name, row]) => [
            name,
            Object.fromEntries(
              // Behind the column "-" come the internal counters of the reference's own modules.
              Object.entries(row)
                .slice(
                  0,
                  Object.keys(row).includes("-") ? Object.keys(row).indexOf("-") : undefined,
                )
                .filter(([column]) => !(column in UNCOMPARED_COLUMNS)),
            ),
          ]),
        );
        expect(sluice).toEqual(oracle!);
      });
    },
  );
}
