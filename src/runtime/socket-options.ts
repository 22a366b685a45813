import type { Diagnostics } from "../config/diagnostics.ts";
import { nearestWord } from "../config/nearest-word.ts";
import type { Word } from "../config/word.ts";
import { type ListenAddress, readListenAddress } from "../net/listen-address.ts";
import { findGroupId, findUserId } from "../sys/privileges.ts";
import { type AccessLevel, LEVEL_NAMES } from "./level.ts";
import type { RuntimeEndpoint, RuntimeSocketDraft } from "./runtime-part.ts";
import { SeverityOutput } from "./severity-output.ts";

/** Clients that wait in the kernel's queue unless the line says otherwise. */
const BACKLOG = 10;

/** What the options of a line settle. */
interface Options {
  level: AccessLevel;
  mode: number;
  userId: number;
  groupId: number;
  exposesListeners: boolean;
  severityOutput: SeverityOutput;
  connectionsMax: number;
  backlog: number;
}

const NUMBER_MAX = 1_000_000;

/** Reads a number of at least 1. */
function count(name: string, store: (options: Options, value: number) => void): ReadOption {
  return (value, options) => {
    if (!/^\d{1,7}$/.test(value) || Number(value) < 1 || Number(value) > NUMBER_MAX) {
      return `'${name}' : expects a number from 1 to ${NUMBER_MAX}, but got '${value}'`;
    }
    store(options, Number(value));
    return undefined;
  };
}

/** Reads an option's value into the options, or says what is wrong with it. */
type ReadOption = (value: string, options: Options) => string | undefined;

const OPTIONS: Readonly<Record<string, ReadOption>> = {
  level(value, options) {
    const index = (LEVEL_NAMES as readonly string[]).indexOf(value);
    if (index === -1) {
      return `'level' only supports 'user', 'operator', and 'admin' (got '${value}')`;
    }
    options.level = (index + 1) as AccessLevel;
    return undefined;
  },
  mode(value, options) {
    if (!/^[0-7]{1,4}$/.test(value)) {
      return `'mode' : missing or invalid mode '${value}' (octal integer expected)`;
    }
    options.mode = Number.parseInt(value, 8);
    return undefined;
  },
  uid(value, options) {
    if (!/^\d+$/.test(value)) return `'uid' : expects a number, but got '${value}'`;
    options.userId = Number(value);
    return undefined;
  },
  gid(value, options) {
    if (!/^\d+$/.test(value)) return `'gid' : expects a number, but got '${value}'`;
    options.groupId = Number(value);
    return undefined;
  },
  user(value, options) {
    const id = findUserId(value);
    if (id === -1) return `'user' : unknown user name '${value}'`;
    options.userId = id;
    return undefined;
  },
  group(value, options) {
    const id = findGroupId(value);
    if (id === -1) return `'group' : unknown group name '${value}'`;
    options.groupId = id;
    return undefined;
  },
  "expose-fd"(value, options) {
    if (value !== "listeners") return "'expose-fd' only supports 'listeners'";
    options.exposesListeners = true;
    return undefined;
  },
  "severity-output"(value, options) {
    const kinds: readonly string[] = Object.values(SeverityOutput);
    if (!kinds.includes(value)) {
      return `'severity-output' only supports 'none', 'number', and 'string' (got '${value}')`;
    }
    options.severityOutput = value as SeverityOutput;
    return undefined;
  },
  maxconn: count("maxconn", (options, value) => {
    options.connectionsMax = value;
  }),
  backlog: count("backlog", (options, value) => {
    options.backlog = value;
  }),
};

/**
 * Reads the addresses and options of sockets that a runtime API is served on.
 *
 * @param what - What the operator wrote them behind: `stats socket`, or the option `-S`.
 */
export function readRuntimeSockets(
  what: string,
  address: Word,
  words: readonly Word[],
  level: AccessLevel,
  diagnostics: Diagnostics,
): RuntimeSocketDraft[] {
  const options: Options = {
    level,
    mode: -1,
    userId: -1,
    groupId: -1,
    exposesListeners: false,
    severityOutput: SeverityOutput.NONE,
    connectionsMax: 0,
    backlog: BACKLOG,
  };
  readOptions(what, words, options, diagnostics);
  const drafts: RuntimeSocketDraft[] = [];
  for (const text of address.text.split(",")) {
    const read = readListenAddress(text);
    if ("problem" in read) {
      diagnostics.error(address, `'${what}' : ${read.problem}`, read.hint);
      continue;
    }
    for (const listen of read) {
      drafts.push({ at: address, text, endpoint: endpointOf(listen), ...options });
    }
  }
  return drafts;
}

function endpointOf({ address, inheritedFd }: ListenAddress): RuntimeEndpoint {
  if (inheritedFd === -1) return { kind: "address", address };
  return { kind: "descriptor", fd: inheritedFd };
}

function readOptions(
  what: string,
  words: readonly Word[],
  options: Options,
  diagnostics: Diagnostics,
): void {
  for (let index = 0; index < words.length; index += 2) {
    const word = words[index]!;
    const name = word.text;
    const value = words[index + 1];
    if (name === "process" || name === "thread") {
      diagnostics.warn(
        word,
        `'${what}' : '${name}' has no effect: one process serves the socket.`,
        "Remove the two words",
      );
      continue;
    }
    const read = OPTIONS[name];
    if (read === undefined) {
      const near = nearestWord(name, Object.keys(OPTIONS));
      const hint = near === undefined ? undefined : `Did you mean "${near}"?`;
      diagnostics.error(word, `'${what}' : unknown keyword '${name}'.`, hint);
      return;
    }
    const refusal = value === undefined ? `'${name}' : missing value` : read(value.text, options);
    if (refusal !== undefined) diagnostics.error(value ?? word, `'${what}' : '${refusal}'`);
  }
}
