import { word } from "../../config/arg.ts";
import type { Head } from "../../http/head.ts";
import { defineAction, Verdict } from "../action.ts";
import { format } from "../format-arg.ts";
import { compileReplacement, Replaced } from "../replacement.ts";
import { editTarget, hasPath, hostFollowsTarget, pathEndOf } from "../target-edit.ts";

const SOURCE = "HAProxy configuration manual, section 4.2";

/** Which part of the target is matched and replaced; a target without it is left alone. */
interface Part {
  isIn(head: Head): boolean;
  startOf(head: Head): number;
  endOf(head: Head): number;
}

const PATH: Part = { isIn: hasPath, startOf: (head) => head.pathStart, endOf: pathEndOf };
const PATH_AND_QUERY: Part = { ...PATH, endOf: (head) => head.targetEnd };
const WHOLE: Part = {
  isIn: () => true,
  startOf: (head) => head.targetStart,
  endOf: (head) => head.targetEnd,
};

function defineReplacer(name: string, what: string, part: Part) {
  return defineAction({
    name,
    summary: `Replaces ${what} where a regular expression matches it`,
    source: `${SOURCE}, http-request ${name}`,
    ruleSets: ["http-request"],
    isFinal: false,
    args: [word("match-regex"), format("replace-fmt")],
    compile([match, text], context) {
      const replacement = compileReplacement(match, text, context);
      if (replacement === undefined) return undefined;
      let target: Uint8Array | null = null;
      return (control) => {
        const head = control.request!;
        if (!part.isIn(head)) return Verdict.NEXT;
        target ??= new Uint8Array(control.scratch.slotSize);
        const from = part.startOf(head);
        const to = part.endOf(head);
        const result = replacement.replace(control, head.bytes, from, to);
        if (result === Replaced.NO) return Verdict.NEXT;
        const { bytes, start, end } = replacement;
        const isSet =
          result === Replaced.YES &&
          editTarget(head, from, to, bytes, start, end, target) &&
          (part !== WHOLE || hostFollowsTarget(head));
        return isSet ? Verdict.NEXT : control.failRewrite();
      };
    },
  });
}

export const replacePath = defineReplacer("replace-path", "the path", PATH);
export const replacePathq = defineReplacer("replace-pathq", "path and query", PATH_AND_QUERY);
export const replaceUri = defineReplacer("replace-uri", "the whole target", WHOLE);
