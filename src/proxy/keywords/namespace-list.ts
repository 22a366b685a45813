import { word } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { openNamespace } from "../../sys/namespace.ts";
import { NAMESPACES } from "../namespaces-part.ts";

export const listedNamespace = defineKeyword({
  name: "namespace",
  sections: ["namespace_list"],
  summary: "Lets PROXY headers say that a client's connection belongs to a network namespace",
  source: "Linux network namespace support for HAProxy",
  args: [word("name")],
  apply(draft, [name], _at, diagnostics) {
    const { byName } = draft.part(NAMESPACES);
    if (byName.has(name.text)) return;
    const namespace = openNamespace(name.text);
    if (namespace !== undefined) byName.set(name.text, namespace);
    else {
      diagnostics.error(name, `Cannot open namespace '${name.text}'.`, "See: ip netns list");
    }
  },
});
