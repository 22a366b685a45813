import { describe, expect, test } from "bun:test";
import { Diagnostics } from "../../config/diagnostics.ts";
import { SectionDraft } from "../../config/draft.ts";
import { madeWord } from "../../config/word.ts";
import { COOKIE_SETTINGS, CookieMode, type CookieSettings } from "../cookie-settings.ts";
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
      "SRV insert indirect nocache postonly preserve httponly secure domain a.b domain .c.d attr E " +
        "dynamic maxidle 30m maxlife 8h",
    );
    expect(messages).toEqual([]);
    expect(settings).toEqual({
      name: "SRV",
      mode: CookieMode.INSERT,
      isIndirect: true,
      preventsCaching: true,
      isPostOnly: true,
      preserves: true,
      isHttpOnly: true,
      isSecure: true,
      domains: ["a.b", ".c.d"],
      isDynamic: true,
      idleMaxSeconds: 1800,
      lifeMaxSeconds: 28_800,
      attributes: ["E"],
    });
  });

  test.each([
    { line: "SRV rewrite indirect", message: "'rewrite' and 'indirect' modes are incompatible" },
    { line: "SRV insert maxidle", message: "'maxidle' expects <idletime> in seconds as argument" },
    { line: "SRV insert maxlife", message: "'maxlife' expects <lifetime> in seconds as argument" },
    { line: "SRV insert maxidle 1x", message: "unexpected character 'x' in argument to <maxidle>" },
    { line: "SRV insert maxlife 100000d", message: "timer overflow in argument <100000d>" },
    { line: "SRV prefix preserve", message: "'preserve' requires at least 'insert' or 'indirect'" },
    { line: "SRV prefix secure", message: "'secure' has no effect without 'insert'" },
    { line: "SRV rewrite nocache", message: "'nocache' has no effect without 'insert'" },
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
    expect(read("SRV rewrite prefix")[1]).toHaveLength(1);
    expect(read("SRV insert insert")[1]).toEqual([]);
  });

  test.each([
    ["rewrite", CookieMode.REWRITE],
    ["prefix", CookieMode.PREFIX],
    ["", CookieMode.PASSIVE],
  ] as const)("mode %p", (word, mode) => {
    expect(read(word === "" ? "SRV" : `SRV ${word}`)).toMatchObject([{ mode }, []]);
  });

  test("delays round up to seconds", () => {
    expect(read("SRV insert maxidle 500ms maxlife 1500ms")[0]).toMatchObject({
      idleMaxSeconds: 1,
      lifeMaxSeconds: 2,
    });
  });

  test("a second line replaces the first, and a section does not change its defaults", () => {
    const defaults = new SectionDraft("defaults", madeWord(""));
    const diagnostics = new Diagnostics();
    const at = madeWord("cookie");
    cookie.apply(defaults, ["A", [madeWord("insert")]], at, diagnostics);
    const backend = new SectionDraft("backend", madeWord("b"), at, defaults);
    cookie.apply(backend, ["B", [madeWord("indirect")]], at, diagnostics);
    expect(backend.part(COOKIE_SETTINGS)).toMatchObject({ name: "B", mode: CookieMode.PASSIVE });
    expect(defaults.part(COOKIE_SETTINGS)).toMatchObject({ name: "A", mode: CookieMode.INSERT });
    cookie.disable!(backend, at, diagnostics, []);
    expect(backend.part(COOKIE_SETTINGS).name).toBe("");
  });
});
