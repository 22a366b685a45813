import { statSync } from "node:fs";
import { oneOf, optional, word } from "../arg.ts";
import { DEFAULT_PATH, directoryOf, PathPolicy } from "../file-path.ts";
import { defineKeyword } from "../keyword.ts";

/** Moves the place where relative paths begin, from its line on, for the files behind it too. */
export const defaultPath = defineKeyword({
  name: "default-path",
  sections: ["global"],
  summary: "Sets the directory that relative paths of files begin at",
  source: "HAProxy configuration manual, section 3.1",
  args: [oneOf("policy", Object.values(PathPolicy)), optional(word("path"))],
  apply(draft, [policy, path], at, diagnostics) {
    if (policy !== PathPolicy.ORIGIN && path !== undefined) {
      diagnostics.error(
        path,
        `'default-path ${policy}' cannot handle unexpected argument '${path.text}'.`,
        `write it as: default-path origin ${path.text}`,
      );
      return;
    }
    if (policy === PathPolicy.ORIGIN && path === undefined) {
      diagnostics.error(
        at,
        "'default-path origin' expects a directory as an argument.",
        "write it as: default-path origin /etc/haproxy",
      );
      return;
    }
    if (path !== undefined && !isDirectory(path.text)) {
      diagnostics.error(
        path,
        `couldn't set 'default-path' to origin '${path.text}': no such directory.`,
        "the directory must exist when the program starts",
      );
      return;
    }
    const part = draft.part(DEFAULT_PATH);
    part.policy = policy;
    part.origin = path?.text ?? "";
    at.source.bases?.push({ line: at.line, directory: directoryOf(part, at.source) });
  },
});

function isDirectory(path: string): boolean {
  return statSync(Buffer.from(path, "latin1"), { throwIfNoEntry: false })?.isDirectory() === true;
}
