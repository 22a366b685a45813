import { rest, word } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { findForbiddenCharacter } from "../../config/name.ts";
import { ACLS } from "../acl-part.ts";

/** `acl`. What it says is compiled with the section's rules. */
export const acl = defineKeyword({
  name: "acl",
  sections: ["frontend", "listen", "backend"],
  summary: "Names a test that conditions can use; lines of the same name are alternatives",
  source: "HAProxy configuration manual, sections 4.2 and 7.1, acl",
  args: [word("aclname"), rest("criterion")],
  apply(draft, [name, words], _at, diagnostics) {
    const forbidden = findForbiddenCharacter(name.text);
    if (forbidden !== undefined) {
      diagnostics.error(
        name,
        `character '${forbidden}' is not permitted in acl name '${name.text}'.`,
        "Names are made of letters, digits and . : _ -",
      );
      return;
    }
    if (name.text === "or") {
      diagnostics.error(
        name,
        "acl name 'or' will never match: it joins conditions.",
        "choose another name",
      );
      return;
    }
    draft.part(ACLS).lines.push({ name, words });
  },
});
