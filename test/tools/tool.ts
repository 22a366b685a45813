import { describe, expect, test } from "bun:test";
import { BOTH, type Program } from "../support/programs.ts";
import { onStage } from "../support/stage.ts";
import { type Scene, startScene } from "./scene.ts";

/** Defines tests of a tool; without it they are skipped, and say so. */
export function describeTool(tool: string, tests: (path: string) => void): void {
  const path = Bun.which(tool, { PATH: `${process.env.PATH}:/usr/sbin` });
  describe(tool, () => {
    if (path === null) test.skip(`skipped: ${tool} is not installed`, () => {});
    else tests(path);
  });
}

/**
 * Defines a test in which a tool must find on Sluice what it finds on HAProxy.
 *
 * @param look - What the tool finds, made comparable.
 */
export function testAlike(name: string, look: (scene: Scene) => Promise<unknown>): void {
  const missing = BOTH.oracle.missing ?? BOTH.sluice.missing;
  if (missing !== undefined) {
    test.skip(`${name} (skipped: ${missing})`, () => {});
    return;
  }
  test(name, async () => {
    const found = async (program: Program) => {
      let result: unknown;
      await onStage(program, async (stage) => {
        result = await look(await startScene(stage));
      })();
      return result;
    };
    expect(await found(BOTH.sluice)).toEqual(await found(BOTH.oracle));
  }, 20_000);
}

/** Runs a tool to its end and gives what it printed; a failure of it fails the test. */
export function runTool(command: readonly string[], input?: string): string {
  const result = Bun.spawnSync([...command], {
    stdin: input === undefined ? "ignore" : Buffer.from(input),
    timeout: 15_000,
  });
  expect([result.exitCode, result.stderr.toString()]).toEqual([0, expect.any(String)]);
  return result.stdout.toString();
}
