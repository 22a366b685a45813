import type { Convert } from "../declare.ts";
import { defineConverter } from "../declare.ts";
import { lowerOctet, upperOctet } from "../octet-case.ts";
import { SampleType } from "../sample.ts";

/** `lower`. */
export const lower = defineConverter({
  name: "lower",
  summary: "Makes letters lower case",
  source: "HAProxy configuration manual, section 7.3.1",
  input: SampleType.STRING,
  output: SampleType.STRING,
  args: [],
  examples: [
    { input: "Host-A", expression: "lower", output: "host-a" },
    { input: "@[Ä]Z", expression: "lower", output: "@[Ä]z" },
    { input: "", expression: "lower,length", output: "0" },
  ],
  compile: () => mapper(lowerOctet),
});

/** `upper`. */
export const upper = defineConverter({
  name: "upper",
  summary: "Makes letters upper case",
  source: "HAProxy configuration manual, section 7.3.1",
  input: SampleType.STRING,
  output: SampleType.STRING,
  args: [],
  examples: [
    { input: "Host-a", expression: "upper", output: "HOST-A" },
    { input: "`{äz", expression: "upper", output: "`{äZ" },
  ],
  compile: () => mapper(upperOctet),
});

/** Changes each octet by itself. */
function mapper(change: (octet: number) => number): Convert {
  return (sample, view) => {
    const { bytes, start } = sample;
    const size = Math.min(sample.end - start, view.scratch.slotSize);
    const at = view.scratch.take();
    const into = view.scratch.bytes;
    for (let index = 0; index < size; index++) into[at + index] = change(bytes[start + index]!);
    sample.setBytes(SampleType.STRING, into, at, at + size);
    return true;
  };
}
