import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BOTH, PROJECT_ROOT } from "../support/programs.ts";
import { COMMAND_LINES, FILES } from "./command-line-cases.ts";

/** What a command line came to. */
interface Outcome {
  readonly status: number;
  /** Something was printed to standard output. */
  readonly answers: boolean;
  readonly hasAlert: boolean;
  readonly hasWarning: boolean;
}

const directory = mkdtempSync("/tmp/command-lines-");
const rows = COMMAND_LINES.map(({ words }) => wordsOf(words));
const ours: Outcome[] = [];
const theirs: Outcome[] = [];

function wordsOf(line: string): string[] {
  return line.split(" ").flatMap((word) => (word === "" ? [] : [word === "''" ? "" : word]));
}

/** A refused command line shows the list of options, or an alert: both refuse it. */
function outcomeOf(status: number, output: string, errors: string): Outcome {
  const isRefused = status !== 0 && /^Usage :/m.test(output + errors);
  return {
    status,
    answers: !isRefused && output.trim() !== "",
    hasAlert: isRefused || errors.includes("[ALERT]"),
    hasWarning: errors.includes("[WARNING]"),
  };
}

const environment = () => ({ ...process.env, HOME: directory });

async function runSluice(): Promise<void> {
  const path = join(directory, "rows.json");
  writeFileSync(path, JSON.stringify(rows));
  const driver = join(PROJECT_ROOT, "test", "support", "command-line-driver.ts");
  const child = Bun.spawn([process.execPath, driver, path], {
    cwd: directory,
    env: environment(),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  const printed = output.split(/\n@@ (\S+) @@\n/);
  const told = errors.split(/\n@@ \S+ @@\n/);
  for (let index = 0; index + 1 < printed.length; index += 2) {
    ours.push(outcomeOf(Number(printed[index + 1]), printed[index]!, told[index / 2] ?? ""));
  }
}

function runOracle(): void {
  for (const words of rows) {
    const { exitCode, stdout, stderr } = Bun.spawnSync([BOTH.oracle.path, ...words], {
      cwd: directory,
      env: environment(),
      stdout: "pipe",
      stderr: "pipe",
      timeout: 10_000,
    });
    theirs.push(outcomeOf(exitCode, stdout.toString(), stderr.toString()));
  }
}

beforeAll(async () => {
  for (const [name, content] of Object.entries(FILES)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  await runSluice();
  if (BOTH.oracle.missing === undefined) runOracle();
}, 120_000);

afterAll(() => rmSync(directory, { recursive: true }));

describe("command lines", () => {
  test("each is followed to its end", () => {
    expect(ours).toHaveLength(rows.length);
  });

  const compared = test.skipIf(BOTH.oracle.missing !== undefined);
  compared("come to the same on both programs, but for those that are explained", () => {
    const different = COMMAND_LINES.flatMap(({ words, explained }, index) => {
      if (explained !== undefined) return [];
      const [mine, other] = [ours[index], theirs[index]];
      return Bun.deepEquals(mine, other) ? [] : [{ words, mine, other }];
    });
    expect(different).toEqual([]);
  });

  compared("that are explained do come to something else", () => {
    const same = COMMAND_LINES.flatMap(({ words, explained }, index) =>
      explained !== undefined && Bun.deepEquals(ours[index], theirs[index]) ? [words] : [],
    );
    expect(same).toEqual([]);
  });
});
