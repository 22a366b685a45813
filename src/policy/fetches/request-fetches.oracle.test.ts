import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { STRICT } from "../../h1/parse-options.ts";
import { parseRequest } from "../../h1/request-parser.ts";
import { Head } from "../../http/head.ts";
import { CONVERTERS } from "../../registry/converters.ts";
import { FETCHES } from "../../registry/fetches.ts";
import { MATCHERS } from "../../registry/matchers.ts";
import { type RunningOracle, runningOracle } from "../oracle-testing.ts";
import { evaluate, TestView, testExpression } from "../testing.ts";

interface Case {
  readonly expression: string;
  readonly result: string | null;
  readonly query?: string;
}

const HEADERS = {
  "X-List": 'a, b ,"c,d", e',
  "X-Empty": "",
  "X-Number": "12, x, 34",
  "X-Address": "10.0.0.1, junk, 2001:db8::1",
  "User-Agent": "curl/8, with comma",
};

const CASES: readonly Case[] = [
  { expression: "req.hdr(x-list)", result: "e" },
  { expression: "req.hdr(X-LIST,1)", result: "a" },
  { expression: "hdr(x-list,3)", result: '"c,d"' },
  { expression: "req.hdr(x-list,-2)", result: '"c,d"' },
  { expression: "req.hdr(x-list,9)", result: null },
  { expression: "req.hdr(x-list,-9)", result: null },
  { expression: "req.hdr(x-none)", result: null },
  { expression: "req.hdr(x-empty)", result: "" },
  { expression: "req.fhdr(x-list)", result: 'a, b ,"c,d", e' },
  { expression: "req.fhdr(user-agent)", result: "curl/8, with comma" },
  { expression: "req.hdr_cnt(x-list)", result: "4" },
  { expression: "req.hdr_cnt(x-none)", result: "0" },
  { expression: "req.fhdr_cnt(x-list)", result: "1" },
  { expression: "req.hdr_val(x-number)", result: "34" },
  { expression: "req.hdr_val(x-number,1)", result: "12" },
  { expression: "req.hdr_ip(x-address,1)", result: "10.0.0.1" },
  { expression: "req.hdr_ip(x-address,-1)", result: "2001:db8::1" },
  { expression: "req.hdr_ip(x-address,2)", result: null },
  { expression: "method", result: "GET" },
];

const declarations = { fetches: FETCHES, converters: CONVERTERS, matchers: MATCHERS };

/** A view of the request that the reference is asked with. */
function viewOf(path: string): TestView {
  const lines = Object.entries(HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
  const text = `GET ${path} HTTP/1.1\r\nHost: oracle\r\n${lines.join("")}\r\n`;
  const buffer = new ArrayBuffer(65536);
  const bytes = new Uint8Array(buffer);
  bytes.set(Buffer.from(text, "latin1"));
  const head = new Head();
  head.clear();
  expect(parseRequest(bytes, new DataView(buffer), 0, text.length, head, STRICT)).toBe(text.length);
  const view = new TestView();
  view.request = head;
  return view;
}

describe("fetches of requests", () => {
  test.each([...CASES])("$expression gives $result", ({ expression, result, query = "" }) => {
    const at = CASES.findIndex((each) => each.expression === expression);
    expect(evaluate(testExpression(declarations, expression), viewOf(`/${at}${query}`))).toBe(
      result,
    );
  });
});

describe.skipIf(Bun.which("haproxy") === null)("the reference gives the same for", () => {
  let oracle: RunningOracle;

  beforeAll(async () => {
    oracle = await runningOracle(CASES.map(({ expression }) => `%[${expression}]`));
  });

  afterAll(() => oracle?.stop());

  test.each(CASES.map((each, index) => ({ ...each, index })))(
    "$expression",
    async ({ index, result, query }) => {
      const request = query === undefined ? { headers: HEADERS } : { headers: HEADERS, query };
      expect(await oracle.answer(index, request)).toBe(result ?? "");
    },
  );
});
