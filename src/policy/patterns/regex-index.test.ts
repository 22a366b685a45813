import { describe, expect, test } from "bun:test";
import { octetsOf } from "../args.ts";
import { Sample, SampleType } from "../sample.ts";
import { NO_MATCH } from "./pattern-index.ts";
import { RegexIndex } from "./regex-index.ts";

/** It tries every way to cut the text into words before it gives up. */
const ENDLESS = "^(\\w+\\s?)*$";
const HARD = `${"word ".repeat(12)}!`.replaceAll(" ", "a");
const EASY = "word";

function textSample(text: string): Sample {
  const sample = new Sample();
  const bytes = octetsOf(text);
  sample.setBytes(SampleType.STRING, bytes, 0, bytes.length);
  return sample;
}

describe("a regular expression that takes too much work", () => {
  test("counts as no match, is told of once, and goes on to match what is easy", () => {
    const told: string[] = [];
    const index = new RegexIndex({
      ignoresCase: false,
      looksNothingUp: true,
      reportOverwork: (pattern) => told.push(pattern),
    });
    index.add(ENDLESS, 1);
    for (let turn = 0; turn < 3; turn++) {
      expect(index.find(textSample(HARD))).toBe(NO_MATCH);
      expect(index.find(textSample(EASY))).toBe(1);
    }
    expect(told).toEqual([ENDLESS]);
  });

  test("leaves those behind it their turn, and each is told of by itself", () => {
    const told: string[] = [];
    const options = {
      ignoresCase: false,
      looksNothingUp: true,
      reportOverwork: (pattern: string) => told.push(pattern),
    };
    const index = new RegexIndex(options);
    index.add(ENDLESS, 1);
    index.add(`${ENDLESS}|never`, 2);
    index.add("!$", 3);
    expect(index.find(textSample(HARD))).toBe(3);
    expect(index.find(textSample(HARD))).toBe(3);
    expect(told).toEqual([ENDLESS, `${ENDLESS}|never`]);
    index.remove(ENDLESS, 1);
    index.add(ENDLESS, 4);
    index.remove("!$", 3);
    expect(index.find(textSample(HARD))).toBe(NO_MATCH);
    expect(told).toHaveLength(3);
  });

  test("takes a bounded time", () => {
    const index = new RegexIndex({ ignoresCase: false, looksNothingUp: true });
    index.add(ENDLESS, 1);
    const startMs = process.cpuUsage().user / 1000;
    index.find(textSample(HARD.repeat(20)));
    expect(process.cpuUsage().user / 1000 - startMs).toBeLessThan(2000);
  });
});
