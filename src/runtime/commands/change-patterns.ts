import type { PatternReference } from "../../policy/patterns/reference.ts";
import { type Answer, defineCommand, refuse } from "../command.ts";
import type { CommandCall } from "../command-call.ts";
import { definePatternCommand } from "../define-pattern-command.ts";
import {
  findPatterns,
  type PatternKind,
  splitVersion,
  titleOf,
  unknownPatterns,
} from "../find-patterns.ts";

const source = "HAProxy management guide, section 9.3";

const ADD_MAP_USAGE =
  "'add map' expects three parameters (map identifier, key and value) or one parameter (map identifier) and a payload";

/** Adds a pattern to an ACL. */
export const addAcl = defineCommand({
  name: "add acl",
  usage: "add acl [@<ver>] <acl> <pattern>",
  summary: "add an acl entry",
  source,
  level: "user",
  run(call) {
    const { version, rest } = splitVersion(call.words);
    const [name, pattern] = rest;
    if (name === undefined || pattern === undefined) {
      return refuse("'add acl' expects two parameters: ACL identifier and pattern.");
    }
    const reference = call.context.patterns.find(name);
    if (reference === undefined) return unknownPatterns("acl");
    if (reference.isMap) {
      return refuse(
        "This ACL is shared with a map containing samples. You must use the command 'add map' to add values.",
      );
    }
    return add(reference, pattern, "", version, "acl");
  },
});

/** Adds a key with its value to a map, or as many as its payload has lines. */
export const addMap = defineCommand({
  name: "add map",
  usage: "add map [@<ver>] <map> <key> <val>",
  summary: "add a map entry (payload supported instead of key/val)",
  source,
  level: "user",
  run(call) {
    const { version, rest } = splitVersion(call.words);
    const [name, key, value] = rest;
    const hasPair = key !== undefined && value !== undefined;
    if (name === undefined || (call.payload === "" && !hasPair)) return refuse(ADD_MAP_USAGE);
    const reference = call.context.patterns.find(name);
    if (reference === undefined) return unknownPatterns("map");
    if (call.payload === "") return add(reference, key!, value!, version, "map");
    for (const line of call.payload.split("\n")) {
      if (line === "") continue;
      const [, lineKey, lineValue] = /^([^ \t]*)[ \t]*(.*)$/.exec(line)!;
      if (lineValue === "") return refuse(`Missing value for key '${lineKey}'.`);
      const refusal = add(reference, lineKey!, lineValue!, version, "map");
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  },
});

function add(
  reference: PatternReference,
  pattern: string,
  value: string,
  asked: number,
  kind: PatternKind,
): Answer {
  const version = asked === -1 ? reference.currentVersion : asked;
  if (version > reference.nextVersion) {
    return refuse(`Version number in the future, please use 'prepare ${kind}' before.`);
  }
  const error = reference.add(pattern, value, 0, version);
  return error === undefined ? undefined : refuse(`${error.message}.`);
}

/** Takes a pattern out of an ACL. */
export const delAcl = definePatternCommand("acl", {
  name: "del acl",
  usage: "del acl <acl> [<key>|#<ref>]",
  summary: "delete acl entries matching <key>",
  run: remove,
});

/** Takes a key out of a map. */
export const delMap = definePatternCommand("map", {
  name: "del map",
  usage: "del map <map> [<key>|#<ref>]",
  summary: "delete map entries matching <key>",
  run: remove,
});

function remove(call: CommandCall, kind: PatternKind): Answer {
  const [name, key] = call.words;
  if (name === undefined || key === undefined) {
    return refuse(`This command expects two parameters: ${titleOf(kind)} identifier and key.`);
  }
  const reference = findPatterns(call, name, kind);
  // The reference says "map" of both.
  if (reference === undefined) return unknownPatterns("map");
  const isGone = key.startsWith("#")
    ? reference.removeEntry(identityOf(key))
    : reference.remove(key) > 0;
  return isGone ? undefined : refuse("Key not found.");
}

/** The number behind `#`, in hexadecimal digits; -1 where there is none. */
function identityOf(text: string): number {
  const digits = /^#(?:0x)?([0-9a-f]{1,12})$/i.exec(text)?.[1];
  return digits === undefined ? -1 : Number.parseInt(digits, 16);
}

/** Changes the value of a key. */
export const setMap = defineCommand({
  name: "set map",
  usage: "set map <map> [<key>|#<ref>] <value>",
  summary: "modify a map entry",
  source,
  level: "user",
  run(call) {
    const [name, key, value] = call.words;
    if (name === undefined || key === undefined || value === undefined) {
      return refuse("'set map' expects three parameters: map identifier, key and value.");
    }
    const reference = call.context.patterns.find(name);
    if (reference === undefined) return unknownPatterns("map");
    if (!key.startsWith("#")) {
      return reference.setValue(key, value) > 0 ? undefined : refuse("entry not found.");
    }
    const isThere = reference.setEntryValue(identityOf(key), value);
    return isThere ? undefined : refuse("key or pattern not found.");
  },
});
