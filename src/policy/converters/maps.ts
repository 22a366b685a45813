import { text } from "../../config/arg.ts";
import type { Word } from "../../config/word.ts";
import { optionalPlace } from "../args.ts";
import { type CompileContext, type Convert, defineConverter } from "../declare.ts";
import { reg } from "../matchers/regex.ts";
import { usePatternFile } from "../pattern-files.ts";
import { NO_MATCH } from "../patterns/pattern-index.ts";
import { PatternValue } from "../patterns/pattern-use.ts";
import type { RegexIndex } from "../patterns/regex-index.ts";
import { SampleType } from "../sample.ts";
import { ScratchText } from "../scratch-text.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.1, map";

/** What maps give, by the end of the converter's name. */
const OUTPUTS = {
  str: SampleType.STRING,
  int: SampleType.INTEGER,
  ip: SampleType.ADDRESS,
} as const;
type Output = keyof typeof OUTPUTS;

const WORDS_OF: Readonly<Record<Output, string>> = {
  str: "a text",
  int: "an integer",
  ip: "an address",
};

function defineMap(name: string, matcher: string, input: SampleType, output: Output) {
  return defineConverter({
    name,
    summary: `Looks the value up in a file by the match "${matcher}" and gives ${WORDS_OF[output]}`,
    source: SOURCE,
    input,
    output: OUTPUTS[output],
    args: [text("map_file"), optionalPlace(text("default_value"))],
    examples: [],
    compile([file, otherwise], context) {
      return compileMap({ ...context.at, text: file }, matcher, output, otherwise, context);
    },
  });
}

function compileMap(
  file: Word,
  matcherName: string,
  output: Output,
  otherwise: string | undefined,
  context: CompileContext,
): Convert | undefined {
  const { compiler, diagnostics, at } = context;
  const type = OUTPUTS[output];
  const used = usePatternFile(
    file,
    {
      isMap: true,
      matcher: compiler.findMatcher(matcherName)!,
      options: {
        ignoresCase: false,
        looksNothingUp: true,
        reportOverwork: compiler.reportOverwork,
      },
      output: type,
    },
    context,
  );
  if (used === undefined) return undefined;
  const { reference } = used;
  const { index } = used.use;
  const fallback = otherwise === undefined ? null : new PatternValue(otherwise);
  if (fallback?.isOfType(type) === false) {
    diagnostics.error(at, `the default '${otherwise}' of a map is not ${WORDS_OF[output]}.`);
    return undefined;
  }
  return (sample) => {
    const identity = index.find(sample);
    const value = identity === NO_MATCH ? fallback : reference.entry(identity)!.value;
    return value?.writeTo(sample, type) === true;
  };
}

/** Results are made one at a time. */
const result = new ScratchText();

/** Its values may name groups of the expression that matched. */
export const mapRegm = defineConverter({
  name: "map_regm",
  summary:
    "Looks the value up in a file of regular expressions and gives the text behind the first that matches, in which \\1 to \\9 are its groups",
  source: SOURCE,
  input: SampleType.STRING,
  output: SampleType.STRING,
  args: [text("map_file"), optionalPlace(text("default_value"))],
  examples: [],
  compile([file, otherwise], context) {
    return compileRegexMap({ ...context.at, text: file }, otherwise, context);
  },
});

function compileRegexMap(
  file: Word,
  otherwise: string | undefined,
  context: CompileContext,
): Convert | undefined {
  const { reportOverwork } = context.compiler;
  const options = { ignoresCase: false, looksNothingUp: true, reportOverwork };
  const used = usePatternFile(
    file,
    { isMap: true, matcher: REGEX_WITH_GROUPS, options, output: SampleType.STRING },
    context,
  );
  if (used === undefined) return undefined;
  const { reference } = used;
  const index = used.use.index as RegexIndex;
  const fallback = otherwise === undefined ? null : new PatternValue(otherwise);
  return (sample, view) => {
    const identity = index.find(sample);
    if (identity === NO_MATCH) return fallback?.writeTo(sample, SampleType.STRING) === true;
    const { substitution } = reference.entry(identity)!.value;
    if (substitution === undefined) return false;
    const { bytes, start } = sample;
    result.begin(view);
    substitution.write(result, index.matched!, bytes, start);
    return !result.isCut && result.finish(sample, SampleType.STRING);
  };
}

/** The match of `map_regm`, which is no match of conditions. */
const REGEX_WITH_GROUPS = { ...reg, name: "regm" };

const { STRING, INTEGER, ADDRESS } = SampleType;

export const map = defineMap("map", "str", STRING, "str");
export const mapStr = defineMap("map_str", "str", STRING, "str");
export const mapStrInt = defineMap("map_str_int", "str", STRING, "int");
export const mapStrIp = defineMap("map_str_ip", "str", STRING, "ip");
export const mapBeg = defineMap("map_beg", "beg", STRING, "str");
export const mapBegInt = defineMap("map_beg_int", "beg", STRING, "int");
export const mapBegIp = defineMap("map_beg_ip", "beg", STRING, "ip");
export const mapSub = defineMap("map_sub", "sub", STRING, "str");
export const mapSubInt = defineMap("map_sub_int", "sub", STRING, "int");
export const mapSubIp = defineMap("map_sub_ip", "sub", STRING, "ip");
export const mapDir = defineMap("map_dir", "dir", STRING, "str");
export const mapDirInt = defineMap("map_dir_int", "dir", STRING, "int");
export const mapDirIp = defineMap("map_dir_ip", "dir", STRING, "ip");
export const mapDom = defineMap("map_dom", "dom", STRING, "str");
export const mapDomInt = defineMap("map_dom_int", "dom", STRING, "int");
export const mapDomIp = defineMap("map_dom_ip", "dom", STRING, "ip");
export const mapEnd = defineMap("map_end", "end", STRING, "str");
export const mapEndInt = defineMap("map_end_int", "end", STRING, "int");
export const mapEndIp = defineMap("map_end_ip", "end", STRING, "ip");
export const mapInt = defineMap("map_int", "int", INTEGER, "str");
export const mapIntInt = defineMap("map_int_int", "int", INTEGER, "int");
export const mapIntIp = defineMap("map_int_ip", "int", INTEGER, "ip");
export const mapIp = defineMap("map_ip", "ip", ADDRESS, "str");
export const mapIpInt = defineMap("map_ip_int", "ip", ADDRESS, "int");
export const mapIpIp = defineMap("map_ip_ip", "ip", ADDRESS, "ip");
export const mapReg = defineMap("map_reg", "reg", STRING, "str");
export const mapRegInt = defineMap("map_reg_int", "reg", STRING, "int");
export const mapRegIp = defineMap("map_reg_ip", "reg", STRING, "ip");
