import { rest } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { SECTIONS_OF, type Side } from "../sides.ts";

/** What the reference had and has no more, where no other spelling does the same: an error says so. */
function defineRemoved(name: string, side: Side, message: string, hint: string) {
  return defineKeyword({
    name,
    sections: SECTIONS_OF[side],
    summary: "Was removed from the language; an error names what to write instead",
    source: "HAProxy configuration manual, section 4.2, of earlier versions",
    args: [rest("...")],
    apply(_draft, _values, at, diagnostics) {
      diagnostics.error(at, message, hint);
    },
  });
}

export const appsession = defineRemoved(
  "appsession",
  "server",
  "'appsession' is not supported anymore since HAProxy 1.6.",
  "bind clients with 'cookie <name> prefix', or with 'stick-table' and 'stick on cookie(<name>)'",
);
