import type { Word } from "../../config/word.ts";
import type { Head } from "../../http/head.ts";
import { Method, methodOf } from "../../http/methods.ts";
import { endOfToken } from "../../http/octets.ts";
import { type Act, defineAction, Verdict } from "../action.ts";
import type { CompileContext } from "../declare.ts";
import { FieldText } from "../field-text.ts";
import { compileFormatOf, format } from "../format-arg.ts";
import { editTarget, hasPath, hostFollowsTarget, pathEndOf } from "../target-edit.ts";

const SOURCE = "HAProxy configuration manual, section 4.2";
const QUESTION = 0x3f;
const QUESTION_MARK = new Uint8Array([QUESTION]);

/** `set-method`. */
export const setMethod = defineAction({
  name: "set-method",
  summary: "Replaces the method of the request",
  source: `${SOURCE}, http-request set-method`,
  ruleSets: ["http-request"],
  isFinal: false,
  args: [format("fmt")],
  compile([word], context) {
    const compiled = compileFormatOf(word, context);
    if (compiled === undefined) return undefined;
    const text = new FieldText(compiled);
    return (control) => {
      const head = control.request!;
      if (!text.make(control)) return control.failRewrite();
      const { bytes, start, end } = text;
      if (start === end || endOfToken(bytes, start, end) !== end) return control.failRewrite();
      const number = numberOfReplaced(head, methodOf(bytes, start, end));
      return head.setMethod(number, bytes, start, end) ? Verdict.NEXT : control.failRewrite();
    };
  },
});

/**
 * The number that a request has once its method was replaced: a client that asked for a head gets no
 * more, and no rule makes a request open a tunnel.
 */
export function numberOfReplaced(head: Head, method: Method): number {
  if (head.method === Method.HEAD) return Method.HEAD;
  return method === Method.CONNECT ? Method.OTHER : method;
}

/** Which part of the target a rule replaces. */
interface Part {
  startOf(head: Head): number;
  endOf(head: Head): number;
}

const PATH: Part = {
  // What has no path is replaced as a whole.
  startOf: (head) => (hasPath(head) ? head.pathStart : head.targetStart),
  endOf: (head) => (hasPath(head) ? pathEndOf(head) : head.targetEnd),
};
const PATH_AND_QUERY: Part = { ...PATH, endOf: (head) => head.targetEnd };
const WHOLE: Part = {
  startOf: (head) => head.targetStart,
  endOf: (head) => head.targetEnd,
};

function sets(part: Part, word: Word, context: CompileContext): Act | undefined {
  const compiled = compileFormatOf(word, context);
  if (compiled === undefined) return undefined;
  const text = new FieldText(compiled);
  let target: Uint8Array | null = null;
  return (control) => {
    const head = control.request!;
    target ??= new Uint8Array(control.scratch.slotSize);
    if (!text.make(control)) return control.failRewrite();
    const { bytes, start, end } = text;
    const isSet =
      editTarget(head, part.startOf(head), part.endOf(head), bytes, start, end, target) &&
      (part !== WHOLE || hostFollowsTarget(head));
    return isSet ? Verdict.NEXT : control.failRewrite();
  };
}

function defineSetter(name: string, summary: string, part: Part) {
  return defineAction({
    name,
    summary,
    source: `${SOURCE}, http-request ${name}`,
    ruleSets: ["http-request"],
    isFinal: false,
    args: [format("fmt")],
    compile: ([word], context) => sets(part, word, context),
  });
}

export const setPath = defineSetter("set-path", "Replaces the path; the query stays", PATH);
export const setPathq = defineSetter("set-pathq", "Replaces path and query", PATH_AND_QUERY);
export const setUri = defineSetter(
  "set-uri",
  "Replaces the whole target; 'host' follows where it names one",
  WHOLE,
);

/** `set-query`. */
export const setQuery = defineAction({
  name: "set-query",
  summary: "Replaces the query; its question mark is added where there is none",
  source: `${SOURCE}, http-request set-query`,
  ruleSets: ["http-request"],
  isFinal: false,
  args: [format("fmt")],
  compile([word], context) {
    const compiled = compileFormatOf(word, context);
    if (compiled === undefined) return undefined;
    const text = new FieldText(compiled);
    let target: Uint8Array | null = null;
    return (control) => {
      const head = control.request!;
      target ??= new Uint8Array(control.scratch.slotSize);
      if (!text.make(control)) return control.failRewrite();
      const { bytes, start, end } = text;
      let mark = queryMarkOf(head);
      if (mark === -1) {
        if (start === end) return Verdict.NEXT;
        mark = head.targetEnd - head.targetStart;
        const stop = head.targetEnd;
        if (!editTarget(head, stop, stop, QUESTION_MARK, 0, 1, target)) {
          return control.failRewrite();
        }
      }
      const from = head.targetStart + mark + 1;
      const isSet = editTarget(head, from, head.targetEnd, bytes, start, end, target);
      return isSet ? Verdict.NEXT : control.failRewrite();
    };
  },
});

/** Where in the target its question mark stands; -1 without one. */
function queryMarkOf({ bytes, targetStart, targetEnd }: Head): number {
  for (let at = targetStart; at < targetEnd; at++) {
    if (bytes[at] === QUESTION) return at - targetStart;
  }
  return -1;
}
