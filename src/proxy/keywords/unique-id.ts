import { argument, word } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { SECTIONS_OF } from "../sides.ts";
import { UNIQUE_ID } from "../unique-id.ts";

const SOURCE = "HAProxy configuration manual, section 4.2";
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export const uniqueIdFormat = defineKeyword({
  name: "unique-id-format",
  sections: SECTIONS_OF.client,
  summary: "Gives each request a name of a format, which logs (%ID) and servers can be told",
  source: SOURCE,
  args: [word("string")],
  apply(draft, [format]) {
    draft.part(UNIQUE_ID).format = format;
  },
});

const fieldName = argument("name", (value, refuse) =>
  TOKEN.test(value) ? value : refuse(`'${value}' is no name of a header field.`),
);

export const uniqueIdHeader = defineKeyword({
  name: "unique-id-header",
  sections: SECTIONS_OF.client,
  summary: "Tells servers the name that unique-id-format gives a request, in a field of this name",
  source: SOURCE,
  args: [fieldName],
  apply(draft, [name]) {
    draft.part(UNIQUE_ID).header = name;
  },
});
