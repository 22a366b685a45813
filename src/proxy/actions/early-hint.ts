import { defineAction, Verdict } from "../../policy/action.ts";
import { fieldName } from "../../policy/field-name-arg.ts";
import { FieldText } from "../../policy/field-text.ts";
import { compileFormatOf, format } from "../../policy/format-arg.ts";
import type { PolicyView } from "../policy-view.ts";

/** The first version of HTTP whose clients know interim responses. */
const INTERIM_VERSION = 11;

/** `early-hint`. The hints of a rule set go out together; clients of HTTP/1.0 get none. */
export const earlyHint = defineAction({
  name: "early-hint",
  summary: "Adds a field to a response 103 that the client gets before any other",
  source: "HAProxy configuration manual, section 4.2, http-request early-hint; RFC 8297",
  ruleSets: ["http-request"],
  isFinal: false,
  args: [fieldName("name"), format("fmt")],
  compile([name, word], context) {
    const compiled = compileFormatOf(word, context);
    if (compiled === undefined) return undefined;
    const text = new FieldText(compiled);
    return (control) => {
      if (control.request!.version < INTERIM_VERSION) return Verdict.NEXT;
      if (!text.make(control)) return control.failRewrite();
      const { bytes, start, end } = text;
      const { earlyHints } = (control as PolicyView).engine;
      return earlyHints.add(name.octets, bytes, start, end) ? Verdict.NEXT : control.failRewrite();
    };
  },
});
