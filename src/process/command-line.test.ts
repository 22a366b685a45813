import { describe, expect, test } from "bun:test";
import { type CommandLine, CommandLineError, parseCommandLine } from "./command-line.ts";

function parsed(text: string): CommandLine {
  const line = parseCommandLine(text.split(" "));
  if (line instanceof CommandLineError) throw new Error(line.message);
  return line;
}

function refused(text: string): CommandLineError {
  const line = parseCommandLine(text === "" ? [] : text.split(" "));
  if (line instanceof CommandLineError) return line;
  throw new Error("it was accepted");
}

describe("parseCommandLine()", () => {
  test.each([
    { words: "-f a -f b", fields: { files: ["a", "b"] }, because: "files add up" },
    {
      words: "-f a -- b -c",
      fields: { files: ["a", "b", "-c"], action: "run" },
      because: "-- ends options",
    },
    { words: "-c -q -f a", fields: { action: "check", isQuiet: true }, because: "options combine" },
    { words: "-q -V -f a", fields: { isQuiet: false }, because: "-V undoes -q" },
    { words: "-V -q -f a", fields: { isQuiet: false }, because: "-V undoes -q in any order" },
    {
      words: "-cc -1",
      fields: { action: "condition", condition: "-1" },
      because: "a number may be negative",
    },
    { words: "-n 0 -f a", fields: { connectionsMax: 0 }, because: "0 is no limit of its own" },
    { words: "-v -c -Q", fields: { action: "version" }, because: "nothing behind it is read" },
    { words: "-cc 1 -c -f a", fields: { action: "condition" }, because: "a condition comes first" },
    { words: "-dr -f a", fields: { ignoresUnresolved: true }, because: "names need no address" },
    {
      words: "-dKcfg -dL -f a",
      fields: { action: "run", keywordClasses: "cfg", listsLibraries: true },
      because: "lists do not keep it from running",
    },
    { words: "-dL", fields: { action: "listings" }, because: "lists need no file" },
    {
      words: "-dbx -f a",
      fields: {
        mode: "foreground",
        warnings: ['-dbx is taken for -db: "x" behind it says nothing.'],
      },
      because: "HAProxy does not look at what is behind an option",
    },
    { words: "-vx", fields: { action: "version" }, because: "the version is told all the same" },
    { words: "-v", fields: { action: "version" }, because: "it needs no file" },
    { words: "-vv", fields: { action: "build" }, because: "it is not two -v" },
    { words: "-D -f a", fields: { mode: "daemon" }, because: "-D asks for the background" },
    { words: "-D -db -f a", fields: { mode: "foreground" }, because: "-db has the last word" },
    {
      words: "-d -f a",
      fields: { mode: "foreground", isDebug: true },
      because: "-d stays in front",
    },
    {
      words: "-dM -dI -dW -f a",
      fields: { warningsAreFatal: true },
      because: "test runners pass them",
    },
    { words: "-dM0x50 -f a", fields: { files: ["a"] }, because: "the byte is part of the word" },
    {
      words: "-n 10 -N 20 -m 30 -f a",
      fields: { connectionsMax: 10, proxyConnectionsMax: 20, memoryMegabytes: 30 },
      because: "limits are numbers",
    },
    {
      words: "-f a -sf 12 34",
      fields: { oldProcesses: [12, 34], terminatesOld: false },
      because: "many processes may be replaced",
    },
    {
      words: "-st 12 -f a",
      fields: { oldProcesses: [12], terminatesOld: true, files: ["a"] },
      because: "the next option ends the list",
    },
    {
      words: "-f a -sf",
      fields: { oldProcesses: [] },
      because: "a first start has nothing to replace",
    },
    {
      words: "-C d -p f -L me -f a",
      fields: { directory: "d", pidFile: "f", localPeer: "me" },
      because: "texts are kept",
    },
  ])("reads $words: $because", ({ words, fields }) => {
    expect(parsed(words)).toMatchObject(fields as Partial<CommandLine>);
  });

  test.each([
    {
      words: "",
      message: "No configuration file: write -f FILE",
      because: "there is nothing to do",
    },
    { words: "-c", message: "No configuration file: write -f FILE", because: "nothing to check" },
    { words: "-Z", message: 'Unknown option "-Z"', because: "the option does not exist" },
    {
      words: "a.cfg",
      message: 'Unexpected word "a.cfg": write -f a.cfg to read it as a file',
      because: "a file needs -f",
    },
    { words: "-f", message: "-f expects <file|directory>", because: "the argument is missing" },
    { words: "-f -c", message: "-f expects <file|directory>", because: "an option is no file" },
    {
      words: "-n x -f a",
      message: '-n: expects a number, but got "x"',
      because: "it is no number",
    },
    {
      words: "-sf x",
      message: '-sf: expects process numbers, but got "x"',
      because: "it is no process",
    },
    {
      words: "-dC -f a",
      message: "-dC: printing the configuration is not built yet in Sluice",
      because: "nothing is ignored",
    },
    { words: "-n5 -f a", message: 'Unknown option "-n5"', because: "the number stands apart" },
    { words: "-ccx 1", message: 'Unknown option "-ccx"', because: "the condition stands apart" },
    {
      words: "-dMtag,zz -f a",
      message: '-dMtag,zz: unknown option "zz"; -dMhelp lists them',
      because: "a slip of the pen is told",
    },
  ])("refuses $words: $because", ({ words, message }) => {
    expect(refused(words).message).toBe(message);
  });
});
