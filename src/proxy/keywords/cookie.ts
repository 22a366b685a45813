import { rest, text } from "../../config/arg.ts";
import type { Diagnostics } from "../../config/diagnostics.ts";
import { parseDuration } from "../../config/duration.ts";
import { defineKeyword } from "../../config/keyword.ts";
import type { Word } from "../../config/word.ts";
import {
  COOKIE_SETTINGS,
  CookieMode,
  type CookieSettings,
  DYNAMIC_COOKIE_KEY,
} from "../cookie-settings.ts";
import { SECTIONS_OF } from "../sides.ts";

type Flag = {
  [K in keyof CookieSettings]: CookieSettings[K] extends boolean ? K : never;
}[keyof CookieSettings];

/** Options that are a word alone. */
const FLAGS: Readonly<Record<string, Flag>> = {
  indirect: "isIndirect",
  nocache: "preventsCaching",
  postonly: "isPostOnly",
  preserve: "preserves",
  httponly: "isHttpOnly",
  secure: "isSecure",
  dynamic: "isDynamic",
};

const MODES: Readonly<Record<string, CookieMode>> = {
  rewrite: CookieMode.REWRITE,
  insert: CookieMode.INSERT,
  prefix: CookieMode.PREFIX,
};

/** Options with a delay, and the name of their argument. */
const DELAYS: Readonly<Record<string, "idleMaxSeconds" | "lifeMaxSeconds">> = {
  maxidle: "idleMaxSeconds",
  maxlife: "lifeMaxSeconds",
};

/** The longest delay, in seconds. */
const DELAY_MAX_SECONDS = 2_147_483_647;

/** They say how a cookie is given, and mean nothing where none is. */
const INSERT_ONLY: readonly string[] = [
  "nocache",
  "postonly",
  "httponly",
  "secure",
  "domain",
  "attr",
];

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
    const mode = MODES[option.text];
    if (flag !== undefined) settings[flag] = true;
    else if (mode !== undefined) settings.mode = mode;
    else if (option.text === "domain" || option.text === "attr") {
      index++;
      readValue(settings, option, options[index], diagnostics);
    } else if (DELAYS[option.text] !== undefined) {
      index++;
      readDelay(settings, option, options[index], diagnostics);
    } else {
      const choices = [...Object.keys(MODES), ...Object.keys(FLAGS), "domain", "attr"];
      diagnostics.error(
        option,
        `'cookie' : unknown option '${option.text}'.`,
        `Choose from: ${[...choices, ...Object.keys(DELAYS)].join(", ")}`,
      );
    }
  }
}

function readDelay(
  settings: CookieSettings,
  option: Word,
  value: Word | undefined,
  diagnostics: Diagnostics,
): void {
  const name = option.text;
  if (value === undefined || value.text === "") {
    const unit = name === "maxidle" ? "idletime" : "lifetime";
    diagnostics.error(option, `'cookie' : '${name}' expects <${unit}> in seconds as argument.`);
    return;
  }
  const ms = parseDuration(value.text, "s");
  if (typeof ms === "string") {
    const hint = "Write a number of seconds, or one with us, ms, s, m, h or d";
    diagnostics.error(value, `'cookie' : ${ms} in argument to <${name}>.`, hint);
    return;
  }
  const seconds = Math.ceil(ms / 1000);
  if (seconds > DELAY_MAX_SECONDS) {
    diagnostics.error(
      value,
      `'cookie' : timer overflow in argument <${value.text}> to <${name}>, ` +
        `maximum value is ${DELAY_MAX_SECONDS} s (~68 years).`,
    );
    return;
  }
  settings[DELAYS[name]!] = seconds;
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
  const modes = new Set(options.map(({ text: word }) => word).filter((word) => word in MODES));
  if (modes.size > 1) {
    diagnostics.error(
      at,
      "'cookie' : 'rewrite', 'insert' and 'prefix' modes are incompatible.",
      "Keep one of them",
    );
    return;
  }
  const { name, mode, isIndirect, preserves } = settings;
  if (mode === CookieMode.REWRITE && isIndirect) {
    diagnostics.error(
      at,
      "'cookie' : 'rewrite' and 'indirect' modes are incompatible.",
      `Write it as: cookie ${name} rewrite`,
    );
  }
  if (preserves && mode !== CookieMode.INSERT && !isIndirect) {
    diagnostics.error(
      at,
      "'cookie' : 'preserve' requires at least 'insert' or 'indirect'.",
      `Write it as: cookie ${name} insert indirect preserve`,
    );
  }
  warnOfIdle(settings, options, diagnostics);
}

/** What only a cookie of ours can have is of no use without `insert`. */
function warnOfIdle(
  { mode, name }: CookieSettings,
  options: readonly Word[],
  diagnostics: Diagnostics,
): void {
  if (mode === CookieMode.INSERT) return;
  const idle = options.find(({ text: word }) => INSERT_ONLY.includes(word));
  if (idle === undefined) return;
  diagnostics.warn(
    idle,
    `'cookie' : '${idle.text}' has no effect without 'insert'.`,
    `Remove it, or write: cookie ${name} insert ${idle.text}`,
  );
}

export const dynamicCookieKey = defineKeyword({
  name: "dynamic-cookie-key",
  sections: SECTIONS_OF.server,
  summary: "Sets the secret that the cookies of servers are made with ('cookie ... dynamic')",
  source: "HAProxy configuration manual, section 4.2",
  args: [text("secret_key")],
  apply(draft, [key]) {
    draft.part(DYNAMIC_COOKIE_KEY).key = key;
  },
});
