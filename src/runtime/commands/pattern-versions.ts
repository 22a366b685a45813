import { type Answer, defineCommand, inform, refuse } from "../command.ts";
import type { CommandCall } from "../command-call.ts";
import {
  findPatterns,
  type PatternKind,
  splitVersion,
  titleOf,
  unknownPatterns,
} from "../find-patterns.ts";

const source = "HAProxy management guide, section 9.3";

/** Takes everything out of an ACL, or out of a version of it. */
export const clearAcl = defineCommand({
  name: "clear acl",
  usage: "clear acl [@<ver>] <acl>",
  summary: "clear the contents of this acl",
  source,
  level: "user",
  run: (call) => clear(call, "acl"),
});

/** Takes everything out of a map, or out of a version of it. */
export const clearMap = defineCommand({
  name: "clear map",
  usage: "clear map [@<ver>] <map>",
  summary: "clear the contents of this map",
  source,
  level: "user",
  run: (call) => clear(call, "map"),
});

function clear(call: CommandCall, kind: PatternKind): Answer {
  const { version, rest } = splitVersion(call.words);
  if (rest[0] === undefined) return refuse(`Missing ${titleOf(kind)} identifier.`);
  const reference = findPatterns(call, rest[0], kind);
  if (reference === undefined) return unknownPatterns(kind);
  reference.clear(version === -1 ? reference.currentVersion : version);
  return undefined;
}

/** Opens a new version of an ACL. */
export const prepareAcl = defineCommand({
  name: "prepare acl",
  usage: "prepare acl <acl>",
  summary: "prepare a new version for atomic ACL replacement",
  source,
  level: "user",
  run: (call) => prepare(call, "acl"),
});

/** Opens a new version of a map. */
export const prepareMap = defineCommand({
  name: "prepare map",
  usage: "prepare map <acl>",
  summary: "prepare a new version for atomic map replacement",
  source,
  level: "user",
  run: (call) => prepare(call, "map"),
});

function prepare(call: CommandCall, kind: PatternKind): Answer {
  const reference = findPatterns(call, call.words[0], kind);
  if (reference === undefined) return unknownPatterns(kind);
  return inform(`New version created: ${reference.prepare()}`);
}

/** Puts a version of an ACL in the place of the current one. */
export const commitAcl = defineCommand({
  name: "commit acl",
  usage: "commit acl @<ver> <acl>",
  summary: "commit the ACL at this version",
  source,
  level: "user",
  run: (call) => commit(call, "acl"),
});

/** Puts a version of a map in the place of the current one. */
export const commitMap = defineCommand({
  name: "commit map",
  usage: "commit map @<ver> <map>",
  summary: "commit the map at this version",
  source,
  level: "user",
  run: (call) => commit(call, "map"),
});

function commit(call: CommandCall, kind: PatternKind): Answer {
  const { version, rest } = splitVersion(call.words);
  if (version === -1) return refuse("Missing version number.");
  if (rest[0] === undefined) return refuse(`Missing ${titleOf(kind)} identifier.`);
  const reference = findPatterns(call, rest[0], kind);
  if (reference === undefined) return unknownPatterns(kind);
  if (!reference.canCommit(version)) return refuse("Version number out of range.");
  reference.commit(version);
  return undefined;
}
