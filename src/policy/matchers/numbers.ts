import { defineMatcher } from "../declare.ts";
import { IntegerIndex } from "../patterns/integer-index.ts";
import { SampleType } from "../sample.ts";

const SOURCE = "HAProxy configuration manual, section 7.1.2";

/** `-m int`. */
export const int = defineMatcher({
  name: "int",
  summary: "Matches integers that are the pattern, or lie in its range",
  source: SOURCE,
  input: SampleType.INTEGER,
  make: () => new IntegerIndex("value"),
});

/** `-m len`. */
export const len = defineMatcher({
  name: "len",
  summary: "Matches texts whose length is the pattern, or lies in its range",
  source: SOURCE,
  input: SampleType.STRING,
  make: () => new IntegerIndex("length"),
});
