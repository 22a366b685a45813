import { text } from "../../config/arg.ts";
import { Pattern, PatternResult } from "../../sys/pcre2.ts";
import { octets, optionalPlace } from "../args.ts";
import { type CompileContext, type Convert, defineConverter } from "../declare.ts";
import { regexErrorText } from "../patterns/regex-index.ts";
import { SampleType } from "../sample.ts";
import { ScratchText } from "../scratch-text.ts";
import { Substitution } from "../substitution.ts";

/** Results are made one at a time. */
const result = new ScratchText();

/** `regsub`. */
export const regsub = defineConverter({
  name: "regsub",
  summary:
    "Puts a text in the place of the first match of a regular expression, or with g of each; i ignores case",
  source: "HAProxy configuration manual, section 7.3.1, regsub",
  input: SampleType.STRING,
  output: SampleType.STRING,
  args: [text("regex"), octets("subst"), optionalPlace(text("flags"))],
  examples: [
    { input: "/////a///b/c/xzxyz/", expression: "regsub(/+,/,g)", output: "/a/b/c/xzxyz/" },
    { input: "?;&a=1", expression: "regsub([?;&]*,'')", output: "a=1" },
    {
      input: "/foo12/x",
      expression: `regsub("(foo|bar)([0-9]+)?","\\\\2\\\\1",i)`,
      output: "/12foo/x",
    },
    { input: "acabcac", expression: "regsub(b*,-,g)", output: "-a-c-a--c-a-c-" },
    { input: "ab bb", expression: "regsub([AB],,gi)", output: " " },
    { input: "abba", expression: "regsub(x,y)", output: "abba" },
    { input: "aab", expression: "regsub(^a,-,g)", output: "-ab" },
    { input: "aab", expression: "regsub($,_,g)", output: "aab__" },
    { input: "", expression: "regsub(x*,-)", output: "-" },
  ],
  compile([regex, subst, flags], context) {
    return compileRegsub(regex, Buffer.from(subst).toString("latin1"), flags ?? "", context);
  },
});

function compileRegsub(
  regex: string,
  subst: string,
  flags: string,
  { diagnostics, at, compiler }: CompileContext,
): Convert | undefined {
  const bad = /[^gi]/.exec(flags)?.[0];
  if (bad !== undefined) {
    diagnostics.error(at, `invalid regex flag '${bad}', only 'i' and 'g' are supported.`);
    return undefined;
  }
  const pattern = Pattern.compile(regex, { ignoresCase: flags.includes("i") });
  if (!(pattern instanceof Pattern)) {
    diagnostics.error(at, `${regexErrorText(regex, pattern)}.`);
    return undefined;
  }
  const substitution = Substitution.parse(subst);
  if (substitution === undefined) {
    diagnostics.error(
      at,
      `the substitution '${subst}' of 'regsub' ends in half an escape.`,
      "\\0 to \\9 are groups of the match, \\x41 is a byte, \\\\ is a backslash",
    );
    return undefined;
  }
  return substituting(pattern, substitution, flags.includes("g"), () =>
    compiler.reportOverwork(regex),
  );
}

function substituting(
  pattern: Pattern,
  substitution: Substitution,
  isGlobal: boolean,
  reportOverwork: () => void,
): Convert {
  let hasOverworked = false;
  return (sample, view) => {
    const { bytes, start, end } = sample;
    const found = pattern.matchBytes(bytes, start, end);
    if (found <= 0) {
      if (found !== PatternResult.NO_MATCH && !hasOverworked) {
        hasOverworked = true;
        reportOverwork();
      }
      return true;
    }
    result.begin(view);
    const rest = isGlobal
      ? substituteAll(pattern, substitution, bytes, start, end)
      : substituteOne(pattern, substitution, bytes, start);
    result.add(bytes, rest, end);
    // What does not fit whole would say something else.
    return !result.isCut && result.finish(sample, SampleType.STRING);
  };
}

/** Writes what stands before the match just found and what takes its place; gives where it ends. */
function substituteOne(
  pattern: Pattern,
  substitution: Substitution,
  bytes: Uint8Array,
  from: number,
): number {
  result.add(bytes, from, from + pattern.groupStart(0));
  substitution.write(result, pattern, bytes, from);
  return from + pattern.groupEnd(0);
}

/**
 * Behind a match the rest is looked at as a text of its own, which does not begin a line. A match of
 * nothing where the last one ended lets one byte pass, so that there is an end.
 */
function substituteAll(
  pattern: Pattern,
  substitution: Substitution,
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  let from = start;
  do {
    const matchEnd = substituteOne(pattern, substitution, bytes, from);
    const isStuck = matchEnd === from;
    from = matchEnd;
    if (isStuck && from === end) break;
    if (isStuck) result.byte(bytes[from++]!);
  } while (pattern.matchBytes(bytes, from, end, true) > 0);
  return from;
}
