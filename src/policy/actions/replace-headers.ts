import { word } from "../../config/arg.ts";
import type { Head } from "../../http/head.ts";
import { COMMA, copyBytes, skipBlank, trimBlank } from "../../http/octets.ts";
import { defineAction, type RuleSetName, Verdict } from "../action.ts";
import { fieldName } from "../field-name-arg.ts";
import { format } from "../format-arg.ts";
import { compileReplacement, Replaced, type Replacement } from "../replacement.ts";
import type { StreamControl } from "../stream-control.ts";

const SOURCE = "HAProxy configuration manual, section 4.2";
const RULE_SETS: readonly RuleSetName[] = ["http-request", "http-response", "http-after-response"];
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const args = [fieldName("name"), word("match-regex"), format("replace-fmt")] as const;

/** `replace-header`. */
export const replaceHeader = defineAction({
  name: "replace-header",
  summary: "Replaces the value of each line of a header that a regular expression matches",
  source: `${SOURCE}, http-request replace-header`,
  ruleSets: RULE_SETS,
  isFinal: false,
  args,
  compile([name, match, text], context) {
    const replacement = compileReplacement(match, text, context);
    if (replacement === undefined) return undefined;
    return (control) => {
      const head = control.response ?? control.request!;
      let index = head.findField(name);
      for (; index !== -1; index = head.findField(name, index + 1)) {
        const start = head.valueStart(index);
        const result = replacement.replace(control, head.bytes, start, head.valueEnd(index));
        if (result === Replaced.NO) continue;
        const isDone =
          result === Replaced.YES &&
          head.replaceValue(index, replacement.bytes, replacement.start, replacement.end);
        if (!isDone) return control.failRewrite();
      }
      return Verdict.NEXT;
    };
  },
});

/** `replace-value`. */
export const replaceValue = defineAction({
  name: "replace-value",
  summary: "Replaces each value of a list in a header that a regular expression matches",
  source: `${SOURCE}, http-request replace-value`,
  ruleSets: RULE_SETS,
  isFinal: false,
  args,
  compile([name, match, text], context) {
    const replacement = compileReplacement(match, text, context);
    if (replacement === undefined) return undefined;
    let line: Uint8Array | null = null;
    return (control) => {
      const head = control.response ?? control.request!;
      line ??= new Uint8Array(control.scratch.slotSize);
      let index = head.findField(name);
      for (; index !== -1; index = head.findField(name, index + 1)) {
        if (!replaceValues(control, head, index, replacement, line)) return control.failRewrite();
      }
      return Verdict.NEXT;
    };
  },
});

/** Goes through the values of one line; false when there is no room for the new one. */
function replaceValues(
  control: StreamControl,
  head: Head,
  index: number,
  replacement: Replacement,
  line: Uint8Array,
): boolean {
  const { bytes } = head;
  const valueEnd = head.valueEnd(index);
  let isChanged = false;
  let to = 0;
  let copied = head.valueStart(index);
  for (let at = copied; at <= valueEnd; ) {
    const comma = commaFrom(bytes, at, valueEnd);
    const start = skipBlank(bytes, at, comma);
    const result = replacement.replace(control, bytes, start, trimBlank(bytes, start, comma));
    if (result === Replaced.TOO_LONG) return false;
    if (result === Replaced.YES) {
      isChanged = true;
      if (to + at - copied + replacement.end > line.length) return false;
      // Blanks around a new value go, those of others stay.
      to = copyBytes(line, to, bytes, copied, at);
      to = copyBytes(line, to, replacement.bytes, replacement.start, replacement.end);
      copied = comma;
    }
    at = comma + 1;
  }
  if (!isChanged) return true;
  if (to + valueEnd - copied > line.length) return false;
  to = copyBytes(line, to, bytes, copied, valueEnd);
  return head.replaceValue(index, line, 0, to);
}

/** Finds the next comma that stands outside of quotes; the end where there is none. */
function commaFrom(bytes: Uint8Array, from: number, end: number): number {
  let isQuoted = false;
  for (let at = from; at < end; at++) {
    const octet = bytes[at];
    if (octet === QUOTE) isQuoted = !isQuoted;
    else if (octet === BACKSLASH && isQuoted) at++;
    else if (octet === COMMA && !isQuoted) return at;
  }
  return end;
}
