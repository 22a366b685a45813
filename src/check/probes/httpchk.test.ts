import { describe, expect, test } from "bun:test";
import { Diagnostics } from "../../config/diagnostics.ts";
import { SectionDraft } from "../../config/draft.ts";
import { madeWord, type Word } from "../../config/word.ts";
import { WordReader } from "../../config/word-reader.ts";
import { optionHttpchk } from "../keywords/httpchk.ts";
import { playCheck, TEST_CONTEXT } from "../testing.ts";
import { httpchk } from "./httpchk.ts";

function planOf(...words: string[]) {
  const draft = new SectionDraft("backend", madeWord("b"));
  const diagnostics = new Diagnostics();
  const at = madeWord("option httpchk");
  const reader = new WordReader(
    words.map((word) => madeWord(word)),
    0,
    at,
    "option httpchk",
  );
  const [first, second, version, more] = optionHttpchk.args;
  const values = [
    first.read(reader, diagnostics) as Word | undefined,
    second.read(reader, diagnostics) as Word | undefined,
    version.read(reader, diagnostics) as Word | undefined,
    more.read(reader, diagnostics) as Word[],
  ] as const;
  optionHttpchk.apply(draft, values, at, diagnostics);
  const plan = httpchk.compile(draft, TEST_CONTEXT)!;
  return { draft, diagnostics, plan };
}

describe("option httpchk", () => {
  test.each([
    { words: [], request: "OPTIONS / HTTP/1.0\r\n\r\n", because: "the default" },
    { words: ["/x"], request: "OPTIONS /x HTTP/1.0\r\n\r\n", because: "one word is the URI" },
    { words: ["GET", "/y"], request: "GET /y HTTP/1.0\r\n\r\n", because: "two are method and URI" },
    {
      words: ["GET", "/y", "HTTP/1.1"],
      request: "GET /y HTTP/1.1\r\nconnection: close\r\n\r\n",
      because: "a connection that would stay is asked to close",
    },
    {
      words: ["HEAD", "/y", "HTTP/1.1\r\nHost: www"],
      request: "HEAD /y HTTP/1.1\r\nhost: www\r\nconnection: close\r\n\r\n",
      because: "headers may hide behind the version",
    },
    {
      words: ["POST", "/y", "HTTP/1.0\r\nHost: www\r\n\r\nbody"],
      request: "POST /y HTTP/1.0\r\nhost: www\r\ncontent-length: 4\r\n\r\nbody",
      because: "so may a body",
    },
  ])("$words sends $request: $because", ({ words, request }) => {
    const played = playCheck(planOf(...words).plan, []);
    expect([played.found, ...played.sent]).toEqual(["-", request]);
  });

  test.each([
    { words: ["GET", "/", "HTTP/1.0", "x"], message: /unexpected argument 'x'/ },
    { words: ["GET", "/", "1.0"], message: /not a version of HTTP/ },
    { words: ["GET", "/ x"], message: /one word each/ },
    { words: ["GET", "/", "HTTP/1.0\r\nHost www"], message: /not a header line/ },
  ])("refuses $words", ({ words, message }) => {
    expect(planOf(...words).diagnostics.list[0]!.message).toMatch(message);
  });

  test.each([
    { answer: "HTTP/1.0 200 OK\r\n\r\n", found: "L7OK 200", because: "it is fine" },
    { answer: "HTTP/1.1 399 X\r\n\r\n", found: "L7OK 399", because: "up to 399 is fine" },
    { answer: "HTTP/1.1 404 Not Here\r\n\r\n", found: "L7STS 404 Not Here", because: "404 is not" },
    {
      answer: "HTTP/1.1 200 OK\r\na: b\r\n\r\nrest",
      found: "L7OK 200",
      because: "content is not read",
    },
    {
      answer: "HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 200 E\r\n\r\n",
      found: "L7STS 100 Go",
      because: "nothing else than an answer was asked for",
    },
    { answer: "220 hello\r\n", found: "L7RSP", because: "it is no HTTP" },
    { answer: "HTTP/1.1 200 OK\r\na b\r\n\r\n", found: "L7RSP", because: "a field has no colon" },
  ])("$answer is $found at every cut: $because", ({ answer, found }) => {
    for (let cut = 0; cut <= answer.length; cut++) {
      const pieces = [answer.slice(0, cut), answer.slice(cut)];
      expect(playCheck(planOf().plan, [pieces]).found).toBe(found);
    }
  });

  test("gives up on a head without end, and on a connection that ends before it", () => {
    const line = "HTTP/1.0 200 OK\r\n";
    expect(playCheck(planOf().plan, [[line]]).found).toBe("-");
    expect(playCheck(planOf().plan, [[line, null]]).found).toBe("L7RSP");
    expect(playCheck(planOf().plan, [[null]]).found).toBe("L7RSP");
    expect(playCheck(planOf().plan, [[line, "a".repeat(20_000)]]).found).toBe("L7RSP");
  });
});
