import { type Arg, oneOf } from "../../config/arg.ts";
import { optionalPlace } from "../args.ts";
import { type CompileContext, defineConverter } from "../declare.ts";
import { type PathStep, parseJsonPath } from "../json-path.ts";
import { queryJson } from "../json-value.ts";
import { SampleType } from "../sample.ts";
import { variable } from "../variable-argument.ts";

const { STRING } = SampleType;

/** The arguments of everything that looks into JSON. */
export const JSON_PATH: Arg<string> = { ...variable("json_path") };
export const OUTPUT_TYPE = optionalPlace(oneOf("output_type", ["int"]));

/** Compiles a path; reports what is wrong and gives undefined. */
export function compileJsonPath(
  text: string,
  { diagnostics, at }: CompileContext,
): readonly PathStep[] | undefined {
  const path = parseJsonPath(text);
  if (typeof path !== "string") return path;
  diagnostics.error(
    at,
    `the JSON path '${text}' cannot be followed: ${path}.`,
    "Write it like $.member.other[0], with a backslash in front of a dot within a name",
  );
  return undefined;
}

export const jsonQuery = defineConverter({
  name: "json_query",
  summary: "Gives the string, number or boolean at a path of a JSON text",
  source: "HAProxy configuration manual, section 7.3.1; RFC 8259",
  input: STRING,
  output: STRING,
  args: [JSON_PATH, OUTPUT_TYPE],
  examples: [
    { input: '{"integer":4}', expression: "json_query('$.integer','int'),add(1)", output: "5" },
    { input: '{"a":{"b":[{"c":"d"}]}}', expression: "json_query('$.a.b[0].c')", output: "d" },
    { input: '{"my.key":"v"}', expression: "json_query('$.my\\.key')", output: "v" },
    { input: '{"boolean-false":false}', expression: "json_query('$.boolean-false')", output: "0" },
    { input: '{"a":true}', expression: "json_query('$.a')", output: "1" },
    { input: '{"a":null}', expression: "json_query('$.a')", output: null },
    { input: '{"a":[1]}', expression: "json_query('$.a')", output: null },
    { input: '{"a":4.5}', expression: "json_query('$.a')", output: "4.5" },
    { input: '{"a":4.9}', expression: "json_query('$.a',int)", output: "4" },
    { input: '{"a":1234567890123}', expression: "json_query('$.a')", output: "1.23457e+12" },
    { input: '{"a":0.00001234}', expression: "json_query('$.a')", output: "1.234e-05" },
    { input: '{"a":1e400}', expression: "json_query('$.a')", output: "inf" },
    { input: '{"a":-0}', expression: "json_query('$.a')", output: "-0" },
    {
      input: '{"a":9007199254740991}',
      expression: "json_query('$.a',int)",
      output: "9007199254740991",
    },
    { input: '{"a":9007199254740992}', expression: "json_query('$.a',int)", output: null },
    { input: '{"a":"x"}', expression: "json_query('$.a',int)", output: "x" },
    { input: '{"a":"b\\n\\"\\\\"}', expression: "json_query('$.a'),hex", output: "620A225C" },
    { input: '{"a":"\\u0041\\u00e9"}', expression: "json_query('$.a'),hex", output: "41E9" },
    { input: '{"a":"\\u20ac"}', expression: "json_query('$.a')", output: null },
    { input: '{"a":""}', expression: "json_query('$.a'),length", output: "0" },
    { input: '{"a":1,"a":2}', expression: "json_query('$.a')", output: "1" },
    { input: '{"b":{"a":1},"a":2}', expression: "json_query('$.a')", output: "2" },
    { input: '{"aa":1}', expression: "json_query('$.a')", output: null },
    { input: ' { "a" : [ 1 , 2 ] } ', expression: "json_query('$.a[1]')", output: "2" },
    { input: '{"a":[1,2]}', expression: "json_query('$.a[2]')", output: null },
    { input: '{"a":1', expression: "json_query('$.a')", output: "1" },
    { input: '{"a":"x', expression: "json_query('$.a')", output: null },
    { input: '{"a" 1}', expression: "json_query('$.a')", output: null },
    { input: "5", expression: "json_query('$')", output: "5" },
    { input: "", expression: "json_query('$.a')", output: null },
  ],
  compile([text, type], context) {
    const path = compileJsonPath(text, context);
    if (path === undefined) return undefined;
    return (sample, view) => queryJson(sample, path, type === "int", view);
  },
});
