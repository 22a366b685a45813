import type { Word } from "../../config/word.ts";
import { defineFetch } from "../../policy/declare.ts";
import { Reads } from "../../policy/reads.ts";
import { SampleType } from "../../policy/sample.ts";
import { ScratchText } from "../../policy/scratch-text.ts";
import type { StreamView } from "../../policy/stream-view.ts";
import type { PolicyView } from "../policy-view.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.2";

/** Results are made one after the other; nothing of one is kept for the next. */
const out = new ScratchText();

/** The rule that ended a rule set of this exchange last; null while none has. */
function lastRule(view: StreamView): Word | null {
  return (view as PolicyView).streamOrNull?.policy?.finalAt ?? null;
}

export const lastRuleFile = defineFetch({
  name: "last_rule_file",
  summary: "Gives the file of the rule that had the last word: which one denied a request, say",
  source: SOURCE,
  output: SampleType.STRING,
  reads: Reads.EXCHANGE,
  args: [],
  compile: () => (sample, view) => {
    const rule = lastRule(view);
    if (rule === null) return false;
    out.begin(view);
    out.addText(rule.source.path);
    return out.finish(sample, SampleType.STRING);
  },
});

export const lastRuleLine = defineFetch({
  name: "last_rule_line",
  summary: "Gives the line of the rule that had the last word",
  source: SOURCE,
  output: SampleType.INTEGER,
  reads: Reads.EXCHANGE,
  args: [],
  compile: () => (sample, view) => {
    const rule = lastRule(view);
    if (rule === null) return false;
    sample.setInteger(rule.line);
    return true;
  },
});
