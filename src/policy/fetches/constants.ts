import { octets } from "../args.ts";
import { defineFetch } from "../declare.ts";
import { Reads } from "../reads.ts";
import { SampleType } from "../sample.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.2";

/** `always_true`. */
export const alwaysTrue = defineFetch({
  name: "always_true",
  summary: "Gives true",
  source: SOURCE,
  output: SampleType.BOOLEAN,
  reads: Reads.INTERNAL,
  args: [],
  compile: () => (sample) => {
    sample.setBoolean(true);
    return true;
  },
});

/** `always_false`. */
export const alwaysFalse = defineFetch({
  name: "always_false",
  summary: "Gives false",
  source: SOURCE,
  output: SampleType.BOOLEAN,
  reads: Reads.INTERNAL,
  args: [],
  compile: () => (sample) => {
    sample.setBoolean(false);
    return true;
  },
});

/** `str`. */
export const str = defineFetch({
  name: "str",
  summary: "Gives the text",
  source: SOURCE,
  output: SampleType.STRING,
  reads: Reads.INTERNAL,
  args: [octets("string")],
  compile:
    ([text]) =>
    (sample) => {
      sample.setBytes(SampleType.STRING, text, 0, text.length);
      return true;
    },
});
