import { text } from "../../config/arg.ts";
import type { Word } from "../../config/word.ts";
import { octetsOf, optionalPlace } from "../args.ts";
import { castSample } from "../casts.ts";
import { badEntryText, referenceOfFile } from "../compile-acl.ts";
import { type CompileContext, type Convert, defineConverter } from "../declare.ts";
import { NO_MATCH } from "../patterns/pattern-index.ts";
import type { PatternReference } from "../patterns/reference.ts";
import { Sample, SampleType } from "../sample.ts";

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
  matcher: string,
  output: Output,
  otherwise: string | undefined,
  context: CompileContext,
): Convert | undefined {
  const { compiler, diagnostics, at } = context;
  const description = `map '${file.text}' used in file '${at.source.path}' line ${at.line}`;
  const reference = referenceOfFile(file, description, true, context);
  if (reference === undefined) return undefined;
  const index = compiler.findMatcher(matcher)!.make({ ignoresCase: false, looksNothingUp: true });
  const bad = reference.attach(index);
  if (bad !== undefined) {
    diagnostics.error(at, `${badEntryText(file.text, bad)}.`);
    return undefined;
  }
  const type = OUTPUTS[output];
  if (!areValuesOf(type, reference, output, context)) return undefined;
  const fallback = otherwise === undefined ? null : octetsOf(otherwise);
  if (fallback !== null && !isOfType(fallback, type)) {
    diagnostics.error(at, `the default '${otherwise}' of a map is not ${WORDS_OF[output]}.`);
    return undefined;
  }
  return (sample, view) => {
    const identity = index.find(sample);
    const entry = identity === NO_MATCH ? undefined : reference.entry(identity);
    const value = entry === undefined ? fallback : entry.value.bytes;
    if (value === null) return false;
    sample.setBytes(SampleType.STRING, value, 0, value.length);
    return type === SampleType.STRING || toType(sample, type, view);
  };
}

/** Judges the values that the file has now; those that come later may be absent at worst. */
function areValuesOf(
  type: SampleType,
  reference: PatternReference,
  output: Output,
  { diagnostics, at }: CompileContext,
): boolean {
  if (type === SampleType.STRING) return true;
  for (const entry of reference.entries()) {
    if (isOfType(entry.value.bytes, type)) continue;
    diagnostics.error(
      at,
      `'${entry.value.text}' is not ${WORDS_OF[output]} in map file '${reference.file}', line ${entry.line}.`,
    );
    return false;
  }
  return true;
}

function isOfType(value: Uint8Array, type: SampleType): boolean {
  const sample = new Sample();
  sample.setBytes(SampleType.STRING, value, 0, value.length);
  return type === SampleType.STRING || toType(sample, type, NO_VIEW);
}

/** Reading a text needs no view. */
const NO_VIEW = null as never;

function toType(sample: Sample, type: SampleType, view: Parameters<Convert>[1]): boolean {
  if (type !== SampleType.ADDRESS) return castSample(sample, type, view);
  const isIpv6 = sample.bytes.indexOf(0x3a, sample.start) !== -1;
  return castSample(sample, isIpv6 ? SampleType.IPV6 : SampleType.IPV4, view);
}

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
