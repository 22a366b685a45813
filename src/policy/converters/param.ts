import { nonEmpty, octets, optionalPlace } from "../args.ts";
import { defineConverter } from "../declare.ts";
import { type Sample, SampleType } from "../sample.ts";

const { STRING } = SampleType;
const EQUALS = 0x3d;
const AMPERSAND = new Uint8Array([0x26]);

/** Says whether a segment is a parameter of a name: the name alone, or with an equals sign behind. */
function isNamed(bytes: Uint8Array, start: number, end: number, name: Uint8Array): boolean {
  const nameEnd = start + name.length;
  if (nameEnd > end || (nameEnd < end && bytes[nameEnd] !== EQUALS)) return false;
  for (let index = 0; index < name.length; index++) {
    if (bytes[start + index] !== name[index]) return false;
  }
  return true;
}

function findParameter(sample: Sample, name: Uint8Array, delimiter: number): boolean {
  const { bytes, end } = sample;
  for (let start = sample.start; start < end; ) {
    let stop = start;
    while (stop < end && bytes[stop] !== delimiter) stop++;
    if (isNamed(bytes, start, stop, name)) {
      sample.setBytes(STRING, bytes, Math.min(start + name.length + 1, stop), stop);
      return true;
    }
    start = stop + 1;
  }
  return false;
}

export const param = defineConverter({
  name: "param",
  summary: "Gives the value of the first parameter of a name; parameters lie between delimiters",
  source: "HAProxy configuration manual 2.8, section 7.3.1",
  input: STRING,
  output: STRING,
  args: [nonEmpty(octets("name")), optionalPlace(octets("delim"))],
  examples: [
    { input: "a=1&b=2&a=3", expression: "param(a)", output: "1", isOwn: true },
    { input: "ab=1&b=2", expression: "param(b)", output: "2", isOwn: true },
    { input: "a;b=2;c", expression: "param(b,;)", output: "2", isOwn: true },
    { input: "a&b=2", expression: "param(a),length", output: "0", isOwn: true },
    { input: "a=1", expression: "param(b)", output: null, isOwn: true },
    { input: "", expression: "param(b)", output: null, isOwn: true },
  ],
  compile([name, delimiter = AMPERSAND], { diagnostics, at }) {
    if (delimiter.length === 1) return (sample) => findParameter(sample, name, delimiter[0]!);
    diagnostics.error(
      at,
      "'param' : the delimiter is one character.",
      "Write it as: param(name,;)",
    );
    return undefined;
  },
});
