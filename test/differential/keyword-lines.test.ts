import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { BOTH } from "../support/programs.ts";
import { KEYWORD_EXPLANATIONS } from "./explained-keywords.ts";
import {
  compileAlone,
  type Judged,
  judgeByOracle,
  judgeOurselves,
  keywordLines,
} from "./keyword-lines.ts";

const lines = keywordLines();
const directory = mkdtempSync("/tmp/keyword-lines-");
let ours: Judged[] = [];
let theirs: Judged[] = [];

beforeAll(() => {
  if (BOTH.oracle.missing !== undefined) return;
  theirs = judgeByOracle(BOTH.oracle.path, directory, lines);
  ours = judgeOurselves(lines).map((own, index) => {
    if (own.verdict === theirs[index]!.verdict) return own;
    // Lines of one file may clash, as two sections with one id do: what differs is asked of each alone.
    const alone = compileAlone(lines[index]!);
    return own.verdict === "alert" && alone.verdict === "alert" ? own : alone;
  });
}, 240_000);

afterAll(() => rmSync(directory, { recursive: true }));

describe.skipIf(BOTH.oracle.missing !== undefined)("a line of each keyword", () => {
  test("is taken alike by both programs, but for what is explained", () => {
    const different = lines.flatMap((line, index) => {
      const [own, other] = [ours[index]!, theirs[index]!];
      if (own.verdict === other.verdict) return [];
      if (KEYWORD_EXPLANATIONS.some(({ covers }) => covers(line, other, own))) return [];
      return [{ ...line, ours: own, oracle: other }];
    });
    expect(different).toEqual([]);
  });

  test("each explanation is needed", () => {
    const idle = KEYWORD_EXPLANATIONS.filter(
      ({ covers }) =>
        !lines.some(
          (line, index) =>
            ours[index]!.verdict !== theirs[index]!.verdict &&
            covers(line, theirs[index]!, ours[index]!),
        ),
    );
    expect(idle.map(({ reason }) => reason)).toEqual([]);
  });
});
