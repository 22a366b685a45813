import { int, oneOf, rest } from "../../config/arg.ts";
import type { Diagnostics } from "../../config/diagnostics.ts";
import { defineKeyword } from "../../config/keyword.ts";
import type { Word } from "../../config/word.ts";
import { CAPTURES, type CaptureSettings } from "../captures.ts";
import type { CaptureSide } from "../rule-captures.ts";

const SECTIONS = ["frontend", "listen"] as const;
const SOURCE = "HAProxy configuration manual, sections 4.2 and 8.8";
/** A buffer holds no more. */
const HEADER_SIZE_MAX = 16_384;
const SLOT_SIZES = { min: 1 };
/** More than any cookie is cut, with a warning. */
const SIZE_MAX = 2_147_483_647;

export const captureCookie = defineKeyword({
  name: "capture cookie",
  sections: SECTIONS,
  summary: "Logs the first cookie of a name in requests and in responses",
  source: SOURCE,
  args: [rest("<name> len <length>")],
  apply(draft, [words], at, diagnostics) {
    const wanted = "'capture' expects 'cookie' <cookie_name> 'len' <len>.";
    const hint = "Write it as: capture cookie NAME len 32";
    const settings = readCapture(words, at, { wanted, hint, sizeMax: SIZE_MAX }, diagnostics);
    if (settings === undefined) return;
    draft.part(CAPTURES).cookie = settings;
  },
});

export const captureRequestHeader = defineHeader(
  "request",
  "Logs the last field of a name in each request",
);
export const captureResponseHeader = defineHeader(
  "response",
  "Logs the last field of a name in each response",
);

function defineHeader(side: CaptureSide, summary: string) {
  return defineKeyword({
    name: `capture ${side} header`,
    sections: SECTIONS,
    summary,
    source: SOURCE,
    args: [rest("<name> len <length>")],
    apply(draft, [words], at, diagnostics) {
      const wanted = `'capture ${side}' expects 'header' <header_name> 'len' <len>.`;
      const hint = `Write it as: capture ${side} header NAME len 32`;
      const sizeMax = HEADER_SIZE_MAX;
      const settings = readCapture(words, at, { wanted, hint, sizeMax }, diagnostics);
      if (settings === undefined) return;
      draft.part(CAPTURES)[side].push(Object.freeze({ ...settings, line: at.line }));
    },
  });
}

function readCapture(
  words: readonly Word[],
  at: Word,
  { wanted, hint, sizeMax }: { wanted: string; hint: string; sizeMax: number },
  diagnostics: Diagnostics,
): CaptureSettings | undefined {
  const [name, keyword, size, extra] = words;
  if (name === undefined || keyword?.text !== "len" || size === undefined) {
    diagnostics.error(keyword ?? name ?? at, wanted, hint);
    return undefined;
  }
  if (extra !== undefined) {
    diagnostics.error(
      extra,
      `'${at.text}' cannot handle unexpected argument '${extra.text}'.`,
      hint,
    );
    return undefined;
  }
  const bytes = Number(size.text);
  if (!/^[0-9]+$/.test(size.text) || bytes < 1 || bytes > sizeMax) {
    diagnostics.error(
      size,
      `'${at.text}' : 'len' expects a number of bytes from 1 to ${sizeMax}, but got '${size.text}'.`,
      hint,
    );
    return undefined;
  }
  return Object.freeze({ name: name.text, size: bytes });
}

/** `declare capture`. */
export const declareCapture = defineKeyword({
  name: "declare capture",
  sections: SECTIONS,
  summary: "Makes a slot that rules capture into, for the log and for fetches",
  source: "HAProxy configuration manual, section 4.2, declare capture",
  args: [oneOf("side", ["request", "response"]), oneOf("len", ["len"]), int("length", SLOT_SIZES)],
  apply(draft, [side, _len, size], at) {
    draft.part(CAPTURES)[side].push(Object.freeze({ name: null, size, line: at.line }));
  },
});
