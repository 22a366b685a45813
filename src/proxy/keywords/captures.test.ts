import { describe, expect, test } from "bun:test";
import { Diagnostics } from "../../config/diagnostics.ts";
import { SectionDraft } from "../../config/draft.ts";
import { madeWord } from "../../config/word.ts";
import { CAPTURES } from "../captures.ts";
import { captureCookie, captureRequestHeader, captureResponseHeader } from "./captures.ts";

const KEYWORDS = [captureCookie, captureRequestHeader, captureResponseHeader];

function read(...lines: string[]) {
  const draft = new SectionDraft("frontend", madeWord("f"));
  const diagnostics = new Diagnostics();
  for (const line of lines) {
    const keyword = KEYWORDS.find(({ name }) => line.startsWith(name))!;
    const words = line.slice(keyword.name.length).trim().split(" ").filter(Boolean);
    keyword.apply(
      draft,
      [words.map((word) => madeWord(word))],
      madeWord(keyword.name),
      diagnostics,
    );
  }
  return { ...draft.part(CAPTURES), said: diagnostics.list.map(({ message }) => message) };
}

describe("capture", () => {
  test("keeps names and sizes in their order; the last cookie counts", () => {
    const lines = [
      "capture cookie A len 5",
      "capture cookie B len 6",
      "capture request header X-A len 7",
      "capture request header X-B len 8",
      "capture response header X-C len 9",
    ];
    expect(read(...lines)).toEqual({
      cookie: { name: "B", size: 6 },
      request: [
        { name: "X-A", size: 7, line: 1 },
        { name: "X-B", size: 8, line: 1 },
      ],
      response: [{ name: "X-C", size: 9, line: 1 }],
      said: [],
    });
  });

  test.each([
    ["capture cookie", "'capture' expects 'cookie' <cookie_name> 'len' <len>."],
    ["capture cookie A", "'capture' expects 'cookie' <cookie_name> 'len' <len>."],
    ["capture cookie A len", "'capture' expects 'cookie' <cookie_name> 'len' <len>."],
    ["capture request header", "'capture request' expects 'header' <header_name> 'len' <len>."],
    ["capture response header A x 5", "'capture response' expects 'header' <header_name>"],
    ["capture request header A len 5 z", "cannot handle unexpected argument 'z'."],
    ["capture request header A len x", "'len' expects a number of bytes from 1 to 16384"],
    ["capture response header A len 0", "'len' expects a number of bytes from 1 to 16384"],
    ["capture cookie A len 5x", "'len' expects a number of bytes from 1 to 2147483647"],
  ])("%s is refused", (line, message) => {
    const { said } = read(line);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(message);
  });
});
