import { describe, expect, test } from "bun:test";
import { type Args, REFUSED, type Values } from "../config/arg.ts";
import { Diagnostics } from "../config/diagnostics.ts";
import { SectionDraft } from "../config/draft.ts";
import type { Keyword } from "../config/keyword.ts";
import { madeWord } from "../config/word.ts";
import { WordReader } from "../config/word-reader.ts";
import { statsMaxconn, statsTimeout } from "./keywords/stats-limits.ts";
import { statsSocket } from "./keywords/stats-socket.ts";
import { RUNTIME } from "./runtime-part.ts";

const KEYWORDS = [statsSocket, statsTimeout, statsMaxconn] as unknown as Keyword[];

function read(line: string) {
  const diagnostics = new Diagnostics();
  const draft = new SectionDraft("global", madeWord(""), madeWord("global"));
  const keyword = KEYWORDS.find(({ name }) => line.startsWith(name))!;
  const rest = line.slice(keyword.name.length).trim();
  const words = rest === "" ? [] : rest.split(" ").map((word) => madeWord(word));
  const at = madeWord(keyword.name);
  const reader = new WordReader(words, 0, at, keyword.name);
  const values = keyword.args.map((arg) => arg.read(reader, diagnostics));
  if (!values.includes(REFUSED)) keyword.apply(draft, values as Values<Args>, at, diagnostics);
  return { part: draft.part(RUNTIME), messages: diagnostics.list.map(({ message }) => message) };
}

describe("stats socket", () => {
  test.each([
    {
      line: "stats socket /run/a.sock",
      socket: "unix@/run/a.sock 2 -1 -1 -1",
      because: "operators may connect unless said",
    },
    {
      line: "stats socket /run/a.sock level admin mode 600",
      socket: "unix@/run/a.sock 3 384 -1 -1",
      because: "modes are octal",
    },
    {
      line: "stats socket unix@/run/a.sock user root group root level user",
      socket: "unix@/run/a.sock 1 -1 0 0",
      because: "owners are found by name",
    },
    {
      line: "stats socket 127.0.0.1:9999 uid 5 gid 6",
      socket: "127.0.0.1:9999 2 -1 5 6",
      because: "owners may be numbers",
    },
    {
      line: "stats socket fd@7 level admin",
      socket: "fd 7 3 -1 -1 -1",
      because: "a descriptor listens already",
    },
  ])("$line: $because", ({ line, socket }) => {
    const { part, messages } = read(line);
    expect(messages).toEqual([]);
    const { endpoint, level, mode, userId, groupId } = part.sockets[0]!;
    const place = endpoint.kind === "address" ? endpoint.address.toString() : `fd ${endpoint.fd}`;
    expect([place, level, mode, userId, groupId].join(" ")).toBe(socket);
  });

  test.each([
    {
      line: "stats socket",
      message: "'stats socket' in global section expects an address or a path to a UNIX socket",
    },
    {
      line: "stats socket /a level foo",
      message:
        "'stats socket' : ''level' only supports 'user', 'operator', and 'admin' (got 'foo')'",
    },
    {
      line: "stats socket /a mode 9x9",
      message: "'stats socket' : ''mode' : missing or invalid mode '9x9' (octal integer expected)'",
    },
    {
      line: "stats socket /a user no_such_user",
      message: "'stats socket' : ''user' : unknown user name 'no_such_user''",
    },
    { line: "stats socket /a foo", message: "'stats socket' : unknown keyword 'foo'." },
    { line: "stats socket /a level", message: "'stats socket' : ''level' : missing value'" },
    {
      line: "stats socket 127.0.0.1",
      message: "'stats socket' : missing port specification in '127.0.0.1'",
    },
    {
      line: "stats socket /a expose-fd nothing",
      message: "'stats socket' : ''expose-fd' only supports 'listeners''",
    },
    {
      line: "stats socket /a severity-output loud",
      message:
        "'stats socket' : ''severity-output' only supports 'none', 'number', and 'string' (got 'loud')'",
    },
    {
      line: "stats socket /a maxconn 0",
      message: "'stats socket' : ''maxconn' : expects a number from 1 to 1000000, but got '0''",
    },
    {
      line: "stats socket /a process 1",
      message: "'stats socket' : 'process' has no effect: one process serves the socket.",
    },
  ])("$line earns a message", ({ line, message }) => {
    expect(read(line).messages).toEqual([message]);
  });
});

test("stats timeout and stats maxconn bound sessions", () => {
  expect(read("stats timeout 5s").part.timeoutMs).toBe(5000);
  expect(read("stats maxconn 3").part.connectionsMax).toBe(3);
  expect(read("stats maxconn 0").messages).toHaveLength(1);
  expect(read("stats timeout 0").messages).toHaveLength(1);
});
