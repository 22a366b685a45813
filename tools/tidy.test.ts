// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts under test hold templates.
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { findViolations, violationsIn } from "./tidy.ts";

test("every file of src is tidy", () => {
  expect(findViolations(join(import.meta.dir, ".."))).toEqual([]);
});

const hot = (body: string) =>
  `/**\n * Does it.\n *\n * @hot\n */\nexport function act(a: number): void {\n  ${body}\n}\n`;

describe("what runs per event", () => {
  test.each([
    ["const b = new Map();", "new"],
    ["list.find((item) => item === a);", "a closure"],
    ["later(function () {});", "a closure"],
    ["call(...list);", "a spread"],
    ["try { b(); } finally { c(); }", "try, throw or await"],
    ["throw error;", "try, throw or await"],
    ["await b();", "try, throw or await"],
    ["b({ a });", "an object literal"],
    ["return { a };", "an object literal"],
    ["const b = [a];", "an array literal"],
    ["return [a];", "an array literal"],
    ["b(`x${a}`);", "a template string with values"],
  ])("must not hold %p", (body, what) => {
    expect(violationsIn("src/x.ts", hot(body))).toEqual([
      `src/x.ts:7: ${what} in the body of a @hot function`,
    ]);
  });

  test.each([
    "values[a] = bytes[a + 1]!;",
    "if (a === 1) { b(); }",
    "for (;;) {\n    b();\n  }",
    "const { b } = this.c;",
    'b("new => [ ${a}");',
    "// new Map() would allocate",
    "const b = pool.pop() ?? new Thing();",
    "// tidy: once per handshake\n  begin(new Handshake());",
    "const b = `plain`;",
    "if (a === 1) return;",
  ])("may hold %p", (body) => {
    expect(violationsIn("src/x.ts", hot(body))).toEqual([]);
  });

  test("methods are judged as well, and what has no body is not", () => {
    const method = "class A {\n  /** @hot */\n  pick(): Map {\n    return new Map();\n  }\n}\n";
    const type = "interface A {\n  /** @hot */\n  pick(): Map;\n}\nconst b = new Map();\n";

    expect(violationsIn("src/x.ts", method)).toHaveLength(1);
    expect(violationsIn("src/x.ts", type)).toEqual([]);
  });
});

describe("an export", () => {
  test.each([
    "export const a = 1;",
    "export function a(): void {}",
    "export class A {}",
    "export interface A {}",
    "export type A = number;",
    "// No doc comment.\nexport const a = 1;",
  ])("without a doc comment is named: %p", (text) => {
    expect(violationsIn("src/x.ts", text)).toHaveLength(1);
  });

  test.each([
    "/** Says it. */\nexport const a = 1;",
    "/** Says it. */\n// biome-ignore lint/a: reason\nexport const a = 1;",
    "/** Both. */\nexport const a = 1;\nexport const b = 2;",
    "/** Says it. */\nexport const A = {} as const;\nexport type A = (typeof A)[keyof typeof A];",
    'export const a = defineKeyword({ summary: "Says it" });',
  ])("that says what it is passes: %p", (text) => {
    expect(violationsIn("src/x.ts", text)).toEqual([]);
  });
});
