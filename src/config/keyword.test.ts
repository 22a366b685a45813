import { expect, test } from "bun:test";
import { duration, int, oneOf, optional } from "./arg.ts";

import { defineKeyword, type Keyword } from "./keyword.ts";

test("defineKeyword() lets the types of the values flow from the arguments", () => {
  const keyword = defineKeyword({
    name: "timeout client",
    sections: ["frontend", "listen"],
    summary: "Limits the silence of a client",
    source: "HAProxy configuration manual, section 4.2",
    args: [duration("timeout"), oneOf("kind", ["a", "b"]), optional(int("count"))],
    apply(_draft, [timeoutMs, kind, count]) {
      const typed: [number, "a" | "b", number | undefined] = [timeoutMs, kind, count];
      expect(typed).toHaveLength(3);
    },
  });
  const anyKeyword: Keyword = keyword;

  expect(anyKeyword.args.map((arg) => arg.syntax).join(" ")).toBe("<timeout> { a | b } [<count>]");
});
