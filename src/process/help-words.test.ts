import { describe, expect, test } from "bun:test";
import { ACTIONS } from "../registry/actions.ts";
import { ALGORITHMS } from "../registry/algorithms.ts";
import { BIND_OPTIONS } from "../registry/bind-options.ts";
import { COMMANDS } from "../registry/commands.ts";
import { CONVERTERS } from "../registry/converters.ts";
import { FETCHES } from "../registry/fetches.ts";
import { KEYWORDS } from "../registry/keywords.ts";
import { LOG_FIELDS } from "../registry/log-fields.ts";
import { MATCHERS } from "../registry/matchers.ts";
import { PROBES } from "../registry/probes.ts";
import { SERVER_OPTIONS } from "../registry/server-options.ts";
import { helpWords } from "./help-words.ts";
import { Heard } from "./testing.ts";

const REGISTRIES: readonly (readonly { readonly name: string }[])[] = [
  ...[KEYWORDS, SERVER_OPTIONS, BIND_OPTIONS, ALGORITHMS, LOG_FIELDS, COMMANDS],
  ...[PROBES, FETCHES, CONVERTERS, MATCHERS, ACTIONS],
];

function ask(words: string) {
  const heard = new Heard();
  return { status: helpWords(words.split(" "), heard), out: heard.out, err: heard.err };
}

describe("helpWords()", () => {
  test.each([
    ["timeout client", "keyword: "],
    ["maxconn", "server option: "],
    ["accept-proxy", "bind option: "],
    ["leastconn", "balance algorithm: "],
    ["%ci", "log variable: "],
    ["ci", "log variable: "],
    ["show stat", "runtime command: "],
    ["req.hdr", "sample fetch, gives string: "],
    ["req.hdr(host,1)", "sample fetch, gives string: "],
    ["hdr", "also: hdr"],
    ["lower", "converter, string to string: "],
    ["set-header", "action: "],
    ["-m beg", "matching method of ACLs and maps, compares string: "],
    ["path_beg", "matching method of ACLs and maps, compares string: "],
    ["path_beg", "sample fetch, gives string: "],
    ["httpchk", "keyword: "],
    ["redis-check", "health check: "],
  ])("tells what %s is: %s", (words, kind) => {
    const { status, out } = ask(words);

    expect(out).toContain(`  ${kind}`);
    expect(status).toBe(0);
  });

  test.each([
    ["req.hrd", "req.hdr"],
    ["lowr", "lower"],
    ["set-heder", "set-header"],
    ["path_bge", "path_beg"],
    ["lestconn", "leastconn"],
    ["timeout clint", "timeout client"],
  ])("guesses for %s: %s", (words, guess) => {
    expect(ask(words)).toEqual({
      status: 1,
      out: "",
      err: `Sluice knows no word "${words}"; did you mean "${guess}"?\n`,
    });
  });

  test("knows every word that is declared", () => {
    const declared = REGISTRIES.flatMap((list) => list.map(({ name }) => name));

    expect(declared.filter((name) => ask(name).status !== 0)).toEqual([]);
  });

  test("asks for a word", () => {
    expect(ask("")).toEqual({ status: 1, out: expect.stringContaining("Usage: "), err: "" });
  });
});
