import { byteTextOf } from "./byte-text.ts";
import { definePart } from "./part.ts";
import type { Source, Word } from "./word.ts";

/** Where relative paths begin. Source: HAProxy configuration manual, keyword "default-path". */
export const PathPolicy = {
  /** Where the process is started. */
  CURRENT: "current",
  /** The directory of the configuration file. */
  CONFIG: "config",
  /** The directory above it. */
  PARENT: "parent",
  /** A directory that the line names. */
  ORIGIN: "origin",
} as const;
export type PathPolicy = (typeof PathPolicy)[keyof typeof PathPolicy];

/** The policy in force while files are read. */
export const DEFAULT_PATH = definePart("default path", () => ({
  policy: PathPolicy.CURRENT as PathPolicy,
  /** The directory of `origin`. */
  origin: "",
}));

/** The directory that relative paths of a source begin at; empty for where the process is started. */
export function directoryOf(
  { policy, origin }: { readonly policy: PathPolicy; readonly origin: string },
  source: Source,
): string {
  const path = byteTextOf(source.path);
  const slash = path.lastIndexOf("/");
  const own = slash === -1 ? "" : path.slice(0, slash + 1);
  switch (policy) {
    case PathPolicy.CURRENT:
      return "";
    case PathPolicy.CONFIG:
      return own;
    case PathPolicy.PARENT:
      return `${own}../`;
    case PathPolicy.ORIGIN:
      return origin.endsWith("/") ? origin : `${origin}/`;
  }
}

/**
 * The path of a file that a word names: a relative one begins where `default-path` said at the word's
 * line. Like the word's text, each character stands for one byte.
 */
export function filePathOf(word: Word): string {
  if (word.text.startsWith("/")) return word.text;
  const base = word.source.bases?.findLast(({ line }) => line <= word.line);
  return base === undefined ? word.text : `${base.directory}${word.text}`;
}
