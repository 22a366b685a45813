import { text } from "../../config/arg.ts";
import { defineAction, Verdict } from "../action.ts";
import { octetsOf } from "../args.ts";
import { format } from "../format-arg.ts";

const SOURCE = "HAProxy configuration manual, section 4.2";

/** `set-header`. */
export const setHeader = defineAction({
  name: "set-header",
  summary: "Replaces a header, all lines of it, by one with the value that a format makes",
  source: `${SOURCE}, http-request set-header`,
  ruleSets: ["http-request", "http-response"],
  isFinal: false,
  args: [text("name"), format("fmt")],
  compile([name, word], context) {
    const value = context.compiler.formats.compileFormat(
      word,
      context.place,
      context.sectionName,
      context.diagnostics,
    );
    if (value === undefined) return undefined;
    const nameBytes = octetsOf(name);
    return (control) => {
      const head = control.response ?? control.request!;
      const { scratch } = control;
      const at = scratch.take();
      const end = value.write(scratch.bytes, at, at + scratch.slotSize, control);
      head.removeName(nameBytes);
      head.addField(nameBytes, 0, nameBytes.length, scratch.bytes, at, end);
      return Verdict.NEXT;
    };
  },
});
