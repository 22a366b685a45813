import { expect, test } from "bun:test";
import { BOTH, type Program } from "../support/programs.ts";
import { HTTP_DEFAULTS, Stage, TCP_DEFAULTS } from "../support/stage.ts";

/** Lines whose order in the file is not that in which they run; `server s` stands below. */
const FRONTENDS: readonly (readonly string[])[] = [
  ["use_backend be if TRUE", "redirect location /y if FALSE", "http-request deny if FALSE"],
  ["redirect location /y if FALSE", "http-request deny if FALSE", "tcp-request content accept"],
  ["http-request deny if FALSE", "tcp-request session accept"],
  ["tcp-request content accept", "tcp-request session accept", "tcp-request connection accept"],
  ["monitor-uri /m", "http-request deny if FALSE", "monitor fail if FALSE"],
  ["monitor-uri /m", "monitor fail if FALSE", "tcp-request content accept"],
  ["monitor-uri /m", "monitor fail if FALSE", "http-request deny if FALSE"],
  ["http-response set-header a b", "http-request set-header a b", "use_backend be if FALSE"],
  ["tcp-request connection accept", "tcp-request content accept", "http-request set-header a b"],
  ["http-request set-header a b", "redirect location / if FALSE", "http-request set-header c d"],
];
const BACKENDS: readonly (readonly string[])[] = [
  ["use-server s if FALSE", "http-request set-header a b", "redirect location / if FALSE"],
  ["http-request set-header a b", "tcp-request content accept", "use-server s if FALSE"],
];
const IN_TCP: readonly (readonly string[])[] = [
  ["http-request set-header a b", "http-response set-header a b", "http-request deny if FALSE"],
  ["http-after-response set-header a b", "redirect location /"],
];

/** What a program says of the lines, by line, without what Sluice adds about the other line. */
async function warningsOf(program: Program): Promise<string[]> {
  const stage = new Stage(program);
  try {
    const section = (kind: string, lines: readonly string[], index: number) =>
      `${kind}${index}\n${kind.startsWith("f") ? `  bind unix@${stage.directory}/${kind.at(-1)}${index}\n` : ""}${lines.map((line) => `  ${line}\n`).join("")}`;
    const http = FRONTENDS.map((lines, index) => section("frontend h", lines, index));
    const backends = BACKENDS.map((lines, index) => {
      return `${section("backend b", lines, index)}  server s 127.0.0.1:1\n`;
    });
    const tcp = IN_TCP.map((lines, index) => section("frontend t", lines, index));
    const text = `${HTTP_DEFAULTS}backend be\n  server s 127.0.0.1:1\n${http.join("")}${backends.join("")}${TCP_DEFAULTS}${tcp.join("")}`;
    const { status, stderr } = await stage.run(["-c", "-f", stage.file("cfg", text)]);
    expect(status).toBe(0);
    return stderr
      .split("\n")
      .filter((line) => line.includes("placed after") || line.includes("require HTTP mode"))
      .map((line) => line.replace(/^.*config : /, "").replace(/: see line \d+\.$/, "."))
      .map((line) => line.replace(/^parsing \[.*:(\d+)\] ?: ('.*require HTTP mode.)/, "$2"))
      .map((line) => line.replace(/^parsing \[.*:(\d+)\] ?: /, "$1: "))
      .sort();
  } finally {
    await stage.close();
  }
}

const compares = BOTH.oracle.missing === undefined ? test : test.skip;

compares("warnings about the order of rules are those of the reference", async () => {
  const wanted = await warningsOf(BOTH.oracle);
  expect(wanted.length).toBeGreaterThan(14);
  expect(await warningsOf(BOTH.sluice)).toEqual(wanted);
});
