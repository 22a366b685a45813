import { expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Diagnostics } from "../../config/diagnostics.ts";
import { SectionDraft } from "../../config/draft.ts";
import { madeWord } from "../../config/word.ts";
import { CUSTOM_ANSWERS, type WholeMessage } from "../custom-answers.ts";
import { errorfile, errorloc } from "./errorfile.ts";

const AT = madeWord("errorfile");

test("errorfile keeps the file's message for its status", () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-"));
  const path = join(folder, "503.http");
  writeFileSync(path, "HTTP/1.0 503 Sorry\n\nsorry\n");
  const diagnostics = new Diagnostics();
  const defaults = new SectionDraft("defaults", madeWord(""));
  errorfile.apply(defaults, [503, madeWord(path)], AT, diagnostics);
  errorfile.apply(defaults, [408, madeWord("/dev/null")], AT, diagnostics);
  rmSync(folder, { recursive: true });

  const backend = new SectionDraft("backend", madeWord("b"), AT, defaults);
  errorloc.apply(backend, [502, "/late"], AT, diagnostics);
  expect(diagnostics.list).toEqual([]);
  const lines = backend.part(CUSTOM_ANSWERS).lines as WholeMessage[];
  expect(lines.map(({ status }) => status)).toEqual([503, 408, 502]);
  expect(lines[1]!.message.bytes.length).toBe(0);
  expect(defaults.part(CUSTOM_ANSWERS).lines.length).toBe(2);
});

test.each([
  { path: "/nowhere/503.http", message: "error opening file '/nowhere/503.http'" },
  { path: "/", message: "error opening file '/'" },
  { path: "/etc/hostname", message: "'/etc/hostname': has no empty line" },
])("errorfile refuses $path", ({ path, message }) => {
  const diagnostics = new Diagnostics();
  errorfile.apply(
    new SectionDraft("backend", madeWord("b")),
    [503, madeWord(path)],
    AT,
    diagnostics,
  );
  expect(diagnostics.list[0]!.message).toContain(message);
});
