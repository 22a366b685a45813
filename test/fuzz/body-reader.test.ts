import { describe, expect, test } from "bun:test";
import { BodyReader } from "../../src/h1/body-reader.ts";
import { Framing } from "../../src/h1/framing.ts";
import { Random } from "../support/random.ts";
import { type BodyVerdict, modelChunkedBody } from "./chunked-model.ts";
import { BODIES } from "./corpus.ts";
import { fuzzRounds, mutate } from "./mutate.ts";

/** What came of a body, and how far the reader went. */
interface Outcome {
  readonly verdict: BodyVerdict;
  readonly reached: number;
}

function outcomeOf(reader: BodyReader, content: string, reached: number): Outcome {
  if (reader.error < 0) return { verdict: { kind: "refused" }, reached };
  if (!reader.isDone) return { verdict: { kind: "incomplete" }, reached };
  return { verdict: { kind: "done", size: reached, content }, reached };
}

/** Takes the content out of a body that comes in random pieces. */
function readPayload(text: string, random: Random, pieceMax: number): Outcome {
  const bytes = new Uint8Array(Buffer.from(text, "latin1"));
  const reader = new BodyReader();
  reader.begin(Framing.CHUNKED, 0);
  let content = "";
  let at = 0;
  for (let end = 0; end < bytes.length; ) {
    end = Math.min(bytes.length, end + 1 + random.below(pieceMax));
    while (at < end && !reader.isDone && reader.error === 0) {
      at = reader.payload(bytes, at, end);
      content += text.slice(reader.segmentStart, reader.segmentEnd);
    }
  }
  return outcomeOf(reader, content, at);
}

/** Passes a body on in random pieces, some of its content unseen, as when it is spliced. */
function passThrough(text: string, random: Random, pieceMax: number): Outcome {
  const bytes = new Uint8Array(Buffer.from(text, "latin1"));
  const reader = new BodyReader();
  reader.begin(Framing.CHUNKED, 0);
  let at = 0;
  for (let end = 0; end < bytes.length; ) {
    end = Math.min(bytes.length, end + 1 + random.below(pieceMax));
    const unseen = Math.min(reader.remaining, end - at);
    if (unseen > 0 && random.below(2) === 0) {
      reader.skip(unseen);
      at += unseen;
    }
    at = reader.pass(bytes, at, end);
  }
  return outcomeOf(reader, "", at);
}

describe("BodyReader agrees with a slow model on chunked bodies", () => {
  test.each([1, 2, 3])("bent at random and cut at random, seed %d", (seed) => {
    const random = new Random(seed);
    for (let round = fuzzRounds(6_000); round > 0; round--) {
      const text = mutate(random.pick(BODIES), random);
      const model = modelChunkedBody(text);
      const pieceMax = random.pick([1, 3, 64]);
      const payload = readPayload(text, random, pieceMax);
      const passed = passThrough(text, random, pieceMax);
      expect({ text, at: passed.reached }).toEqual({ text, at: payload.reached });
      expect({ text, kind: passed.verdict.kind }).toEqual({ text, kind: payload.verdict.kind });
      // The reader refuses at the first bad octet; the model waits for the line's end.
      if (model.kind === "incomplete") expect(payload.verdict.kind).not.toBe("done");
      else expect({ text, verdict: payload.verdict }).toEqual({ text, verdict: model });
    }
  });

  test("on the corpus", () => {
    const random = new Random(4);
    for (const text of BODIES) {
      const model = modelChunkedBody(text);
      const { verdict } = readPayload(text, random, 1);
      if (model.kind === "incomplete") expect(verdict.kind).not.toBe("done");
      else expect({ text, verdict }).toEqual({ text, verdict: model });
    }
  });
});
