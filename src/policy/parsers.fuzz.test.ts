import { expect, test } from "bun:test";
import { STRICT } from "../h1/parse-options.ts";
import { parseRequest } from "../h1/request-parser.ts";
import { KnownField } from "../http/field-names.ts";
import { Head } from "../http/head.ts";
import { nextCookie } from "./cookie-values.ts";
import { nextParameter } from "./parameters.ts";
import { Sample } from "./sample.ts";

/** A small generator of numbers that is the same each time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
}

const next = numbers(7);

function textOf(alphabet: string, size: number): string {
  return Array.from({ length: size }, () => alphabet[next() % alphabet.length]).join("");
}

test("parameters end, in order and within their range", () => {
  const sample = new Sample();
  const name = new Uint8Array([0x61]);
  for (let round = 0; round < 3000; round++) {
    const bytes = new Uint8Array(Buffer.from(textOf("ab=&;?|", next() % 40), "latin1"));
    const search = { name: round % 2 === 0 ? null : name, delimiter: 0x3f, ignoresCase: true };
    sample.begin();
    let last = 0;
    let count = 0;
    while (nextParameter(bytes, 0, bytes.length, search, sample)) {
      expect(sample.start).toBeGreaterThan(last - 1);
      expect(sample.end).toBeGreaterThanOrEqual(sample.start);
      expect(sample.end).toBeLessThanOrEqual(bytes.length);
      last = sample.end;
      expect(++count).toBeLessThanOrEqual(bytes.length);
    }
  }
});

test("cookies end, within their lines", () => {
  const buffer = new ArrayBuffer(4096);
  const bytes = new Uint8Array(buffer);
  const head = new Head();
  const sample = new Sample();
  for (let round = 0; round < 3000; round++) {
    const lines = Array.from({ length: 1 + (next() % 3) }, () => textOf('ab=;, "\\', next() % 40));
    const text = `GET / HTTP/1.1\r\nHost: a\r\n${lines.map((line) => `Cookie: ${line}\r\n`).join("")}\r\n`;
    bytes.set(Buffer.from(text, "latin1"));
    head.clear();
    expect(parseRequest(bytes, new DataView(buffer), 0, text.length, head, STRICT)).toBe(
      text.length,
    );
    const search = {
      field: KnownField.COOKIE,
      name: round % 2 === 0 ? null : new Uint8Array([0x61]),
      hasAttributes: round % 3 === 0,
    };
    sample.begin();
    let count = 0;
    while (nextCookie(head, search, sample)) {
      expect(sample.end).toBeGreaterThanOrEqual(sample.start);
      expect(sample.start).toBeGreaterThanOrEqual(head.valueStart(sample.cursor));
      expect(sample.end).toBeLessThanOrEqual(head.valueEnd(sample.cursor));
      expect(++count).toBeLessThanOrEqual(text.length);
    }
  }
});
