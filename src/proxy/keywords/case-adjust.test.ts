import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileFieldCase } from "../case-part.ts";
import { compileText } from "../testing.ts";

const directory = mkdtempSync("/tmp/case-");
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const spelled = (text: string, message: string) => {
  const { plan, errors } = compileText(text);
  expect(errors).toEqual([]);
  const bytes = Buffer.from(`HTTP/1.1 200 OK\r\n${message}\r\n\r\n`);
  compileFieldCase(plan.config.global)?.adjustMessage(bytes);
  return bytes.toString().split("\r\n")[1];
};

describe("h1-case-adjust", () => {
  test("names of the section and of the last file are spelled", () => {
    const first = file("first", "x-a X-A\n");
    const last = file("last", "# comment\n\n \tx-b\t X-B \t\n");
    const text = `global\nh1-case-adjust-file ${first}\nh1-case-adjust x-c X-C\nh1-case-adjust-file ${last}\n`;
    expect(spelled(text, "x-a: x")).toBe("x-a: x");
    expect(spelled(text, "x-b: x")).toBe("X-B: x");
    expect(spelled(text, "x-c: x")).toBe("X-C: x");
    expect(spelled("global\n", "x-c: x")).toBe("x-c: x");
  });

  test.each([
    ["h1-case-adjust", /expects/],
    ["h1-case-adjust a", /expects/],
    ["h1-case-adjust a A b", /unexpected argument 'b'/],
    ["h1-case-adjust a b", /'a' and 'b' differ in more/],
    ["h1-case-adjust ab abc", /differ in more/],
    ["h1-case-adjust Ab aB", /'Ab' is not in lower case/],
    ["h1-case-adjust ab AB\nh1-case-adjust ab Ab", /3: .*duplicate entry 'ab'/],
    ["no h1-case-adjust a A", /no/],
    ["h1-case-adjust-file", /expects/],
    ["h1-case-adjust-file /nonexistent/names", /failed to open file/],
    [`h1-case-adjust-file ${file("one", "x-a X-A\nx-b\n")}`, /expect <to> at line 2/],
    [`h1-case-adjust-file ${file("three", "x-a X-A b\n")}`, /unexpected word 'b' at line 1/],
    [
      `h1-case-adjust-file ${file("other", "x-a X-B\n")}`,
      /differ in more than the case of letters at line 1/,
    ],
    [
      `h1-case-adjust x-a X-A\nh1-case-adjust-file ${file("twice", "\nx-a X-A\n")}`,
      /3: .*duplicate entry 'x-a' at line 2/,
    ],
  ])("%s is refused", (line, wanted) => {
    const { errors } = compileText(`global\n${line}\n`);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(wanted);
  });

  test("an option alone, or names alone, spell nothing", () => {
    const names = "global\nh1-case-adjust host HOST\n";
    const proxies = (options: string) => {
      const { plan } = compileText(`${names}listen l\nmode http\nbind :1\n${options}`);
      const { clientCase, serverCase } = plan.proxies[0]!.proxy;
      return [clientCase !== null, serverCase !== null];
    };
    expect(proxies("")).toEqual([false, false]);
    expect(proxies("option h1-case-adjust-bogus-client\n")).toEqual([true, false]);
    expect(proxies("option h1-case-adjust-bogus-server\n")).toEqual([false, true]);
    const both = "option h1-case-adjust-bogus-client\noption h1-case-adjust-bogus-server\n";
    expect(proxies(both)).toEqual([true, true]);
    expect(proxies(`${both}no option h1-case-adjust-bogus-client\n`)).toEqual([false, true]);
    expect(proxies(`mode tcp\n${both}`)).toEqual([false, false]);
    const { plan } = compileText(`listen l\nmode http\nbind :1\n${both}`);
    expect(plan.proxies[0]!.proxy.clientCase).toBeNull();
  });
});
