import { type Arg, argument } from "../config/arg.ts";
import { FieldName } from "../http/field-name.ts";
import { endOfToken } from "../http/octets.ts";
import { octetsOf } from "./args.ts";
import { lowerOctets } from "./octet-case.ts";

/** A header's name, whose octets are as they are written: in lower case. */
export function fieldName(name: string): Arg<FieldName> {
  return argument(name, (text, refuse) => {
    const bytes = octetsOf(text);
    const stop = endOfToken(bytes, 0, bytes.length);
    if (stop === bytes.length) return new FieldName(lowerOctets(bytes));
    return refuse(
      `'${text}' is no name of a header: '${text[stop]}' cannot stand in one.`,
      "names are made of letters, digits and !#$%&'*+-.^_`|~",
    );
  });
}
