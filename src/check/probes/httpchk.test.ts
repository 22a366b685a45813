import { describe, expect, test } from "bun:test";
import { CHECK_OUTCOMES } from "../../balance/check-status.ts";
import { Diagnostics } from "../../config/diagnostics.ts";
import { SectionDraft } from "../../config/draft.ts";
import { madeWord } from "../../config/word.ts";
import { WordReader } from "../../config/word-reader.ts";
import { HTTP_CHECK } from "../http-check-part.ts";
import { optionHttpchk } from "../keywords/httpchk.ts";
import type { Finding } from "../probe.ts";
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
    first.read(reader, diagnostics) as string | undefined,
    second.read(reader, diagnostics) as string | undefined,
    version.read(reader, diagnostics) as ReturnType<typeof madeWord> | undefined,
    more.read(reader, diagnostics) as ReturnType<typeof madeWord>[],
  ] as const;
  optionHttpchk.apply(draft, values, at, diagnostics);
  return { draft, diagnostics, plan: httpchk.compile(draft)! };
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
  ])("$words sends $request: $because", ({ words, request }) => {
    const sent: string[] = [];
    const conversation = planOf(...words).plan.start();
    const found = conversation.connected((bytes) => sent.push(Buffer.from(bytes).toString()));
    expect([found, sent]).toEqual([undefined, [request]]);
  });

  test.each([
    { words: ["GET", "/", "HTTP/1.0", "x"], message: /unexpected argument 'x'/ },
    { words: ["GET", "/", "1.0"], message: /not a version of HTTP/ },
    { words: ["GET", "/ x"], message: /one word each/ },
    { words: ["GET", "/", "HTTP/1.0\r\nHost www"], message: /not a header line/ },
  ])("refuses $words", ({ words, message }) => {
    expect(planOf(...words).diagnostics.list[0]!.message).toMatch(message);
  });

  test("can be taken back", () => {
    const { draft, diagnostics } = planOf();
    optionHttpchk.disable!(draft, madeWord("no"), diagnostics, []);
    expect(draft.part(HTTP_CHECK).isOn).toBe(false);
    expect(httpchk.compile(draft)).toBeUndefined();
  });

  const shown = (finding: Finding | undefined) =>
    finding === undefined
      ? "-"
      : `${CHECK_OUTCOMES[finding.status]!.name} ${finding.code} ${finding.text}`.trim();

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
      answer: "HTTP/1.1 100 Go\r\n\r\nHTTP/1.1 500 E\r\n\r\n",
      found: "L7STS 500 E",
      because: "100 is not the answer",
    },
    { answer: "220 hello\r\n", found: "L7RSP 0", because: "it is no HTTP" },
    { answer: "HTTP/1.1 200 OK\r\na b\r\n\r\n", found: "L7RSP 0", because: "a field has no colon" },
  ])("$answer is $found at every cut: $because", ({ answer, found }) => {
    const bytes = Buffer.from(answer);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const conversation = planOf().plan.start();
      let finding = cut === 0 ? undefined : conversation.received(bytes.subarray(0, cut));
      if (finding === undefined && cut < bytes.length) {
        finding = conversation.received(bytes.subarray(cut));
      }
      expect(shown(finding)).toBe(found);
    }
  });

  test("gives up on a head without end, and on a connection that ends before it", () => {
    const conversation = planOf().plan.start();
    const line = Buffer.from("HTTP/1.0 200 OK\r\n");
    expect(shown(conversation.received(line))).toBe("-");
    expect(shown(conversation.ended())).toBe("L7RSP 0");
    expect(shown(conversation.received(Buffer.alloc(20_000, "a")))).toBe("L7RSP 0");
  });
});
