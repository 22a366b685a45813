import { describe, expect, test } from "bun:test";
import { type CommandLine, parseCommandLine } from "./command-line.ts";
import { listingsText } from "./listings.ts";

const listed = (words: string) => listingsText(parseCommandLine(words.split(" ")) as CommandLine);

describe("listingsText()", () => {
  test("gives the words of the classes that are asked for", () => {
    expect(listed("-dKsrv")).toContain("\nweight\n");
    expect(listed("-dKsrv")).not.toContain("# List of options of bind lines");
    expect(listed("-dKsrv,bind")).toContain("# List of options of bind lines");
    expect(listed("-dKall")).toContain("balance [");
    expect(listed("-dKnone")).toBe('# Unknown class "none"\n');
  });

  test.each(["-dK", "-dKhelp", "-dK,"])("%s gives the classes", (words) => {
    expect(listed(words)).toContain("srv: options of server lines");
  });

  test("gives libraries, and nothing that nobody asked for", () => {
    expect(listed("-dL")).toContain("libc.so");
    expect(listed("-f a")).toBe("");
  });
});
