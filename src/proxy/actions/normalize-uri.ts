import { type Arg, oneOf, REFUSED } from "../../config/arg.ts";
import type { Head } from "../../http/head.ts";
import { equalOctets } from "../../http/octets.ts";
import { defineAction, Verdict } from "../../policy/action.ts";
import { editTarget, hasPath, pathEndOf } from "../../policy/target-edit.ts";
import {
  decodeUnreserved,
  encodeFragment,
  MALFORMED,
  mergeSlashes,
  type Normalizer,
  queryStart,
  resolveAllDotDot,
  resolveDotDot,
  sortQuery,
  stripDot,
  stripFragment,
  upperEscapes,
} from "../../policy/uri-normalizers.ts";
import { proxysAnswer } from "../rule-answer.ts";

/** Which part of the target a normalizer looks at. */
const Part = { PATH: 0, PATH_AND_QUERY: 1, QUERY: 2 } as const;
type Part = (typeof Part)[keyof typeof Part];

interface Kind {
  readonly part: Part;
  readonly normalizer: Normalizer;
  /** A word that may stand behind the name, and what it makes of the normalizer. */
  readonly option?: readonly [word: string, normalizer: Normalizer];
}

const KINDS: Readonly<Record<string, Kind>> = {
  "fragment-encode": { part: Part.PATH_AND_QUERY, normalizer: encodeFragment },
  "fragment-strip": { part: Part.PATH_AND_QUERY, normalizer: stripFragment },
  "path-merge-slashes": { part: Part.PATH, normalizer: mergeSlashes },
  "path-strip-dot": { part: Part.PATH, normalizer: stripDot },
  "path-strip-dotdot": {
    part: Part.PATH,
    normalizer: resolveDotDot,
    option: ["full", resolveAllDotDot],
  },
  "percent-decode-unreserved": {
    part: Part.PATH_AND_QUERY,
    normalizer: decodeUnreserved(false),
    option: ["strict", decodeUnreserved(true)],
  },
  "percent-to-uppercase": {
    part: Part.PATH_AND_QUERY,
    normalizer: upperEscapes(false),
    option: ["strict", upperEscapes(true)],
  },
  "query-sort-by-name": { part: Part.QUERY, normalizer: sortQuery },
};
const NAME = oneOf("normalizer", Object.keys(KINDS));

/** A normalizer's name, and its option where it has one. */
const kind: Arg<Kind> = {
  name: "normalizer",
  syntax: "<normalizer> [full | strict]",
  read(words, diagnostics) {
    const name = NAME.read(words, diagnostics);
    if (name === REFUSED) return REFUSED;
    const known = KINDS[name]!;
    const next = words.peek();
    if (next === undefined || known.option === undefined) return known;
    words.next();
    const [word, normalizer] = known.option;
    if (next.text === word) return { ...known, normalizer };
    diagnostics.error(
      next,
      `${words.subject} : unknown argument '${next.text}' for '${name}' normalizer.`,
      `it knows '${word}', and a condition behind 'if' or 'unless'`,
    );
    return REFUSED;
  },
};

function startOf(head: Head, part: Part): number {
  const { bytes, pathStart, targetEnd } = head;
  return part === Part.QUERY ? queryStart(bytes, pathStart, targetEnd) : pathStart;
}

/** `normalize-uri`. Targets without a path, such as `*`, stay as they are. */
export const normalizeUri = defineAction({
  name: "normalize-uri",
  summary: "Brings the target of the request into one of its normal forms; experimental",
  source: "HAProxy configuration manual, section 4.2, http-request normalize-uri; RFC 3986",
  ruleSets: ["http-request"],
  isFinal: false,
  isExperimental: true,
  args: [kind],
  compile([{ part, normalizer }]) {
    const refusal = proxysAnswer(400);
    let made: Uint8Array | null = null;
    let target: Uint8Array | null = null;
    return (control) => {
      const head = control.request!;
      if (!hasPath(head)) return Verdict.NEXT;
      made ??= new Uint8Array(3 * control.scratch.slotSize);
      target ??= new Uint8Array(control.scratch.slotSize);
      const start = startOf(head, part);
      const end = part === Part.PATH ? pathEndOf(head) : head.targetEnd;
      const size = normalizer(head.bytes, start, end, made);
      if (size === MALFORMED) {
        control.deny(refusal);
        return Verdict.DONE;
      }
      // Most requests have a normal form.
      if (equalOctets(head.bytes, start, end, made, 0, size)) return Verdict.NEXT;
      const isSet = editTarget(head, start, end, made, 0, size, target);
      return isSet ? Verdict.NEXT : control.failRewrite();
    };
  },
});
