import type { PatternReference } from "../policy/patterns/reference.ts";
import { type Message, refuse } from "./command.ts";
import type { CommandCall } from "./command-call.ts";

/** What lists are asked for: those of conditions, or those of maps. */
export type PatternKind = "acl" | "map";

const TITLES = { acl: "ACL", map: "map" } as const;

/** The name of a kind in the sentences of the reference. */
export function titleOf(kind: PatternKind): string {
  return TITLES[kind];
}

/** Whether a list is one of a kind, as listings have it. */
export function isOfKind(reference: PatternReference, kind: PatternKind): boolean {
  return kind === "acl" ? reference.isUsedByAcl : reference.isUsedByMap;
}

/** Says that a list does not exist. */
export function unknownPatterns(kind: PatternKind): Message {
  return refuse(`Unknown ${titleOf(kind)} identifier. Please use #<id> or <file>.`);
}

/** Finds a list of a kind by its number or file; undefined where there is none. */
export function findPatterns(
  { context }: CommandCall,
  name: string | undefined,
  kind: PatternKind,
): PatternReference | undefined {
  const reference = context.patterns.find(name ?? "");
  return reference !== undefined && isOfKind(reference, kind) ? reference : undefined;
}

/** Takes `@VERSION` off the front of the words; -1 where there is none. */
export function splitVersion(words: readonly string[]): {
  readonly version: number;
  readonly rest: readonly string[];
} {
  const first = words[0];
  if (first === undefined || !first.startsWith("@")) return { version: -1, rest: words };
  const digits = /^@([0-9]*)/.exec(first)![1]!;
  return { version: Number(digits), rest: words.slice(1) };
}
