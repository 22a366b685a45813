import { describe, expect, test } from "bun:test";
import { parseHead } from "../support/parsed-head.ts";
import { Random } from "../support/random.ts";
import { CORPUS } from "./corpus.ts";
import { fuzzRounds, mutate } from "./mutate.ts";
import { modelRequest } from "./request-model.ts";

/** Says what the parser made of a text in the model's words. */
function parserVerdict(text: string, cuts: readonly number[] = []) {
  const { result, head, lines } = parseHead(text, { cuts });
  if (result === 0) return { kind: "incomplete" };
  if (result < 0) return { kind: "refused" };
  return {
    kind: "accepted",
    size: result,
    lines,
    contentLength: head.contentLength,
    isChunked: head.isChunked,
    isPersistent: head.isPersistent,
  };
}

/** The parser may refuse before a head is whole, or go on where the model already sees its end. */
function check(text: string): void {
  const model = modelRequest(text);
  const parser = parserVerdict(text);
  if (model.kind === "incomplete")
    expect({ text, kind: parser.kind }).not.toMatchObject({ kind: "accepted" });
  else expect({ text, ...parser }).toEqual({ text, ...model } as never);
}

describe("parseRequest() agrees with a slow model", () => {
  test("on every shape of the corpus", () => {
    for (const text of CORPUS) check(text);
  });

  test.each([1, 2, 3, 4])("on shapes bent at random, seed %d", (seed) => {
    const random = new Random(seed);
    for (let round = fuzzRounds(6_000); round > 0; round--)
      check(mutate(random.pick(CORPUS), random));
  });
});

describe("parseRequest() keeps its promises on shapes bent at random", () => {
  test("a cut changes nothing", () => {
    const random = new Random(5);
    for (let round = fuzzRounds(4_000); round > 0; round--) {
      const text = mutate(random.pick(CORPUS), random);
      const cuts = Array.from({ length: 1 + random.below(4) }, () => random.below(text.length + 1));
      const whole = parserVerdict(text);
      cuts.sort((a, b) => a - b);
      const inPieces = parserVerdict(text, cuts);
      // A head that comes in pieces is looked at again only when a line ends.
      const isPostponed = inPieces.kind === "incomplete" && !text.slice(cuts.at(-1)).includes("\n");
      if (isPostponed && whole.kind === "refused") continue;
      expect({ text, cuts, ...inPieces }).toEqual({ text, cuts, ...whole } as never);
    }
  });

  test("every cut of every shape of the corpus changes nothing", () => {
    for (const text of CORPUS) {
      const whole = parserVerdict(text);
      for (let cut = 0; cut < text.length; cut++) {
        expect({ text, cut, ...parserVerdict(text, [cut]) }).toEqual({
          text,
          cut,
          ...whole,
        } as never);
      }
    }
  });

  /** What is sent on means the same to us as what came: nothing hides from us in what we send. */
  test("what is written reads the same, and asks for no further edit", () => {
    const random = new Random(6);
    for (let round = fuzzRounds(6_000); round > 0; round--) {
      const first = parseHead(mutate(random.pick(CORPUS), random));
      if (first.result <= 0) continue;
      const written = first.written();
      const second = parseHead(written);
      expect(second.result).toBe(written.length);
      expect(second.lines).toEqual(first.lines);
      expect(second.head.isUntouched).toBe(true);
      expect(second.head.contentLength).toBe(first.head.contentLength);
      expect(second.head.isChunked).toBe(first.head.isChunked);
      expect(second.head.method).toBe(first.head.method);
      expect(modelRequest(written).kind).toBe("accepted");
    }
  });

  test("the option lets through only what it names", () => {
    const random = new Random(7);
    for (let round = fuzzRounds(6_000); round > 0; round--) {
      const text = mutate(random.pick(CORPUS), random);
      const { result, head, lines } = parseHead(text, { isLenient: true });
      if (result <= 0) continue;
      const strict = parseHead(text);
      if (strict.result > 0) expect(lines).toEqual(strict.lines);
      // Framing is never a matter of leniency.
      expect(head.isChunked && head.contentLength !== -1).toBe(false);
      expect(text.slice(0, result).replaceAll("\r\n", "")).not.toMatch(/[\r\n\0]/);
    }
  });

  test("any bytes at all get a verdict", () => {
    const random = new Random(8);
    for (let round = fuzzRounds(5_000); round > 0; round--) {
      let text = "";
      for (let size = random.below(80); size > 0; size--)
        text += String.fromCharCode(random.below(256));
      expect(parseHead(text).result).toBeLessThanOrEqual(text.length);
      expect(parseHead(text, { isResponse: true }).result).toBeLessThanOrEqual(text.length);
    }
  });
});
