import { castSample } from "./casts.ts";
import { Sample, SampleType } from "./sample.ts";
import type { StreamView } from "./stream-view.ts";

/** A value as people are told it. */
export interface ShownValue {
  /** The reference's short name of its type: `sint`, `str`. */
  readonly type: string;
  /** Latin1; bytes that are no text in hexadecimal. */
  readonly text: string;
}

const TYPE_NAMES: Readonly<Record<number, string>> = {
  [SampleType.BOOLEAN]: "bool",
  [SampleType.INTEGER]: "sint",
  [SampleType.IPV4]: "ipv4",
  [SampleType.IPV6]: "ipv6",
  [SampleType.STRING]: "str",
  [SampleType.BINARY]: "bin",
  [SampleType.METHOD]: "meth",
};

/** Tells a value with its type; the sample stays as it is. */
export function shownValue(sample: Sample, view: StreamView): ShownValue {
  const type = TYPE_NAMES[sample.type] ?? "any";
  // As the numbers that they are; as texts they would be words.
  if (sample.type === SampleType.BOOLEAN) return { type, text: String(sample.integer) };
  if (sample.type === SampleType.BINARY) {
    return { type, text: Buffer.from(sample.text(), "latin1").toString("hex") };
  }
  const copy = new Sample();
  copy.copyFrom(sample);
  return { type, text: castSample(copy, SampleType.STRING, view) ? copy.text() : "" };
}
