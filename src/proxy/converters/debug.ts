import { word } from "../../config/arg.ts";
import { nearestWord } from "../../config/nearest-word.ts";
import { EVENT_SINKS } from "../../log/event-sinks.ts";
import { octets, optionalPlace } from "../../policy/args.ts";
import { defineConverter } from "../../policy/declare.ts";
import { SampleType } from "../../policy/sample.ts";
import { shownValue } from "../../policy/shown-value.ts";

/** `debug`. What it is told of goes on as it is. */
export const debug = defineConverter({
  name: "debug",
  summary: "Writes the value with its type to a ring, or to a standard stream",
  source: "HAProxy configuration manual, section 7.3.1, debug",
  input: SampleType.ANY,
  output: SampleType.ANY,
  args: [optionalPlace(octets("prefix")), optionalPlace(word("destination"))],
  examples: [],
  compile([prefix, destination], { compiler, diagnostics }) {
    const { sinks } = compiler.parts.get(EVENT_SINKS);
    const label = prefix === undefined ? "" : Buffer.from(prefix).toString("latin1");
    const name = destination?.text ?? "buf0";
    const sink = sinks?.find(name);
    if (sink === undefined && sinks !== null) {
      const near = nearestWord(name, sinks.names);
      diagnostics.error(
        destination,
        `converter 'debug' : No such sink '${name}'.`,
        near === undefined ? `declare it: ring ${name}` : `did you mean "${near}"?`,
      );
      return undefined;
    }
    return (sample, view) => {
      const { type, text } = shownValue(sample, view);
      sink?.(`[debug] ${label}: type=${type} <${text}>`, view.dateMs);
      return true;
    };
  },
});
