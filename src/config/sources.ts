import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Diagnostics } from "./diagnostics.ts";
import type { Source } from "./word.ts";

/** A source, and whether its text is whole. */
export interface LoadedSource extends Source {
  /** False where the last line has no end, as in a file that was cut off while copied. */
  readonly isWhole: boolean;
}

/**
 * Finds the files that `-f` names: a file is itself, a directory stands for its `*.cfg` files that
 * do not start with a dot, in the order of their bytes.
 */
export function findFiles(paths: readonly string[], diagnostics: Diagnostics): string[] {
  const files: string[] = [];
  for (const path of paths) {
    try {
      if (!statSync(path).isDirectory()) {
        files.push(path);
        continue;
      }
      const names = readdirSync(path).filter((name) => /^[^.].*\.cfg$/s.test(name));
      names.sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
      files.push(...names.map((name) => join(path, name)));
    } catch (error) {
      const reason = reasonOf(error);
      diagnostics.error(undefined, `Cannot open configuration file/directory ${path} : ${reason}`);
    }
  }
  return files;
}

/** Reads a file; undefined after an error was reported. */
export function loadSource(path: string, diagnostics: Diagnostics): LoadedSource | undefined {
  try {
    return sourceOf(path, readFileSync(path, "latin1"));
  } catch (error) {
    diagnostics.error(undefined, `Could not open configuration file ${path} : ${reasonOf(error)}`);
    return undefined;
  }
}

/** Makes a source of a text in which each character stands for one byte. */
export function sourceOf(path: string, byteText: string): LoadedSource {
  const lines = byteText.split("\n");
  const isWhole = lines.at(-1) === "";
  if (isWhole) lines.pop();
  return { path, lines, isWhole, bases: [] };
}

/** Says why a file cannot be read, in the system's words. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const known: Readonly<Record<string, string>> = {
    ENOENT: "No such file or directory",
    EACCES: "Permission denied",
    EISDIR: "Is a directory",
    ENOTDIR: "Not a directory",
  };
  return known[message.split(":")[0] ?? ""] ?? message;
}
