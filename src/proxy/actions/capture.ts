import { type Arg, int, REFUSED, word } from "../../config/arg.ts";
import { hasFrontend } from "../../config/draft.ts";
import type { Word } from "../../config/word.ts";
import { type Act, defineAction, Verdict } from "../../policy/action.ts";
import type { CompileContext } from "../../policy/declare.ts";
import { compileExpressionAs, type Expression } from "../../policy/expression.ts";
import { Places, Reads } from "../../policy/reads.ts";
import { Sample, SampleType } from "../../policy/sample.ts";
import type { PolicyView } from "../policy-view.ts";
import { type CaptureSide, RULE_CAPTURES } from "../rule-captures.ts";

const SOURCE = "HAProxy configuration manual, section 4.2, http-request capture";
const SIZES = { min: 1 };
/** What comes from the client, and has not come when its connection is new. */
const REQUEST = Reads.REQUEST_CONTENT | Reads.REQUEST_HEAD | Reads.REQUEST_BODY;

/** Kept per thread: a value is made and copied at once. */
const sample = new Sample();

/** Where the value goes: into a slot of its own of this size, or into a declared one. */
interface Target {
  readonly at: Word;
  readonly kind: "len" | "id";
  readonly number: number;
}

const size = int("length", SIZES);
const id = int("id");

/** `len N` or `id N`. */
function target(kinds: readonly ("len" | "id")[]): Arg<Target> {
  const forms = kinds.map((name) => (name === "len" ? "len <length>" : "id <id>"));
  return {
    name: "slot",
    syntax: forms.length === 1 ? forms[0]! : `{ ${forms.join(" | ")} }`,
    read(words, diagnostics) {
      const at = words.next();
      const kind = kinds.find((name) => name === at?.text);
      if (at === undefined || kind === undefined) {
        const found = at === undefined ? "" : `, but got '${at.text}'`;
        diagnostics.error(
          at ?? words.at,
          `${words.subject} expects <sample> ${forms.map((form) => `'${form}'`).join(" or ")}${found}.`,
          `Write it as: ${words.label} <sample> ${forms[0]}`,
        );
        return REFUSED;
      }
      const number = (kind === "len" ? size : id).read(words, diagnostics);
      return number === REFUSED ? REFUSED : { at, kind, number };
    },
  };
}

/**
 * Keeps the value of an expression in a slot; without a value, the slot stays as it is.
 *
 * @param waits - While the value may still come, the rule waits for it.
 */
function keep(
  text: Expression,
  side: CaptureSide,
  slot: { readonly index: number },
  waits: boolean,
): Act {
  return (control) => {
    if (!text.evaluate(sample, control)) {
      const mayCome = waits && sample.mayChange && control.requestContent?.isComplete === false;
      return mayCome ? Verdict.WAIT : Verdict.NEXT;
    }
    const { stream, context } = control as PolicyView;
    // The frontend of this stream may have no such slot: then the rule is none of its own.
    context.frontend.captures?.keep(side, slot.index, sample, stream);
    return Verdict.NEXT;
  };
}

function compileCapture(
  expr: Word,
  { at, kind, number }: Target,
  side: CaptureSide,
  context: CompileContext,
): Act | undefined {
  const { compiler, sectionName, sectionKind, diagnostics } = context;
  const isFrontend = sectionKind !== undefined && hasFrontend(sectionKind);
  const text = compileExpressionAs(SampleType.STRING, "capture", { ...context, at: expr });
  if (kind === "len" && !isFrontend) {
    diagnostics.error(
      at,
      `'capture' : proxy '${sectionName}' has no frontend capability.`,
      "declare a slot in the frontend with 'declare capture', and name it here with 'id'",
    );
    return undefined;
  }
  if (text === undefined) return undefined;
  const captures = compiler.parts.get(RULE_CAPTURES).of(sectionName);
  if (kind === "len") {
    const isOfContent = context.place === Places.TCP_REQUEST_FRONTEND;
    if (isOfContent && (text.reads & REQUEST) !== 0) captures.awaited.push(expr);
    return keep(text, side, captures.reserve(number, at), isOfContent);
  }
  if (isFrontend) captures.uses.push({ side, slot: number, at });
  return keep(text, side, { index: number }, false);
}

/** `capture` of `tcp-request content`. */
export const captureContent = defineAction({
  name: "capture",
  summary: "Keeps the text of an expression in a slot of its own, for the log and for fetches",
  source: "HAProxy configuration manual, section 4.2, tcp-request content capture",
  ruleSets: ["tcp-request content"],
  isFinal: false,
  waits: true,
  args: [word("sample"), target(["len"])],
  compile: ([expr, slot], context) => compileCapture(expr, slot, "request", context),
});

/** `capture` of `http-request`. */
export const captureRequest = defineAction({
  name: "capture",
  summary: "Keeps the text of an expression in a slot, for the log and for fetches",
  source: SOURCE,
  ruleSets: ["http-request"],
  isFinal: false,
  args: [word("sample"), target(["len", "id"])],
  compile: ([expr, slot], context) => compileCapture(expr, slot, "request", context),
});

/** `capture` of `http-response`. */
export const captureResponse = defineAction({
  name: "capture",
  summary: "Keeps the text of an expression in a declared slot, for the log and for fetches",
  source: "HAProxy configuration manual, section 4.2, http-response capture",
  ruleSets: ["http-response", "http-after-response"],
  isFinal: false,
  args: [word("sample"), target(["id"])],
  compile: ([expr, slot], context) => compileCapture(expr, slot, "response", context),
});
