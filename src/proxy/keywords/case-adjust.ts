import { word } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { CASE, readCaseFile, spellingProblem } from "../case-part.ts";

const SOURCE = "HAProxy configuration manual, section 3.1";

export const caseAdjust = defineKeyword({
  name: "h1-case-adjust",
  sections: ["global"],
  summary: "Spells the name of a field for peers that insist on the case of its letters",
  source: SOURCE,
  args: [word("from"), word("to")],
  apply(draft, [from, to], _at, diagnostics) {
    const { spellings } = draft.part(CASE);
    const problem = spellingProblem(from.text, to.text, spellings);
    if (problem === undefined) {
      spellings.set(from.text, to.text);
      return;
    }
    diagnostics.error(
      from,
      `'h1-case-adjust' : ${problem}.`,
      "Write it as: h1-case-adjust content-length Content-Length",
    );
  },
});

export const caseAdjustFile = defineKeyword({
  name: "h1-case-adjust-file",
  sections: ["global"],
  summary: "Names a file with a field's name and its spelling on each line",
  source: SOURCE,
  args: [word("file")],
  apply(draft, [file]) {
    draft.part(CASE).file = file;
  },
  check: readCaseFile,
});
