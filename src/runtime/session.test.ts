import { describe, expect, test } from "bun:test";
import { PatternReferences } from "../policy/patterns/references.ts";
import { ErrorCaptures } from "../stats/error-captures.ts";
import { ProxyTable } from "../stats/proxy-table.ts";
import { type Command, defineCommand, refuse } from "./command.ts";
import { CommandIndex } from "./command-index.ts";
import { operator, showCliLevel } from "./commands/levels.ts";
import { setSeverityOutput } from "./commands/set-severity-output.ts";
import { setTimeout } from "./commands/set-timeout.ts";
import type { RuntimeContext } from "./context.ts";
import { AccessLevel } from "./level.ts";
import { RuntimeSession } from "./session.ts";

const echo = defineCommand({
  name: "echo back",
  usage: "echo back <words>",
  summary: "repeat",
  source: "test",
  level: "user",
  run: ({ words, payload }) => `${words.join("|")}${payload === "" ? "" : `<${payload}>`}\n`,
});
const fail = defineCommand({
  name: "fail",
  usage: "fail",
  summary: "refuse",
  source: "test",
  level: "operator",
  run: () => refuse("No such server."),
});
const secret = defineCommand({
  name: "secret",
  usage: "secret",
  summary: "do what admins do",
  source: "test",
  level: "admin",
  run: () => undefined,
});
const long = defineCommand({
  name: "long",
  usage: "long <pieces>",
  summary: "say much, piece by piece",
  source: "test",
  level: "user",
  *run({ words }) {
    for (let piece = 0; piece < Number(words[0]); piece++) yield `${"x".repeat(1023)}\n`;
  },
});
const COMMANDS: readonly Command[] = [
  echo,
  long,
  fail,
  secret,
  operator,
  showCliLevel,
  setSeverityOutput,
  setTimeout,
];

function talk(pieces: readonly string[], level: AccessLevel = AccessLevel.ADMIN) {
  const context: RuntimeContext = {
    processVariables: { find: () => null, set: () => null },
    activity: {
      ...{ counters: () => [], pools: () => [], descriptors: () => [], profile: () => [] },
      ...{ profiling: "off", isProfiling: false, setProfiling() {} },
    },
    table: new ProxyTable([]),
    patterns: new PatternReferences(),
    commands: new CommandIndex(COMMANDS),
    errors: new ErrorCaptures(),
    rings: new Map(),
    sockets: [],
    version: "2.6.12",
    info: () => ({}),
    nowMs: () => 0,
    dateMs: () => 0,
    streams: () => [],
    endStream: () => false,
    dropIdleConnections: () => {},
    endStreamsOf: () => {},
    handOverListeners() {},
    variables: () => ({}),
    setConnectionsLimit: () => true,
    setRateLimit() {},
    clearCounters: () => {},
  };
  let text = "";
  let hasEnded = false;
  let turns = 0;
  let turnsInAll = 0;
  const output = {
    write(more: string) {
      text += more;
    },
    resumeLater() {
      turns++;
      turnsInAll++;
    },
    end() {
      hasEnded = true;
    },
  };
  const session = new RuntimeSession(context, output, level, 10_000);
  for (const piece of pieces) {
    session.receive(piece);
    for (; turns > 0; turns--) session.resume();
  }
  return { text, hasEnded, session, turnsInAll };
}

describe("a session", () => {
  test.each([
    { send: "echo back a\n", answer: "a\n\n", because: "a result ends with an empty line" },
    { send: "secret\n", answer: "\n", because: "success is the empty line alone" },
    { send: "fail\n", answer: "No such server.\n\n", because: "an error is a sentence" },
    { send: "echo back a\r\n", answer: "a\n\n", because: "a CR before the LF is no word" },
    { send: "  echo   back  a\tb \n", answer: "a|b\n\n", because: "blanks separate words" },
    {
      send: "echo back a;fail; echo back b\n",
      answer: "a\n\nNo such server.\n\nb\n\n",
      because: "commands run in order",
    },
    { send: "echo back a\\;b\\ c\n", answer: "a;b c\n\n", because: "a backslash makes both plain" },
    {
      send: "echo back a\necho back b\n",
      answer: "a\n\nb\n\n",
      because: "all that has come is answered",
    },
    {
      send: "echo back a <<\nx\ny\n\n",
      answer: "a<x\ny\n>\n\n",
      because: "a payload ends at an empty line",
    },
    {
      send: "fail; echo back a <<\nx\n\n",
      answer: "No such server.\n\na<x\n>\n\n",
      because: "the last command gets the payload",
    },
    { send: "echo back a;quit;echo back b\n", answer: "a\n\n", because: "nothing runs after quit" },
    {
      send: "set severity-output number;fail;echo back a\n",
      answer: "\n[3]: No such server.\n\na\n\n",
      because: "numbers mark sentences, not results",
    },
    {
      send: "set severity-output string;fail\n",
      answer: "\n[err]: No such server.\n\n",
      because: "so do words",
    },
    {
      send: "set severity-output loud\n",
      answer: "one of 'none', 'number', 'string' is a required argument\n\n",
      because: "other kinds are refused",
    },
    {
      send: "operator;secret;show cli level\n",
      answer: "\nPermission denied\n\noperator\n\n",
      because: "a level is lowered for good",
    },
    {
      send: "set timeout cli x\n",
      answer: "Invalid timeout value.\n\n",
      because: "a delay is a number",
    },
    {
      send: "prompt;show cli level\n",
      answer: "\n> admin\n\n> ",
      because: "a prompt follows each answer",
    },
    {
      send: "prompt\nprompt\nshow cli level\n",
      answer: "\n> \nadmin\n\n",
      because: "prompt is a toggle",
    },
    {
      send: "prompt\necho back a <<\nx\n\n",
      answer: "\n> + + a<x\n>\n\n> ",
      because: "a plus asks for the payload",
    },
  ])("$send is answered: $because", ({ send, answer }) => {
    expect(talk([send]).text).toBe(answer);
  });

  test("ends after its answers, unless it is interactive", () => {
    expect(talk(["echo back a\n"]).hasEnded).toBe(true);
    expect(talk(["prompt\n"]).hasEnded).toBe(false);
    expect(talk(["prompt\n", "quit\n"]).hasEnded).toBe(true);
    expect(talk(["echo back a <<\n", "x\n"]).hasEnded).toBe(false);
    expect(talk(["echo ba"]).hasEnded).toBe(false);
  });

  test("gives the same answer wherever its input is cut", () => {
    const input = "echo back a;fail <<\npay\nload\n\n";
    const whole = talk([input]).text;
    for (let cut = 0; cut < input.length; cut++) {
      expect(talk([input.slice(0, cut), input.slice(cut)]).text).toBe(whole);
    }
  });

  test("gives up on a line that does not end", () => {
    const { text, hasEnded } = talk(["x".repeat(2 * 1024 * 1024)]);
    expect({ text, hasEnded }).toEqual({ text: "", hasEnded: true });
  });

  test("makes a long answer over several turns, and what follows it after that", () => {
    const { text, turnsInAll, hasEnded } = talk(["long 100;echo back a\necho back b\n"]);
    expect(text).toBe(`${`${"x".repeat(1023)}\n`.repeat(100)}\na\n\nb\n\n`);
    expect(turnsInAll).toBe(3);
    expect(hasEnded).toBe(true);
    expect(talk(["long 0\n"]).text).toBe("\n");
  });

  test("changes its own timeout", () => {
    expect(talk(["prompt;set timeout cli 3\n"]).session.timeoutMs).toBe(3000);
    expect(talk(["prompt;set timeout cli 50ms\n"]).session.timeoutMs).toBe(50);
  });

  test("each level runs what the ones below it may", () => {
    expect(talk(["fail\n"], AccessLevel.USER).text).toBe("Permission denied\n\n");
    expect(talk(["fail\n"], AccessLevel.OPERATOR).text).toBe("No such server.\n\n");
    expect(talk(["secret\n"], AccessLevel.OPERATOR).text).toBe("Permission denied\n\n");
  });
});

describe("a command that does not exist", () => {
  const unknown = (line: string) => talk([`${line}\n`]).text;

  test("is answered with those that begin alike", () => {
    expect(unknown("set")).toBe(
      `Unknown command, but maybe one of the following ones is a better match:
  set severity-output [none|number|string]: set presence of severity level in feedback information
  set timeout [cli] <delay>               : change a timeout setting
  help [<command>]                        : list matching or all commands
  prompt                                  : toggle interactive mode with prompt
  quit                                    : disconnect

`,
    );
  });

  test("is answered with those that are spelled alike", () => {
    expect(unknown("set timout cli")).toContain("  set timeout [cli] <delay>");
    expect(unknown("set timout cli")).not.toContain("  fail ");
    expect(unknown("oprator")).toContain("  operator ");
  });

  test("is answered with all when nothing is like it", () => {
    const answer = unknown("zzzzzzzzzzzzzzzz");
    expect(answer).toStartWith(
      "Unknown command. Please enter one of the following commands only:\n",
    );
    expect(answer).toContain("  secret ");
    expect(unknown("")).toBe(answer);
  });

  test("help lists what may be meant", () => {
    expect(unknown("help set severity-output")).toStartWith(
      "The following commands are valid at this level:\n  set severity-output ",
    );
    expect(unknown("help")).toContain("  echo back <words> ");
  });
});
