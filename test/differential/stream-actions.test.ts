import { expect, test } from "bun:test";
import { join } from "node:path";
import { BOTH } from "../support/programs.ts";
import { runTrials } from "../support/rule-trials.ts";
import { Stage } from "../support/stage.ts";
import { NORMALIZERS, STREAM_TRIALS, TARGETS } from "./stream-actions.table.ts";

type Program = (typeof BOTH)[keyof typeof BOTH];

async function onEach<T>(run: (stage: Stage) => Promise<T>): Promise<{ wanted: T; given: T }> {
  const runOn = async (program: Program): Promise<T> => {
    const stage = new Stage(program);
    try {
      return await run(stage);
    } finally {
      await stage.close();
    }
  };
  return { wanted: await runOn(BOTH.oracle), given: await runOn(BOTH.sluice) };
}

/** What each normalizer makes of each target: `TARGET -> RESULT`, or the status of a refusal. */
async function normalize(stage: Stage): Promise<string[]> {
  const socketOf = (index: number) => join(stage.directory, `n${index}`);
  const sections = NORMALIZERS.map(
    (normalizer, index) =>
      `listen n${index}\n  bind unix@${socketOf(index)}\n  option accept-invalid-http-request\n` +
      `  http-request normalize-uri ${normalizer}\n` +
      '  http-request return status 200 hdr x-url "<%[url]> <%[path]> <%[query]>"\n',
  );
  await stage.start(
    "global\n  expose-experimental-directives\ndefaults\n  mode http\n  timeout client 10s\n" +
      `  timeout connect 2s\n  timeout server 10s\n${sections.join("")}`,
  );
  const results: string[] = [];
  for (const [index, normalizer] of NORMALIZERS.entries()) {
    for (const target of TARGETS) {
      const client = await stage.client({ path: socketOf(index) });
      client.send(`GET ${target} HTTP/1.1\r\nhost: a.test\r\nconnection: close\r\n\r\n`);
      const answer = await client.rest();
      const made = /^x-url: (.*)\r$/m.exec(answer)?.[1] ?? answer.split("\r\n")[0];
      results.push(`${normalizer}: ${target} -> ${made}`);
    }
  }
  return results;
}

const compares = BOTH.oracle.missing === undefined ? test : test.skip;

compares(
  "actions on streams do what they do in the reference",
  async () => {
    const { wanted, given } = await onEach((stage) => runTrials(stage, STREAM_TRIALS));
    for (const [index, { name }] of STREAM_TRIALS.entries()) {
      expect({ name, ...given[index]! }).toEqual({ name, ...wanted[index]! });
    }
  },
  60_000,
);

compares(
  "normal forms of targets are those of the reference",
  async () => {
    const { wanted, given } = await onEach(normalize);
    expect(given).toEqual(wanted);
  },
  60_000,
);
