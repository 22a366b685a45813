import { octetsOf } from "../../policy/args.ts";
import { castTo } from "../../policy/casts.ts";
import type { PatternUse } from "../../policy/patterns/pattern-use.ts";
import type { PatternReference } from "../../policy/patterns/reference.ts";
import { Sample, SampleType } from "../../policy/sample.ts";
import { type Answer, refuse } from "../command.ts";
import type { CommandCall } from "../command-call.ts";
import { definePatternCommand } from "../define-pattern-command.ts";
import {
  findPatterns,
  isOfKind,
  type PatternKind,
  splitVersion,
  titleOf,
  unknownPatterns,
} from "../find-patterns.ts";

/** Lists the ACLs, or what is in one. */
export const showAcl = definePatternCommand("acl", {
  name: "show acl",
  usage: "show acl [@<ver>] <acl>]",
  summary: "report available acls or dump an acl's contents",
  run: show,
});

/** Lists the maps, or what is in one. */
export const showMap = definePatternCommand("map", {
  name: "show map",
  usage: "show map [@ver] [map]",
  summary: "report available maps or dump a map's contents",
  run: show,
});

function show(call: CommandCall, kind: PatternKind): Answer {
  if (call.words.length === 0) return listAll(call.context.patterns.all, kind);
  const { version, rest } = splitVersion(call.words);
  const reference = findPatterns(call, rest[0], kind);
  if (reference === undefined) return unknownPatterns(kind);
  return listEntries(reference, version === -1 ? reference.currentVersion : version);
}

function* listAll(all: readonly PatternReference[], kind: PatternKind): Iterable<string> {
  yield "# id (file) description\n";
  for (const reference of all) {
    if (!isOfKind(reference, kind)) continue;
    const { id, file, description, currentVersion, nextVersion, count, uses } = reference;
    // Each entry counts once for each of the indexes that hold it.
    const entries = count * Math.max(1, uses.length);
    yield `${id} (${file}) ${description}. curr_ver=${currentVersion} next_ver=${nextVersion} entry_cnt=${entries}\n`;
  }
}

function* listEntries(reference: PatternReference, version: number): Iterable<string> {
  for (const { identity, pattern, value } of reference.entries(version)) {
    const hasValue = reference.isMap || value.text !== "";
    yield `0x${identity.toString(16)} ${pattern}${hasValue ? ` ${value.text}` : ""}\n`;
  }
}

/** Tells what of an ACL a value matches. */
export const getAcl = definePatternCommand("acl", {
  name: "get acl",
  usage: "get acl <acl> <value>",
  summary: "report the patterns matching a sample for an ACL",
  run: get,
});

/** Tells what a map gives for a value. */
export const getMap = definePatternCommand("map", {
  name: "get map",
  usage: "get map <acl> <value>",
  summary: "report the keys and values matching a sample for a map",
  run: get,
});

function get(call: CommandCall, kind: PatternKind): Answer {
  const [name, value] = call.words;
  if (name === undefined || value === undefined) {
    return refuse(`Missing ${titleOf(kind)} identifier and/or key.`);
  }
  const reference = call.context.patterns.find(name);
  if (reference === undefined) return unknownPatterns(kind);
  if (reference.uses.length === 0) return "type=found, case=sensitive, match=no\n";
  return reference.uses.map((use) => judge(reference, use, value, kind)).join("");
}

const sample = new Sample();

/** Matches that look patterns up rather than try them one after the other. */
const TREES: ReadonlySet<string> = new Set(["str", "beg", "ip"]);

/** What maps give, as the reference calls the types. */
const TYPE_NAMES: ReadonlyMap<SampleType, string> = new Map<SampleType, string>([
  [SampleType.STRING, "str"],
  [SampleType.INTEGER, "sint"],
]);

function judge(
  reference: PatternReference,
  { matcher, options, output, index }: PatternUse,
  value: string,
  kind: PatternKind,
): string {
  const found = kind === "acl" ? "match" : "found";
  const start = `type=${matcher.name}, case=${options.ignoresCase ? "insensitive" : "sensitive"}`;
  const bytes = octetsOf(value);
  sample.setBytes(SampleType.STRING, bytes, 0, bytes.length);
  const cast = castTo(SampleType.STRING, matcher.input);
  // Texts are cast without a look at any stream.
  const isCast = cast === null || cast(sample, null as never);
  const entry = isCast ? reference.entry(index.find(sample)) : undefined;
  if (entry === undefined) return `${start}, ${found}=no\n`;
  const layout = TREES.has(matcher.name) && !options.ignoresCase ? "tree" : "list";
  const matched = `${start}, ${found}=yes, idx=${layout}`;
  if (kind === "acl") return `${matched}, pattern="${entry.pattern}"\n`;
  const key = `${matched}, key="${entry.pattern}"`;
  if (output === null) return `${key}, value=none\n`;
  const address = entry.value.text.includes(":") ? "ipv6" : "ipv4";
  return `${key}, value="${entry.value.text}", type="${TYPE_NAMES.get(output) ?? address}"\n`;
}
