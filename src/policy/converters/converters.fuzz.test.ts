import { expect, test } from "bun:test";
import { CONVERTERS } from "../../registry/converters.ts";
import { MATCHERS } from "../../registry/matchers.ts";
import { canCast, castSample } from "../casts.ts";
import { type ConverterDeclaration, defineFetch } from "../declare.ts";
import { Reads } from "../reads.ts";
import { Sample, SampleType } from "../sample.ts";
import { TestView, testExpression } from "../testing.ts";

const SEED = 20_261_125;
const INPUT_SIZE_MAX = 200;
/** Inputs of each chain. */
const TURNS = 3;

/** Numbers that look random and are the same in each run. */
function* randomNumbers(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state >>> 8;
  }
}

const random = randomNumbers(SEED);
const next = (below: number) => random.next().value % below;

/** Bytes of which many are the marks that formats are made of. */
function randomBytes(): Uint8Array {
  const marks = '{}[]"\\:,.;=-_%+?/ \r\n\t\0\x01\x08\x0a\x10\x20\x80\xc0\xe2\xf0\xff0123456789aF';
  const bytes = new Uint8Array(next(INPUT_SIZE_MAX));
  const isMarked = next(3) > 0;
  for (let at = 0; at < bytes.length; at++) {
    bytes[at] = isMarked ? marks.charCodeAt(next(marks.length)) & 0xff : next(256);
  }
  return bytes;
}

/** The last call of each converter's examples: it has arguments that are right. */
function callOf({ name, examples }: ConverterDeclaration): string | undefined {
  const expression = examples.find((each) => each.expression.includes(name))?.expression;
  if (expression === undefined) return undefined;
  const from = expression.indexOf(name);
  const rest = expression.slice(from + name.length);
  return name + (/^\((?:'[^']*'|"[^"]*"|[^()'"])*\)/.exec(rest)?.[0] ?? "");
}

const known = CONVERTERS.filter((each) => callOf(each) !== undefined);

const input: { bytes: Uint8Array } = { bytes: new Uint8Array(0) };

/** Gives the bytes of this turn. */
const bytesOfTurn = defineFetch({
  name: "turn",
  summary: "Gives random bytes",
  source: "own",
  output: SampleType.BINARY,
  reads: Reads.INTERNAL,
  args: [],
  compile: () => (sample) => {
    sample.setBytes(SampleType.BINARY, input.bytes, 0, input.bytes.length);
    return true;
  },
});

test("no chain of two converters fails on bytes of any kind, or gives what lies outside", () => {
  const declarations = { fetches: [bytesOfTurn], converters: CONVERTERS, matchers: MATCHERS };
  const sample = new Sample();
  const view = new TestView();
  let evaluations = 0;
  for (const first of known.filter(({ input }) => canCast(SampleType.BINARY, input))) {
    const output = first.output === SampleType.ANY ? SampleType.BINARY : first.output;
    for (const second of known.filter(({ input }) => canCast(output, input))) {
      const text = `turn,${callOf(first)},${callOf(second)}`;
      const expression = testExpression(declarations, text);
      for (let turn = 0; turn < TURNS; turn++, evaluations++) {
        input.bytes = randomBytes();
        if (!expression.evaluate(sample, view)) continue;
        if (!castSample(sample, SampleType.STRING, view)) continue;
        const isWithin =
          sample.start >= 0 && sample.end >= sample.start && sample.end <= sample.bytes.length;
        expect({ text, isWithin }).toEqual({ text, isWithin: true });
        expect(sample.end - sample.start).toBeLessThanOrEqual(view.scratch.slotSize);
      }
    }
  }
  expect(evaluations).toBeGreaterThan(1000);
});
