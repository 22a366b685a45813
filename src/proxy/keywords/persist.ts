import { argument } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { RDP_COOKIE_NAME, RDP_PERSISTENCE } from "../rdp-persistence.ts";
import { SECTIONS_OF } from "../sides.ts";

const METHOD = /^rdp-cookie(?:\((.*)\))?$/;

const method = argument("method", (value, refuse) => {
  const match = METHOD.exec(value);
  const hint = "Write it as: persist rdp-cookie, or persist rdp-cookie(<name>)";
  if (match === null) {
    const isUnnamed = value.startsWith("rdp-cookie(");
    return refuse(
      isUnnamed ? "'rdp-cookie(<name>)' lacks its closing parenthesis." : "unknown persist method.",
      hint,
    );
  }
  if (match[1] === "") return refuse("'rdp-cookie(<name>)' requires an rdp cookie name.", hint);
  return match[1] ?? RDP_COOKIE_NAME;
});

export const persist = defineKeyword({
  name: "persist",
  sections: SECTIONS_OF.server,
  summary: "Binds RDP clients to the server that the cookie in their first bytes names",
  source: "HAProxy configuration manual, section 4.2",
  args: [method],
  apply(draft, [name]) {
    draft.part(RDP_PERSISTENCE).name = name;
  },
});
