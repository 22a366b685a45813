import { defineMatcher } from "../declare.ts";
import { RegexIndex } from "../patterns/regex-index.ts";
import { SampleType } from "../sample.ts";

/** `-m reg`. */
export const reg = defineMatcher({
  name: "reg",
  summary: "Matches texts in which the regular expression, of Perl's kind, is found",
  source: "HAProxy configuration manual, section 7.1.4",
  input: SampleType.STRING,
  make: (options) => new RegexIndex(options),
});
