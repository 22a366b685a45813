import { describe, expect, test } from "bun:test";
import { Diagnostics } from "../config/diagnostics.ts";
import { readSources } from "../config/read-config.ts";
import * as externalKeywords from "./keywords/external-check.ts";
import * as httpKeywords from "./keywords/http-check.ts";
import { optionHttpchk } from "./keywords/httpchk.ts";
import * as protocolKeywords from "./keywords/protocol-checks.ts";
import * as tcpKeywords from "./keywords/tcp-check.ts";
import { HTTP_RULES, TCP_RULES } from "./rules-part.ts";

function read(...lines: string[]) {
  const diagnostics = new Diagnostics();
  const language = {
    keywords: [
      ...Object.values(tcpKeywords),
      ...Object.values(httpKeywords),
      ...Object.values(protocolKeywords),
      ...Object.values(externalKeywords),
      optionHttpchk,
    ],
    serverOptions: [],
    bindOptions: [],
  };
  const config = readSources(
    [{ path: "t.cfg", lines, isWhole: true }],
    { language, variables: {} },
    diagnostics,
  );
  const messages = diagnostics.list
    .filter(({ at }) => at !== undefined)
    .map(({ at, message }) => `${at!.line}: ${message}`);
  return { config, messages };
}

/** What is said of one line of a section that has the options of both scripts. */
function complaintAbout(line: string): string {
  const option = line.startsWith("http-check") ? "option httpchk" : "option tcp-check";
  return read("backend b", option, line).messages.join(" | ");
}

describe("rules of checks", () => {
  test.each([
    { line: "tcp-check", says: "but got ''" },
    { line: "tcp-check foo", says: "'tcp-check' only supports" },
    { line: "tcp-check set-var(check.a) int(1)", says: "variables are not built yet" },
    { line: "tcp-check send", says: "expects the data to send as argument" },
    { line: "tcp-check send a b", says: "expects 'comment' but got 'b' as argument" },
    { line: "tcp-check send a comment", says: "'comment' expects a string as argument" },
    { line: "tcp-check send-binary 1", says: "an even number of hex digit is expected" },
    { line: "tcp-check send-binary zz", says: "an hex digit is expected (found 'z')" },
    { line: "tcp-check send-lf %zz", says: "no such format variable 'zz'" },
    { line: "tcp-check send-lf %[int(1)]", says: "sample expressions are not built yet" },
    { line: "tcp-check comment", says: "expects a string as argument" },
    { line: "tcp-check comment a b", says: "unexpected argument 'b'" },
    { line: "tcp-check connect foo", says: "but got 'foo' as argument" },
    { line: "tcp-check connect port 70000", says: "expects a valid TCP port" },
    { line: "tcp-check connect port", says: "'port' expects a port number as argument" },
    { line: "tcp-check connect ssl", says: "TLS is not built yet" },
    { line: "tcp-check connect proto h1", says: "invalid MUX protocol 'h1' for tcp-check" },
    { line: "tcp-check connect proto foo", says: "unknown MUX protocol 'foo'" },
    { line: "tcp-check expect", says: "expects at least a matching pattern as arguments" },
    { line: "tcp-check expect foo", says: "but got 'foo' as argument" },
    { line: "tcp-check expect string", says: "'string' expects a <pattern> as argument" },
    { line: "tcp-check expect !", says: "but got '' as argument" },
    { line: "tcp-check expect rstring (", says: "error=missing closing parenthesis, erroffset=1" },
    { line: "tcp-check expect min-recv -2 string a", says: "expects -1 or an integer" },
    { line: "tcp-check expect ok-status L7STS string a", says: "'ok-status' only supports" },
    { line: "tcp-check expect error-status L7OK string a", says: "'error-status' only supports" },
    { line: "tcp-check expect tout-status L7OK string a", says: "'tout-status' only supports" },
    { line: "tcp-check expect string a string b", says: "only on pattern expected" },
    { line: "tcp-check expect status 200", says: "but got 'status' as argument" },
    { line: "tcp-check expect status-code int(1) string a", says: "not built yet" },
    { line: "http-check foo", says: "'http-check' only supports" },
    { line: "http-check send foo", says: "but got 'foo' as argument" },
    { line: "http-check send ver FOO", says: "'FOO' is not a version of HTTP" },
    { line: "http-check send hdr a", says: "'hdr' expects <name> and <value> as arguments" },
    { line: "http-check send hdr a:b c", says: "'a:b' is not the name of a header" },
    { line: "http-check send uri a\\ b", says: "is not a uri" },
    { line: "http-check expect status a", says: "invalid character 'a' in the list" },
    { line: "http-check expect status 300-200", says: "invalid range of status codes '300-200'" },
    { line: "http-check expect status ,", says: "at least one status code" },
    { line: "http-check expect hdr foo", says: "'hdr' expects at the name keyword" },
    { line: "http-check expect hdr name -m foo a", says: "'-m' only supports" },
    { line: "http-check expect hdr name a value", says: "expect a pattern with the value keyword" },
    { line: "http-check expect hdr name-lf -m reg a", says: "not supported with a regex" },
    { line: "http-check connect proto h2", says: "not built yet" },
    { line: "option mysql-check foo", says: "only supports optional values: 'user' (got 'foo')" },
    { line: "option mysql-check user", says: "expects <username> as argument" },
    { line: "option mysql-check user a b", says: "only supports 'post-41' and 'pre-41'" },
    { line: "option mysql-check user a post-41 x", says: "unexpected argument 'x'" },
    { line: "option pgsql-check foo a", says: "only supports optional values: 'user'" },
    { line: "option smtpchk FOO a", says: "'FOO' is not known" },
    { line: "external-check foo", says: "only supports 'command' and 'path'" },
    { line: "external-check", says: "missing argument after 'external-check'" },
  ])("$line: $says", ({ line, says }) => {
    const told = complaintAbout(line);
    expect(told).toStartWith("3: ");
    expect(told).toContain(says);
  });

  test.each([
    {
      lines: ["option tcp-check", "tcp-check send A", "tcp-check connect"],
      says: "first step MUST also be a 'connect'",
    },
    {
      lines: ["option httpchk", "http-check send uri /a", "http-check send uri /b"],
      says: "unable to add http-check send rule at step 2 (missing connect rule)",
    },
    {
      lines: ["option httpchk", "http-check connect", "http-check expect status 200"],
      says: "unable to add http-check expect rule at step 2 (missing send rule)",
    },
    { lines: ["tcp-check send A"], says: "uses tcp-check rules without 'option tcp-check'" },
    { lines: ["http-check send uri /"], says: "uses http-check rules without 'option httpchk'" },
    {
      lines: ["option redis-check", "http-check send-state"],
      says: "'send-state' will be ignored for backend 'b' (requires 'option httpchk')",
    },
    {
      lines: ["external-check command /bin/true"],
      says: "'external-check command' will be ignored for backend 'b'",
    },
  ])("$lines: $says", ({ lines, says }) => {
    const { messages } = read("backend b", ...lines);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain(says);
  });

  test("a section inherits the rules of its defaults until it has its own", () => {
    const { config, messages } = read(
      "defaults",
      "option httpchk",
      "http-check send uri /a",
      "http-check expect status 200",
      "option tcp-check",
      "tcp-check send A",
      "backend heir",
      "backend own",
      "tcp-check connect",
    );
    expect(messages).toEqual([]);
    const [heir, own] = config.proxies;
    expect(heir!.part(HTTP_RULES).rules).toHaveLength(2);
    expect(heir!.part(TCP_RULES).rules).toHaveLength(1);
    expect(own!.part(TCP_RULES).rules.map(({ rule }) => rule.kind)).toEqual([0]);
  });
});
