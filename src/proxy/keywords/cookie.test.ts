import { describe, expect, test } from "bun:test";
import { Diagnostics } from "../../config/diagnostics.ts";
import { SectionDraft } from "../../config/draft.ts";
import { madeWord } from "../../config/word.ts";
import { COOKIE_SETTINGS, type CookieSettings } from "../cookie-settings.ts";
import { cookie } from "./cookie.ts";

function read(line: string): [CookieSettings, string[]] {
  const [name, ...options] = line.split(" ");
  const diagnostics = new Diagnostics();
  const draft = new SectionDraft("backend", madeWord("b"));
  cookie.apply(
    draft,
    [name!, options.map((option) => madeWord(option))],
    madeWord("cookie"),
    diagnostics,
  );
  return [draft.part(COOKIE_SETTINGS), diagnostics.list.map(({ message }) => message)];
}

describe("cookie", () => {
  test("reads its options", () => {
    const [settings, messages] = read(
      "SRV insert indirect nocache postonly preserve httponly secure domain a.b domain .c.d attr E",
    );
    expect(messages).toEqual([]);
    expect(settings).toEqual({
      name: "SRV",
      inserts: true,
      isIndirect: true,
      preventsCaching: true,
      isPostOnly: true,
      preserves: true,
      isHttpOnly: true,
      isSecure: true,
      domains: ["a.b", ".c.d"],
      attributes: ["E"],
    });
  });

  test.each([
    { line: "SRV rewrite", message: "'rewrite' is not built yet" },
    { line: "SRV insert maxidle 30m", message: "'maxidle' is not built yet" },
    { line: "SRV insert foo", message: "unknown option 'foo'" },
    { line: "SRV insert domain", message: "'domain' expects <domain> as argument" },
    { line: "SRV insert attr", message: "'attr' expects <value> as argument" },
    { line: "SRV insert attr a;b", message: "not permitted in a cookie attribute" },
    { line: "SRV insert domain bad", message: "contains no embedded dot" },
    { line: "SRV preserve", message: "'preserve' requires at least 'insert' or 'indirect'" },
  ])("says of $line: $message", ({ line, message }) => {
    const messages = read(line)[1];
    expect(messages.length).toBe(1);
    expect(messages[0]!).toContain(message);
  });

  test("refuses two modes", () => {
    expect(read("SRV insert rewrite")[1].at(-1)).toContain("modes are incompatible");
  });

  test("a second line replaces the first, and a section does not change its defaults", () => {
    const defaults = new SectionDraft("defaults", madeWord(""));
    const diagnostics = new Diagnostics();
    const at = madeWord("cookie");
    cookie.apply(defaults, ["A", [madeWord("insert")]], at, diagnostics);
    const backend = new SectionDraft("backend", madeWord("b"), at, defaults);
    cookie.apply(backend, ["B", [madeWord("indirect")]], at, diagnostics);
    expect(backend.part(COOKIE_SETTINGS)).toMatchObject({ name: "B", inserts: false });
    expect(defaults.part(COOKIE_SETTINGS)).toMatchObject({ name: "A", inserts: true });
    cookie.disable!(backend, at, diagnostics);
    expect(backend.part(COOKIE_SETTINGS).name).toBe("");
  });
});
