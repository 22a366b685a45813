import { readFileSync } from "node:fs";
import { nearestWord } from "../config/nearest-word.ts";
import { readListenAddress } from "../net/listen-address.ts";
import { VariableNames } from "../policy/variables.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import { composeRequest, composeResponse } from "./compose.ts";
import {
  ASSUMED_STATES,
  type AssumedState,
  CLIENT_PORT,
  type Question,
  type ServerAssumption,
} from "./question.ts";

/** What the words behind `explain` say. */
export interface ExplainArguments {
  readonly files: readonly string[];
  /** `-C`; "" without one. */
  readonly directory: string;
  readonly isJson: boolean;
  readonly question: Question;
}

/** An option of `sluice explain`; the parser and the help read the same rows. */
export interface ExplainOption {
  readonly name: string;
  readonly argument: string;
  readonly summary: string;
}

/** Every option, in the order of the help. */
export const EXPLAIN_OPTIONS: readonly ExplainOption[] = [
  { name: "-f", argument: "FILE", summary: "the configuration; may be given often" },
  { name: "-C", argument: "DIRECTORY", summary: "goes there before reading anything" },
  {
    name: "--request",
    argument: "LINE|@FILE",
    summary: "'GET /x HTTP/1.1', '/x', or a whole request in a file",
  },
  { name: "-H", argument: "'NAME: VALUE'", summary: "a field of the request; may be given often" },
  {
    name: "--method",
    argument: "METHOD",
    summary: "the method, where the request line names none",
  },
  {
    name: "--body",
    argument: "TEXT|@FILE",
    summary: "the body of the request, with its content-length",
  },
  {
    name: "--payload",
    argument: "TEXT|hex:..|@FILE",
    summary: "what the client sends to a TCP frontend",
  },
  {
    name: "--src",
    argument: "ADDRESS[:PORT]",
    summary: "the client; 127.0.0.1:50000 unless given",
  },
  {
    name: "--dst",
    argument: "ADDRESS:PORT",
    summary: "where it connects to, which chooses the frontend",
  },
  { name: "--frontend", argument: "NAME", summary: "the frontend that it comes to" },
  {
    name: "--server",
    argument: "BACKEND/NAME=STATE",
    summary: "up, down, drain, maint, refused, connections=N, weight=N",
  },
  {
    name: "--value",
    argument: "FETCH=VALUE",
    summary: "what a fetch gives, such as 'be_conn(app)=90'",
  },
  {
    name: "--set-var",
    argument: "NAME=VALUE",
    summary: "a variable that is set from the start, such as txn.user=jo",
  },
  {
    name: "--response",
    argument: "LINE|@FILE",
    summary: "what the server answers; in TCP mode its bytes",
  },
  {
    name: "--response-header",
    argument: "'NAME: VALUE'",
    summary: "a field of the response; may be given often",
  },
  { name: "--response-body", argument: "TEXT|@FILE", summary: "the body of the response" },
  { name: "--json", argument: "", summary: "prints all of it as JSON" },
  { name: "--help", argument: "", summary: "prints this" },
];

/** Options as they were given; repeated ones keep all their values. */
class Given {
  readonly #values = new Map<string, string[]>();

  add(name: string, value: string): void {
    const same = this.#values.get(name);
    if (same === undefined) this.#values.set(name, [value]);
    else same.push(value);
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  last(name: string): string | undefined {
    return this.all(name).at(-1);
  }
}

/**
 * Reads the words behind `explain`.
 *
 * @returns What they say, or everything that is wrong with them.
 */
export function readArguments(words: readonly string[]): ExplainArguments | string[] {
  const problems: string[] = [];
  const given = collect(words, problems);
  const complain = (text: string | undefined) => {
    if (text !== undefined) problems.push(text);
  };
  const files = given.all("-f");
  if (files.length === 0) complain("no configuration is given: add -f FILE");
  const question: Question = {
    frontend: given.last("--frontend") ?? "",
    source: addressOf(given, "--src", complain),
    destination: addressOf(given, "--dst", complain),
    request: requestOf(given, complain),
    payload: bytesOf(given.last("--payload"), "--payload", complain),
    response: responseOf(given, complain),
    servers: given.all("--server").flatMap((text) => serverOf(text, complain)),
    values: pairsOf(given, "--value", complain),
    variables: variablesOf(given, complain),
  };
  if (question.request === null && question.payload === null && problems.length === 0) {
    complain("nothing is asked: add --request 'GET / HTTP/1.1', or --payload for TCP");
  }
  if (problems.length > 0) return problems;
  const directory = given.last("-C") ?? "";
  return { files, directory, isJson: given.last("--json") !== undefined, question };
}

type Complain = (text: string | undefined) => void;

function collect(words: readonly string[], problems: string[]): Given {
  const given = new Given();
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    const equals = word.startsWith("--") ? word.indexOf("=") : -1;
    const name = equals === -1 ? word : word.slice(0, equals);
    const option = EXPLAIN_OPTIONS.find((each) => each.name === name);
    if (option === undefined) {
      problems.push(unknown(name));
      continue;
    }
    if (option.argument === "") {
      given.add(name, "");
      continue;
    }
    const value = equals === -1 ? words[++index] : word.slice(equals + 1);
    if (value === undefined) problems.push(`${name} expects ${option.argument}`);
    else given.add(name, value);
  }
  return given;
}

function unknown(name: string): string {
  const near = nearestWord(
    name,
    EXPLAIN_OPTIONS.map((option) => option.name),
  );
  const guess = near === undefined ? "" : `; did you mean "${near}"?`;
  return name.startsWith("-")
    ? `there is no option "${name}"${guess}`
    : `"${name}" belongs to no option${guess}`;
}

/** The bytes of an argument: as typed, in hexadecimal digits, or from a file. */
function bytesOf(typed: string | undefined, name: string, complain: Complain): Uint8Array | null {
  if (typed === undefined) return null;
  if (typed.startsWith("@")) {
    try {
      return new Uint8Array(readFileSync(typed.slice(1)));
    } catch (error) {
      complain(`${name}: cannot read ${typed.slice(1)} (${(error as { code?: string }).code})`);
      return null;
    }
  }
  if (!typed.startsWith("hex:")) return new Uint8Array(Buffer.from(typed));
  const digits = typed.slice(4).replace(/[\s:]/g, "");
  if (digits.length % 2 === 1 || !/^[0-9a-fA-F]*$/.test(digits)) {
    complain(`${name}: "${typed.slice(4)}" is no even number of hexadecimal digits`);
    return null;
  }
  return new Uint8Array(Buffer.from(digits, "hex"));
}

function requestOf(given: Given, complain: Complain): Uint8Array | null {
  const line = given.last("--request");
  const fields = given.all("-H");
  const method = given.last("--method");
  const body = bytesOf(given.last("--body"), "--body", complain);
  if (line === undefined) {
    const extras = [fields[0] && "-H", method && "--method", body && "--body"].filter(Boolean);
    if (extras.length > 0) complain(`${extras.join(" and ")} need --request`);
    return null;
  }
  if (line.startsWith("@")) return bytesOf(line, "--request", complain);
  const made = composeRequest({ line, method, fields, body });
  if (typeof made !== "string") return made;
  complain(made);
  return null;
}

function responseOf(given: Given, complain: Complain): Uint8Array | null {
  const line = given.last("--response");
  const fields = given.all("--response-header");
  const body = bytesOf(given.last("--response-body"), "--response-body", complain);
  if (line === undefined && fields.length === 0 && body === null) return null;
  if (line?.startsWith("@") || line?.startsWith("hex:")) {
    return bytesOf(line, "--response", complain);
  }
  const made = composeResponse({ line: line ?? "HTTP/1.1 200 OK", fields, body });
  if (typeof made !== "string") return made;
  complain(made);
  return null;
}

function addressOf(given: Given, name: string, complain: Complain): SocketAddress | undefined {
  const typed = given.last(name);
  if (typed === undefined) return undefined;
  const bare = SocketAddress.fromHost(typed.replace(/^\[(.*)\]$/, "$1"), CLIENT_PORT);
  if (bare !== undefined && name === "--src") return bare;
  if (bare !== undefined) {
    complain(`${name} ${typed}: a port is missing, as in ${typed}:80`);
    return undefined;
  }
  const read = readListenAddress(typed);
  if ("problem" in read || read[0]?.inheritedFd !== -1) {
    complain(`${name} ${typed}: expects an address with a port, or the path of a unix socket`);
    return undefined;
  }
  return read[0].address;
}

function pairsOf(given: Given, name: string, complain: Complain): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const typed of given.all(name)) {
    const at = endOfName(typed);
    if (at <= 0) complain(`${name} ${typed}: expects NAME=VALUE`);
    else {
      const value = Buffer.from(typed.slice(at + 1)).toString("latin1");
      pairs.set(typed.slice(0, at), value);
    }
  }
  return pairs;
}

/** Where the equals sign behind a name stands: a fetch's own arguments may hold others. */
function endOfName(typed: string): number {
  const first = typed.indexOf("=");
  const hasArguments = typed.slice(0, Math.max(0, first)).includes("(");
  return hasArguments ? typed.indexOf(")=") + 1 : first;
}

function variablesOf(given: Given, complain: Complain): Map<string, string> {
  const names = new VariableNames();
  const pairs = pairsOf(given, "--set-var", complain);
  for (const text of pairs.keys()) {
    const name = names.name(text);
    if (typeof name === "string") complain(`--set-var ${text}: ${name}`);
  }
  return pairs;
}

function serverOf(typed: string, complain: Complain): ServerAssumption[] {
  const at = typed.indexOf("=");
  const path = typed.slice(0, at);
  if (at === -1 || !/^[^/]+\/[^/]+$/.test(path)) {
    complain(`--server ${typed}: expects BACKEND/NAME=STATE, such as app/web1=down`);
    return [];
  }
  let state: AssumedState | undefined;
  let connections = -1;
  let weight = -1;
  for (const word of typed.slice(at + 1).split(",")) {
    const number = /^(connections|weight)=(\d{1,9})$/.exec(word);
    if (number?.[1] === "connections") connections = Number(number[2]);
    else if (number !== null && Number(number[2]) <= 256) weight = Number(number[2]);
    else if (ASSUMED_STATES.includes(word as AssumedState)) state = word as AssumedState;
    else {
      const known = [...ASSUMED_STATES, "connections=N", "weight=0..256"].join(", ");
      complain(`--server ${path}: "${word}" is none of ${known}`);
      return [];
    }
  }
  return [{ path, state, connections, weight }];
}
