import { describe, expect, test } from "bun:test";
import { parseHead } from "../../test/support/parsed-head.ts";
import { limitTransferCodings } from "./te-header.ts";

const requestWith = (fields: string) => parseHead(`GET / HTTP/1.1\r\n${fields}A: b\r\n\r\n`);

describe("limitTransferCodings()", () => {
  test.each([
    { fields: "", left: "", because: "there is nothing to narrow" },
    { fields: "TE: trailers\r\n", left: "TE: trailers\r\n", because: "it asks for trailers only" },
    { fields: "TE: gzip\r\n", left: "", because: "codings end at the next hop" },
    { fields: "TE: trailers, gzip;q=0.5\r\n", left: "TE: trailers\r\n", because: "one word stays" },
    { fields: "TE: gzip\r\nTE: trailers\r\n", left: "TE: trailers\r\n", because: "lines are one" },
    { fields: "TE: trailersx\r\n", left: "", because: "that is another word" },
  ])("$because", ({ fields, left }) => {
    const parsed = requestWith(fields);
    expect(limitTransferCodings(parsed.head)).toBe(true);
    expect(parsed.written()).toBe(`GET / HTTP/1.1\r\n${left}A: b\r\n\r\n`);
    expect(parsed.head.isUntouched).toBe(left === fields);
  });

  test("says when there is no room", () => {
    const { head } = requestWith("TE: trailers, gzip\r\n");
    head.setEditArea(0, 0);
    expect(limitTransferCodings(head)).toBe(false);
  });
});
