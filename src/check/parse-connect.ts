import { lookUpHost } from "../balance/resolve-host.ts";
import { parseServerAddress } from "../balance/server-address.ts";
import type { Word } from "../config/word.ts";
import type { SocketAddress } from "../sys/socket-address.ts";
import type { RuleReader } from "./rule-reader.ts";
import { type ConnectStep, plainConnect, type Step, StepKind } from "./steps.ts";

const OPTIONS = [
  ...["default", "port", "addr", "send-proxy", "via-socks4", "linger", "proto", "comment"],
  ...["ssl", "sni", "alpn"],
];

/** What each kind of check speaks, and what it cannot. */
const PROTOCOLS = {
  "http-check": { own: ["h1"], other: ["none"], later: ["h2", "fcgi"] },
  "tcp-check": { own: ["none"], other: ["h1", "h2", "fcgi"], later: [] },
} as const;

/** Reads what follows `connect`; undefined when it was refused. */
export function parseConnect(
  reader: RuleReader,
  ruleset: "http-check" | "tcp-check",
): ConnectStep | undefined {
  const step = { port: 0, address: null as SocketAddress | null, comment: "" };
  const flags = { usesServerOptions: false, sendsProxy: false, viaSocks: false, lingers: false };
  for (let word = reader.next(); word !== undefined; word = reader.next()) {
    switch (word.text) {
      case "default":
        flags.usesServerOptions = true;
        break;
      case "send-proxy":
        flags.sendsProxy = true;
        break;
      case "via-socks4":
        flags.viaSocks = true;
        break;
      case "linger":
        flags.lingers = true;
        break;
      case "port":
        step.port = parsePort(reader, word) ?? 0;
        break;
      case "addr":
        step.address = parseAddress(reader, word) ?? null;
        break;
      case "proto":
        parseProtocol(reader, word, ruleset);
        break;
      case "comment":
        step.comment = reader.argumentOf(word)?.text ?? "";
        break;
      default:
        refuseOption(reader, word);
    }
    if (reader.hasFailed) return undefined;
  }
  return plainConnect({ ...step, ...flags });
}

function refuseOption(reader: RuleReader, word: Word): void {
  if (["ssl", "sni", "alpn"].includes(word.text)) {
    reader.refuse(word, `'${word.text}' exists in the reference but TLS is not built yet.`);
  } else {
    const message = `expects 'comment', 'port', 'addr', 'send-proxy', 'via-socks4', 'linger', 'default' or 'proto' but got '${word.text}' as argument.`;
    reader.refuseUnknown(word, message, OPTIONS);
  }
}

function parsePort(reader: RuleReader, option: Word): number | undefined {
  const word = reader.argumentOf(option, "a port number");
  if (word === undefined) return undefined;
  if (/^[a-z]/.test(word.text)) {
    const message = `'port' : '${word.text}': sample expressions are not built yet.`;
    return reader.refuse(word, message, "write a number from 1 to 65535");
  }
  const port = /^[0-9]{1,5}$/.test(word.text) ? Number(word.text) : 0;
  if (port >= 1 && port <= 65535) return port;
  return reader.refuse(word, "expects a valid TCP port (from range 1 to 65535) as argument.");
}

function parseAddress(reader: RuleReader, option: Word): SocketAddress | undefined {
  const word = reader.argumentOf(option, "an address");
  if (word === undefined) return undefined;
  const parsed = parseServerAddress(word.text, lookUpHost);
  if (typeof parsed === "string") return reader.refuse(word, `'addr' : invalid address: ${parsed}`);
  return parsed.address;
}

function parseProtocol(
  reader: RuleReader,
  option: Word,
  ruleset: "http-check" | "tcp-check",
): undefined {
  const word = reader.argumentOf(option, "a MUX protocol");
  if (word === undefined) return undefined;
  const { own, other, later } = PROTOCOLS[ruleset];
  const is = (names: readonly string[]) => names.includes(word.text);
  if (is(own)) return undefined;
  if (is(later)) {
    return reader.refuse(word, `'proto' : checks cannot speak '${word.text}': not built yet.`);
  }
  const problem = is(other)
    ? `invalid MUX protocol '${word.text}' for ${ruleset}.`
    : `unknown MUX protocol '${word.text}'.`;
  return reader.refuse(word, `'proto' : ${problem}`);
}

/** Reports a `connect` behind other steps, where the first step does not connect. */
export function refuseLateConnect(reader: RuleReader, before: readonly Pick<Step, "kind">[]): void {
  const first = before.find(({ kind }) => kind !== StepKind.COMMENT);
  if (first === undefined || first.kind === StepKind.CONNECT) return;
  reader.refuse(
    undefined,
    "first step MUST also be a 'connect', optionally preceded by a 'set-var', an 'unset-var' or a 'comment', when there is a 'connect' step in the tcp-check ruleset.",
    'add a "connect" in front of the rules above',
  );
}
