import { rest, text } from "../../config/arg.ts";
import type { Diagnostics } from "../../config/diagnostics.ts";
import { defineKeyword } from "../../config/keyword.ts";
import type { Word } from "../../config/word.ts";
import { COOKIE_SETTINGS, type CookieSettings } from "../cookie-settings.ts";
import { SECTIONS_OF } from "../sides.ts";

type Flag = {
  [K in keyof CookieSettings]: CookieSettings[K] extends boolean ? K : never;
}[keyof CookieSettings];

/** Options that are a word alone. */
const FLAGS: Readonly<Record<string, Flag>> = {
  insert: "inserts",
  indirect: "isIndirect",
  nocache: "preventsCaching",
  postonly: "isPostOnly",
  preserve: "preserves",
  httponly: "isHttpOnly",
  secure: "isSecure",
};

/** Options of the manual that Sluice does not have yet. */
const NOT_BUILT: readonly string[] = ["rewrite", "prefix", "maxidle", "maxlife", "dynamic"];
const MODES: readonly string[] = ["rewrite", "insert", "prefix"];

/** What no cookie attribute may hold: controls and the delimiter (RFC 6265 section 4.1.1). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const BAD_ATTRIBUTE = /[\x00-\x1f\x7f;]/;

export const cookie = defineKeyword({
  name: "cookie",
  sections: SECTIONS_OF.server,
  summary: "Binds clients to servers by a cookie that names the server",
  source: "HAProxy configuration manual, section 4.2; RFC 6265",
  args: [text("name"), rest("option")],
  apply(draft, [name, options], at, diagnostics) {
    // A second line replaces the first one as a whole.
    const settings = Object.assign(draft.part(COOKIE_SETTINGS), COOKIE_SETTINGS.create());
    settings.name = name;
    readOptions(settings, options, diagnostics);
    judge(settings, options, at, diagnostics);
  },
  disable(draft) {
    Object.assign(draft.part(COOKIE_SETTINGS), COOKIE_SETTINGS.create());
  },
});

function readOptions(
  settings: CookieSettings,
  options: readonly Word[],
  diagnostics: Diagnostics,
): void {
  for (let index = 0; index < options.length; index++) {
    const option = options[index]!;
    const flag = FLAGS[option.text];
    if (flag !== undefined) settings[flag] = true;
    else if (option.text === "domain" || option.text === "attr") {
      index++;
      readValue(settings, option, options[index], diagnostics);
    } else if (NOT_BUILT.includes(option.text)) {
      diagnostics.error(option, `'cookie' : '${option.text}' is not built yet.`);
      return;
    } else {
      diagnostics.error(
        option,
        `'cookie' : unknown option '${option.text}'.`,
        `Choose from: ${[...Object.keys(FLAGS), "domain", "attr"].join(", ")}`,
      );
    }
  }
}

function readValue(
  settings: CookieSettings,
  option: Word,
  value: Word | undefined,
  diagnostics: Diagnostics,
): void {
  if (value === undefined || value.text === "") {
    const name = option.text === "domain" ? "domain" : "value";
    diagnostics.error(option, `'cookie' : '${option.text}' expects <${name}> as argument.`);
    return;
  }
  if (BAD_ATTRIBUTE.test(value.text)) {
    diagnostics.error(
      value,
      `'cookie' : '${option.text}' holds a character that is not permitted in a cookie attribute.`,
      "Leave out control characters and semicolons; repeat the option for each attribute",
    );
    return;
  }
  if (option.text === "attr") {
    settings.attributes.push(value.text);
    return;
  }
  if (!value.text.slice(1).includes(".")) {
    diagnostics.warn(
      value,
      `'cookie' : domain '${value.text}' contains no embedded dot, this configuration may not ` +
        "work properly (see RFC6265#5.2.3).",
    );
  }
  settings.domains.push(value.text);
}

/** Judges the options against each other. */
function judge(
  settings: CookieSettings,
  options: readonly Word[],
  at: Word,
  diagnostics: Diagnostics,
): void {
  if (options.filter(({ text: word }) => MODES.includes(word)).length > 1) {
    diagnostics.error(
      at,
      "'cookie' : 'rewrite', 'insert' and 'prefix' modes are incompatible.",
      "Keep one of them",
    );
  }
  if (settings.preserves && !settings.inserts && !settings.isIndirect) {
    diagnostics.error(
      at,
      "'cookie' : 'preserve' requires at least 'insert' or 'indirect'.",
      `Write it as: cookie ${settings.name} insert indirect preserve`,
    );
  }
}
