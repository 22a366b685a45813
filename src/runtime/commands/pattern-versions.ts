import { type Answer, inform, refuse } from "../command.ts";
import type { CommandCall } from "../command-call.ts";
import { definePatternCommand } from "../define-pattern-command.ts";
import {
  findPatterns,
  type PatternKind,
  splitVersion,
  titleOf,
  unknownPatterns,
} from "../find-patterns.ts";

/** Takes everything out of an ACL, or out of a version of it. */
export const clearAcl = definePatternCommand("acl", {
  name: "clear acl",
  usage: "clear acl [@<ver>] <acl>",
  summary: "clear the contents of this acl",
  run: clear,
});

/** Takes everything out of a map, or out of a version of it. */
export const clearMap = definePatternCommand("map", {
  name: "clear map",
  usage: "clear map [@<ver>] <map>",
  summary: "clear the contents of this map",
  run: clear,
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
export const prepareAcl = definePatternCommand("acl", {
  name: "prepare acl",
  usage: "prepare acl <acl>",
  summary: "prepare a new version for atomic ACL replacement",
  run: prepare,
});

/** Opens a new version of a map. */
export const prepareMap = definePatternCommand("map", {
  name: "prepare map",
  usage: "prepare map <acl>",
  summary: "prepare a new version for atomic map replacement",
  run: prepare,
});

function prepare(call: CommandCall, kind: PatternKind): Answer {
  const reference = findPatterns(call, call.words[0], kind);
  if (reference === undefined) return unknownPatterns(kind);
  return inform(`New version created: ${reference.prepare()}`);
}

/** Puts a version of an ACL in the place of the current one. */
export const commitAcl = definePatternCommand("acl", {
  name: "commit acl",
  usage: "commit acl @<ver> <acl>",
  summary: "commit the ACL at this version",
  run: commit,
});

/** Puts a version of a map in the place of the current one. */
export const commitMap = definePatternCommand("map", {
  name: "commit map",
  usage: "commit map @<ver> <map>",
  summary: "commit the map at this version",
  run: commit,
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
