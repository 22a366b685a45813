import { afterAll, describe, expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { configurationWithoutServers, freePort, outcomeOf, Workshop } from "./testing.ts";

const workshop = new Workshop();
afterAll(() => workshop.remove());
const VALID = workshop.write("valid.cfg", configurationWithoutServers(freePort()));
const BROKEN = workshop.write("broken.cfg", "global\n    foo\n");
const SILENT = workshop.write("silent.cfg", "global\n    maxconn 10\n");
const WARNED = workshop.write("warned.cfg", "frontend f\n    bind 127.0.0.1:1\n    mode http\n");

describe("the program", () => {
  test.each([
    { words: ["-v"], status: 0, out: /^HAProxy version 2\.6\.12-/, because: "tools parse it" },
    { words: ["-vv"], status: 0, out: /^Feature list : /m, because: "scripts search it" },
    {
      words: ["-c", "-f", VALID],
      status: 0,
      out: /^Configuration file is valid\n$/,
      because: "it is",
    },
    { words: ["-c", "-q", "-f", VALID], status: 0, out: /^$/, because: "-q prints nothing" },
    { words: ["-c", "-V", "-q", "-f", VALID], status: 0, out: /is valid/, because: "-V undoes -q" },
    {
      words: ["-c", "-f", WARNED],
      status: 0,
      out: /^Warnings were found\.\nConfig/,
      because: "warnings pass",
    },
    {
      words: ["-c", "-f", SILENT],
      status: 2,
      out: /will not start \(no listener\)/,
      because: "nothing listens",
    },
    { words: ["-cc", "feature(EPOLL)"], status: 0, out: /^$/, because: "it holds" },
    { words: ["-cc", "feature(NONE)"], status: 1, out: /^$/, because: "it does not hold" },
    {
      words: ["help", "timeout", "client"],
      status: 0,
      out: /^timeout client <timeout>/,
      because: "words explain themselves",
    },
  ])("answers $words with $status: $because", async ({ words, status, out }) => {
    const outcome = await workshop.run(words);

    expect(outcome.status).toBe(status);
    expect(outcome.out).toMatch(out);
  });

  test.each([
    { words: [], err: /^Usage : sluice/m, because: "there is nothing to do" },
    { words: ["-Z"], err: /Unknown option "-Z"/, because: "the option is unknown" },
    {
      words: ["-x", "none", "-f", VALID],
      err: /Failed to get the sockets from the old process!\n {2}hint: 'none': No such file/,
      because: "there is nobody to take listeners from",
    },
    {
      words: ["-c", "-f", BROKEN],
      err: /^\[ALERT\] {4}\(\d+\) : config : parsing \[.*broken\.cfg:2\] : unknown keyword 'foo'/m,
      because: "a word is unknown",
    },
    {
      words: ["-c", "-f", "none.cfg"],
      err: /\[ALERT\].*none\.cfg : No such file or directory/,
      because: "the file is missing",
    },
    {
      words: ["-dW", "-c", "-f", WARNED],
      err: /Some warnings were found and 'zero-warning' is set/,
      because: "warnings are fatal",
    },
    { words: ["-f", SILENT], err: /No enabled listener found/, because: "nothing listens" },
    {
      words: ["-C", "none", "-f", VALID],
      err: /Could not change to directory none/,
      because: "the directory is missing",
    },
    { words: ["help", "balanc"], err: /did you mean "balance"/, because: "the word is unknown" },
  ])("refuses $words: $because", async ({ words, err }) => {
    const outcome = await workshop.run(words);

    expect(outcome.status).toBe(1);
    expect(outcome.err).toMatch(err);
  });

  test("gives 2 for a condition that cannot be read", async () => {
    const outcome = await workshop.run(["-cc", "bogus("]);

    expect(outcome.status).toBe(2);
    expect(outcome.err).toMatch(/Failed to evaluate condition/);
  });

  test("runs through links, under the name of the link", async () => {
    const link = join(workshop.path, "haproxy");
    symlinkSync(join(import.meta.dir, "../../bin/sluice"), link);
    const outcome = await outcomeOf(workshop.start([], link));

    expect(outcome.err).toMatch(/^Usage : haproxy/m);
  });

  test("prints warnings and errors only without -q", async () => {
    const outcome = await workshop.run(["-q", "-c", "-f", BROKEN]);

    expect(outcome).toEqual({ status: 1, signal: null, out: "", err: "" });
  });
});
