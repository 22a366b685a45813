import { type Arg, oneOf, REFUSED, word } from "../../config/arg.ts";
import type { Word } from "../../config/word.ts";
import { FieldName } from "../../http/field-name.ts";
import type { Head } from "../../http/head.ts";
import type { Pattern } from "../../sys/pcre2.ts";
import { type Act, defineAction, type RuleSetName, Verdict } from "../action.ts";
import { octetsOf } from "../args.ts";
import type { CompileContext } from "../declare.ts";
import { fieldName } from "../field-name-arg.ts";
import { FieldText } from "../field-text.ts";
import { compileFormatOf, format } from "../format-arg.ts";
import { lowerOctet, lowerOctets } from "../octet-case.ts";
import { compilePattern } from "../pattern-arg.ts";
import type { Scratch } from "../scratch.ts";
import { isSingleKnown } from "../single-fields.ts";

const SOURCE = "HAProxy configuration manual, section 4.2";
const RULE_SETS: readonly RuleSetName[] = ["http-request", "http-response", "http-after-response"];

function writes(
  field: FieldName,
  word: Word,
  isSet: boolean,
  context: CompileContext,
): Act | undefined {
  const compiled = compileFormatOf(word, context);
  if (compiled === undefined) return undefined;
  const text = new FieldText(compiled);
  const replaces = isSet || isSingleKnown(field.known);
  const name = field.octets;
  return (control) => {
    const head = control.response ?? control.request!;
    // The new value may be made of the old one.
    const isMade = text.make(control);
    if (replaces) head.removeFields(field);
    if (!isMade) return control.failRewrite();
    const { bytes, start, end } = text;
    const index = head.addField(name, 0, name.length, bytes, start, end);
    return index === -1 ? control.failRewrite() : Verdict.NEXT;
  };
}

/** `add-header`. */
export const addHeader = defineAction({
  name: "add-header",
  summary: "Appends a header with the value that a format makes",
  source: `${SOURCE}, http-request add-header`,
  ruleSets: RULE_SETS,
  isFinal: false,
  args: [fieldName("name"), format("fmt")],
  compile: ([name, word], context) => writes(name, word, false, context),
});

/** `set-header`. */
export const setHeader = defineAction({
  name: "set-header",
  summary: "Replaces a header, all lines of it, by one with the value that a format makes",
  source: `${SOURCE}, http-request set-header`,
  ruleSets: RULE_SETS,
  isFinal: false,
  args: [fieldName("name"), format("fmt")],
  compile: ([name, word], context) => writes(name, word, true, context),
});

const METHODS = ["str", "beg", "end", "sub", "reg"] as const;
type MatchMethod = (typeof METHODS)[number];

/** The words `-m METHOD`, which may be left out. */
const matchMethod: Arg<MatchMethod> = {
  name: "meth",
  syntax: "[ -m <meth> ]",
  read(words, diagnostics) {
    const next = words.peek();
    if (next === undefined) return "str";
    if (next.text !== "-m") {
      diagnostics.error(
        next,
        `${words.subject} expects '-m' or a condition, but got '${next.text}'.`,
      );
      return REFUSED;
    }
    words.next();
    return oneOf("meth", METHODS).read(words, diagnostics);
  },
};

/** Says whether the name of a line is one to delete. */
type NameTest = (head: Head, index: number, scratch: Scratch) => boolean;

function isAt(head: Head, at: number, wanted: Uint8Array): boolean {
  const { bytes } = head;
  for (let index = 0; index < wanted.length; index++) {
    if (lowerOctet(bytes[at + index]!) !== wanted[index]) return false;
  }
  return true;
}

function nameTest(method: "beg" | "end" | "sub", wanted: Uint8Array): NameTest {
  const size = wanted.length;
  return (head, index) => {
    const start = head.nameStart(index);
    const last = head.nameEnd(index) - size;
    if (last < start) return false;
    if (method === "beg") return isAt(head, start, wanted);
    if (method === "end") return isAt(head, last, wanted);
    for (let at = start; at <= last; at++) if (isAt(head, at, wanted)) return true;
    return false;
  };
}

/** The expression sees names in lower case, as they are written. */
function patternTest(pattern: Pattern): NameTest {
  return (head, index, scratch) => {
    const { region } = scratch;
    const at = scratch.take();
    let to = at;
    const stop = head.nameEnd(index);
    for (let from = head.nameStart(index); from < stop; from++) {
      region.bytes[to++] = lowerOctet(head.bytes[from]!);
    }
    return pattern.match(region, at, to) > 0;
  };
}

function compileTest(method: MatchMethod, name: Word, context: CompileContext) {
  if (method === "reg") {
    const pattern = compilePattern(name, context);
    return pattern === undefined ? undefined : patternTest(pattern);
  }
  return nameTest(method as "beg" | "end" | "sub", lowerOctets(octetsOf(name.text)));
}

/** `del-header`. */
export const delHeader = defineAction({
  name: "del-header",
  summary: "Removes all lines of a header, or of all headers whose names match",
  source: `${SOURCE}, http-request del-header`,
  ruleSets: RULE_SETS,
  isFinal: false,
  args: [word("name"), matchMethod],
  compile([name, method], context) {
    if (method === "str") {
      const field = new FieldName(octetsOf(name.text));
      return (control) => {
        (control.response ?? control.request!).removeFields(field);
        return Verdict.NEXT;
      };
    }
    const test = compileTest(method, name, context);
    if (test === undefined) return undefined;
    return (control) => {
      const head = control.response ?? control.request!;
      for (let index = 0; index < head.fieldCount; index++) {
        if (!head.isRemoved(index) && test(head, index, control.scratch)) head.removeField(index);
      }
      return Verdict.NEXT;
    };
  },
});
