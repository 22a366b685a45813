import { text } from "../../config/arg.ts";
import type { Word } from "../../config/word.ts";
import { type Act, defineAction, type RuleSetName, Verdict } from "../action.ts";
import type { CompileContext } from "../declare.ts";
import type { Format } from "../format.ts";
import { format } from "../format-arg.ts";
import type { PatternReference } from "../patterns/reference.ts";
import type { StreamControl } from "../stream-control.ts";

const SOURCE = "HAProxy configuration manual, section 4.2";
const RULE_SETS: readonly RuleSetName[] = ["http-request", "http-response"];
const PARAMETERS = [text("file-name")] as const;

/** `add-acl`. */
export const addAcl = defineAction({
  name: "add-acl",
  summary: "Adds a pattern to the ACLs of a file, unless it is there",
  source: `${SOURCE}, http-request add-acl`,
  ruleSets: RULE_SETS,
  isFinal: false,
  parameters: PARAMETERS,
  args: [format("key fmt")],
  compile: ([key], context, [file]) =>
    changing(file, [key], context, (list, pattern) => {
      if (!list.has(pattern)) list.add(pattern);
    }),
});

/** `del-acl`. */
export const delAcl = defineAction({
  name: "del-acl",
  summary: "Takes a pattern out of the ACLs of a file",
  source: `${SOURCE}, http-request del-acl`,
  ruleSets: RULE_SETS,
  isFinal: false,
  parameters: PARAMETERS,
  args: [format("key fmt")],
  compile: ([key], context, [file]) =>
    changing(file, [key], context, (list, pattern) => list.remove(pattern)),
});

/** `set-map`. */
export const setMap = defineAction({
  name: "set-map",
  summary: "Gives a key of the maps of a file a value; a key that is not there is added",
  source: `${SOURCE}, http-request set-map`,
  ruleSets: RULE_SETS,
  isFinal: false,
  parameters: PARAMETERS,
  args: [format("key fmt"), format("value fmt")],
  compile: ([key, value], context, [file]) =>
    changing(file, [key, value], context, (list, pattern, text) => {
      if (list.setValue(pattern, text) === 0) list.add(pattern, text);
    }),
});

/** `del-map`. */
export const delMap = defineAction({
  name: "del-map",
  summary: "Takes a key out of the maps of a file",
  source: `${SOURCE}, http-request del-map`,
  ruleSets: RULE_SETS,
  isFinal: false,
  parameters: PARAMETERS,
  args: [format("key fmt")],
  compile: ([key], context, [file]) =>
    changing(file, [key], context, (list, pattern) => list.remove(pattern)),
});

/** Changes a list once for each stream. A pattern that its users cannot read changes nothing. */
type Change = (list: PatternReference, pattern: string, value: string) => void;

/** The file may be used by lines that follow, so it is looked for when the rule runs first. */
function changing(
  file: string,
  words: readonly Word[],
  context: CompileContext,
  change: Change,
): Act | undefined {
  const { compiler, place, sectionName, diagnostics } = context;
  const formats = words.map((word) =>
    compiler.formats.compileFormat(word, place, sectionName, diagnostics),
  );
  const [key, value] = formats;
  if (key === undefined || formats.includes(undefined)) return undefined;
  compiler.changesFile({ ...context.at, text: file });
  let list: PatternReference | undefined;
  return (control) => {
    list ??= compiler.references.findFile(file);
    if (list === undefined) return Verdict.NEXT;
    const pattern = textOf(key, control);
    change(list, pattern, value === undefined ? "" : textOf(value, control));
    return Verdict.NEXT;
  };
}

function textOf(format: Format, control: StreamControl): string {
  const { scratch } = control;
  const at = scratch.take();
  const end = format.write(scratch.bytes, at, at + scratch.slotSize, control);
  return Buffer.from(scratch.bytes.subarray(at, end)).toString("latin1");
}
