import { rest } from "../../config/arg.ts";
import type { Diagnostics } from "../../config/diagnostics.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { nearestWord } from "../../config/nearest-word.ts";
import type { Word } from "../../config/word.ts";
import { type ListenAddress, readListenAddress } from "../../net/listen-address.ts";
import { findGroupId, findUserId } from "../../sys/privileges.ts";
import { type AccessLevel, LEVEL_NAMES } from "../level.ts";
import { RUNTIME, type RuntimeEndpoint } from "../runtime-part.ts";

/** What the options of a line settle. */
interface Options {
  level: AccessLevel;
  mode: number;
  userId: number;
  groupId: number;
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
};

/** Opens the runtime API on a socket. */
export const statsSocket = defineKeyword({
  name: "stats socket",
  sections: ["global"],
  summary: "Serves the runtime API on a unix socket, an address or an inherited descriptor",
  source: "HAProxy configuration manual, section 3.1",
  args: [rest("address and options")],
  apply(draft, [words], at, diagnostics) {
    const [address, ...rest] = words;
    if (address === undefined) {
      diagnostics.error(
        at,
        "'stats socket' in global section expects an address or a path to a UNIX socket",
        "Write it as: stats socket /run/sluice.sock level admin mode 660",
      );
      return;
    }
    const options: Options = { level: 2, mode: -1, userId: -1, groupId: -1 };
    readOptions(rest, options, diagnostics);
    for (const text of address.text.split(",")) {
      const read = readListenAddress(text);
      if ("problem" in read) {
        diagnostics.error(address, `'stats socket' : ${read.problem}`, read.hint);
        continue;
      }
      for (const listen of read) {
        const endpoint = endpointOf(listen);
        draft.part(RUNTIME).sockets.push({ at: address, text, endpoint, ...options });
      }
    }
  },
});

function endpointOf({ address, inheritedFd }: ListenAddress): RuntimeEndpoint {
  if (inheritedFd === -1) return { kind: "address", address };
  return { kind: "descriptor", fd: inheritedFd };
}

function readOptions(words: readonly Word[], options: Options, diagnostics: Diagnostics): void {
  for (let index = 0; index < words.length; index += 2) {
    const word = words[index]!;
    const name = word.text;
    const value = words[index + 1];
    if (name === "expose-fd" && value?.text === "listeners") {
      const hint = "Remove the two words until it is";
      diagnostics.warn(word, "'stats socket' : 'expose-fd listeners' is not built yet", hint);
      continue;
    }
    const read = OPTIONS[name];
    if (read === undefined) {
      const near = nearestWord(name, Object.keys(OPTIONS));
      const hint = near === undefined ? undefined : `Did you mean "${near}"?`;
      diagnostics.error(word, `'stats socket' : unknown keyword '${name}'.`, hint);
      return;
    }
    const refusal = value === undefined ? `'${name}' : missing value` : read(value.text, options);
    if (refusal !== undefined) diagnostics.error(value ?? word, `'stats socket' : '${refusal}'`);
  }
}
