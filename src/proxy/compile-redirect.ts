import { listed } from "../config/arg.ts";
import type { Word } from "../config/word.ts";
import { octetsOf } from "../policy/args.ts";
import type { CompileContext } from "../policy/declare.ts";
import type { Format } from "../policy/format.ts";
import { REDIRECT_REASONS, Redirect, type RedirectKind } from "./redirect.ts";

const KINDS: readonly RedirectKind[] = ["prefix", "location", "scheme"];
const FLAGS = ["drop-query", "ignore-empty", "append-slash"] as const;
const WORDS = ["code", ...KINDS, "set-cookie", "clear-cookie", ...FLAGS];

/** What the words of a redirect said. */
interface RedirectLine {
  kind: RedirectKind;
  target: Word | undefined;
  status: number;
  cookie: string;
  readonly flags: Map<string, Word>;
}

/**
 * Compiles the words of a redirect, up to its condition; undefined after an error was reported.
 *
 * @param label - What messages begin with: `http-request redirect`, or `redirect`.
 * @param isFormat - The target is a format; the older keyword `redirect` takes it as it stands.
 */
export function compileRedirect(
  words: readonly Word[],
  label: string,
  isFormat: boolean,
  context: CompileContext,
): Redirect | undefined {
  const line = readLine(words, label, context);
  if (line === undefined) return undefined;
  const { kind, status, cookie, flags } = line;
  const { diagnostics, place, compiler, sectionName, at } = context;
  const target = line.target;
  if (target === undefined) {
    diagnostics.error(
      at,
      `'${label}' : redirection type expected ('prefix', 'location', or 'scheme').`,
      `write it as: ${label} location <location>`,
    );
    return undefined;
  }
  if (place.name === "http-response" && kind !== "location") {
    const message = `'${label}' : response only supports redirect type 'location'.`;
    diagnostics.error(target, message, "the path of the request is gone by then");
    return undefined;
  }
  warnOfIneffective(line, label, isFormat, context);
  const format = isFormat
    ? compiler.formats.compileFormat(target, place, sectionName, diagnostics)
    : plainText(target.text);
  if (format === undefined) return undefined;
  return new Redirect({
    kind,
    target: format,
    status,
    dropsQuery: flags.has("drop-query"),
    appendsSlash: flags.has("append-slash"),
    ignoresEmpty: flags.has("ignore-empty") && isFormat,
    cookie,
  });
}

type Refuse = (at: Word, message: string, hint?: string) => void;

function readLine(
  words: readonly Word[],
  label: string,
  { diagnostics }: CompileContext,
): RedirectLine | undefined {
  const flags = new Map<string, Word>();
  const line: RedirectLine = {
    kind: "location",
    target: undefined,
    status: 302,
    cookie: "",
    flags,
  };
  let isRight = true;
  const refuse: Refuse = (at, message, hint) => {
    diagnostics.error(at, `'${label}' : ${message}`, hint);
    isRight = false;
  };
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if ((FLAGS as readonly string[]).includes(word.text)) flags.set(word.text, word);
    else if (WORDS.includes(word.text)) {
      index++;
      readValue(line, word, words[index], refuse);
    } else {
      refuse(word, `expects ${listed(WORDS)} (was '${word.text}').`);
      return undefined;
    }
  }
  return isRight ? line : undefined;
}

function readValue(
  line: RedirectLine,
  keyword: Word,
  value: Word | undefined,
  refuse: Refuse,
): void {
  if (value === undefined) {
    refuse(keyword, `missing argument for '${keyword.text}'.`);
    return;
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(value.text)) {
    refuse(value, "a control character would split the header field.");
    return;
  }
  switch (keyword.text) {
    case "code":
      line.status = Number(value.text);
      if (REDIRECT_REASONS.has(line.status)) return;
      refuse(
        value,
        `'code': unsupported HTTP code '${value.text}' (must be one of 301, 302, 303, 307 or 308).`,
      );
      return;
    case "set-cookie":
      line.cookie = `${value.text}; path=/;`;
      return;
    case "clear-cookie":
      line.cookie = `${value.text}; path=/; Max-Age=0;`;
      return;
    default:
      line.kind = keyword.text as RedirectKind;
      line.target = value;
  }
}

/** What the manual says to be of no use earns a warning. */
function warnOfIneffective(
  { kind, flags }: RedirectLine,
  label: string,
  isFormat: boolean,
  { diagnostics }: CompileContext,
): void {
  if (kind === "location") {
    for (const name of ["drop-query", "append-slash"]) {
      const at = flags.get(name);
      if (at === undefined) continue;
      const message = `'${label}' : '${name}' has no effect with 'location', which says all of it.`;
      diagnostics.warn(at, message, "use 'prefix', or remove it");
    }
  }
  const ignore = flags.get("ignore-empty");
  if (ignore !== undefined && !isFormat) {
    const message = `'${label}' : 'ignore-empty' has an effect in 'http-request redirect' only.`;
    diagnostics.warn(ignore, message, "a text that no format makes is never empty");
  }
}

function plainText(text: string): Format {
  const constant = octetsOf(text);
  return {
    constant,
    write(into, at, limit) {
      const size = Math.min(constant.length, limit - at);
      into.set(constant.subarray(0, size), at);
      return at + size;
    },
  };
}
