import { describe, expect, test } from "bun:test";
import { parseHead } from "../../test/support/parsed-head.ts";
import { addConnection, removeConnectionTokens } from "./connection-header.ts";

describe("removeConnectionTokens()", () => {
  test.each([
    { fields: "", left: "", because: "there is nothing to remove" },
    { fields: "Connection: close\r\n", left: "", because: "it speaks of one hop" },
    {
      fields: "Connection: Keep-Alive\r\nConnection: close\r\n",
      left: "",
      because: "all lines go",
    },
    {
      fields: "Connection: foo, close, bar\r\n",
      left: "Connection: foo,bar\r\n",
      because: "other tokens stay in order",
    },
    {
      fields: "Connection: keep-alive\r\nConnection: Upgrade, keep-alive\r\n",
      left: "Connection: Upgrade\r\n",
      because: "an upgrade is asked of the server",
    },
    { fields: "Connection: TE\r\n", left: "Connection: TE\r\n", because: "it has none of them" },
  ])("$because", ({ fields, left }) => {
    const parsed = parseHead(`GET / HTTP/1.1\r\nA: b\r\n${fields}C: d\r\n\r\n`);
    removeConnectionTokens(parsed.head);
    expect(parsed.written()).toBe(`GET / HTTP/1.1\r\nA: b\r\n${left}C: d\r\n\r\n`);
  });

  test("works without room for edits", () => {
    const parsed = parseHead("GET / HTTP/1.1\r\nConnection: a, close\r\n\r\n");
    parsed.head.setEditArea(0, 0);
    removeConnectionTokens(parsed.head);
    expect(parsed.lines[0]).toBe("Connection: a, close");
    expect(parsed.head.valueText(0)).toBe("a");
    expect(parsed.written()).toBe("GET / HTTP/1.1\r\nConnection: a       \r\n\r\n");
  });
});

describe("addConnection()", () => {
  test("appends the token", () => {
    const parsed = parseHead("GET / HTTP/1.1\r\n\r\n");
    expect(addConnection(parsed.head, true)).toBe(true);
    expect(parsed.written()).toBe("GET / HTTP/1.1\r\nconnection: close\r\n\r\n");
  });
});
