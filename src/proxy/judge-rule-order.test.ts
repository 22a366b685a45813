import { describe, expect, test } from "bun:test";
import { compileText } from "./testing.ts";

/** What is said of lines of a section, the warnings that old keywords earn left out. */
function told(section: string, ...lines: string[]): string[] {
  const text = `defaults\nmode http\ntimeout client 1s\ntimeout connect 1s\ntimeout server 1s\n${section}\n${lines.join("\n")}\nbackend other\n`;
  const { errors, warnings } = compileText(text);
  expect(errors).toEqual([]);
  return warnings.filter((message) => !message.includes("is deprecated"));
}

describe("warnOfRuleOrder()", () => {
  test("names both lines", () => {
    expect(
      told("listen l\nbind :1", "redirect location / if FALSE", "http-request deny if FALSE"),
    ).toEqual([
      "9: a 'http-request' rule placed after a 'redirect' rule will still be processed before: see line 8.",
    ]);
  });

  test("knows where rules on lines run", () => {
    expect(
      told(
        "frontend f\nbind :1",
        "reqadd A:\\ b",
        "reqidel ^a:",
        "http-request set-header a b",
        "block if FALSE",
        "use_backend other if FALSE",
        "reqadd A:\\ b",
        "rspadd A:\\ b",
        "rspidel ^a:",
        "http-response set-header a b",
      ),
    ).toEqual([
      "11: a 'block' rule placed after an 'http-request' rule will still be processed before: see line 10.",
      "10: a 'http-request' rule placed after a 'req*' rule will still be processed before: see line 9.",
      "9: a 'req*' rule placed after a 'reqadd' rule will still be processed before: see line 8.",
      "13: a 'reqadd' rule placed after a 'use_backend' rule will still be processed before: see line 12.",
      "16: a 'http-response' rule placed after a 'rsp*' rule will still be processed before: see line 15.",
      "15: a 'rsp*' rule placed after a 'rspadd' rule will still be processed before: see line 14.",
    ]);
  });

  test("has nothing to say of lines in their order", () => {
    expect(
      told(
        "frontend f\nbind :1",
        "block if FALSE",
        "http-request set-header a b",
        "reqidel ^a:",
        "reqadd A:\\ b",
        "redirect location / if FALSE",
        "use_backend other if FALSE",
      ),
    ).toEqual([]);
  });
});

describe("warnOfIgnoredRules()", () => {
  test("tells what TCP does not know, once a kind", () => {
    expect(
      told(
        "listen l\nmode tcp\nbind :1",
        "block if TRUE",
        "reqadd A:\\ b",
        "rspidel a",
        "rspidel b",
      ),
    ).toEqual([
      "9: 'block' rules ignored for proxy 'l' as they require HTTP mode.",
      "10: 'req*' rules ignored for proxy 'l' as they require HTTP mode.",
      "11: 'rsp*' rules ignored for proxy 'l' as they require HTTP mode.",
    ]);
  });
});

describe("rules that are never reached", () => {
  test.each([
    {
      lines: ["http-request redirect location /", "http-request set-header a b"],
      wanted: /^9: this 'http-request' rule is never reached: the one at line 8 always/,
    },
    {
      lines: ["redirect location /", "redirect location /a if TRUE"],
      wanted: /^9: this 'redirect' rule is never reached: the one at line 8 always/,
    },
    {
      lines: ["redirect location / if TRUE", "redirect location /a if TRUE"],
      wanted: /^9: this 'redirect' rule is never reached: .* line 8 .* same condition/,
    },
    {
      lines: ["use_backend other if TRUE", "use_backend other if TRUE"],
      wanted: /^9: this 'use_backend' rule is never reached: .* line 8 .* same condition/,
    },
    {
      lines: ["tcp-request content accept", "tcp-request content reject"],
      wanted: /^9: this 'tcp-request content' rule is never reached: the one at line 8 always/,
    },
    {
      lines: ["acl a path /", "http-request deny if a { method GET } !a"],
      wanted: /^9: 'a' and '!a' never hold together/,
    },
  ])("$lines", ({ lines, wanted }) => {
    const messages = told("frontend f\nbind :1", ...lines);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(wanted);
  });

  test.each([
    { lines: ["http-request redirect location / ignore-empty", "http-request set-header a b"] },
    { lines: ["use_backend %[path]", "use_backend other"] },
    { lines: ["acl a path /", "http-request deny if a or !a"] },
  ])("$lines is fine", ({ lines }) => {
    expect(told("frontend f\nbind :1", ...lines)).toEqual([]);
  });
});
