import { optional, rest, text, word } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { HTTP_CHECK } from "../http-check-part.ts";

/** `option httpchk`, with one to three words: URI; method and URI; method, URI and version. */
export const optionHttpchk = defineKeyword({
  name: "option httpchk",
  sections: ["defaults", "listen", "backend"],
  summary: "Checks servers with an HTTP request instead of a connection alone",
  source: "HAProxy configuration manual, section 4.2, option httpchk",
  args: [
    optional(text("method or uri")),
    optional(text("uri")),
    optional(word("version")),
    rest("more"),
  ],
  apply(draft, [first, second, version, more], at, diagnostics) {
    const part = draft.part(HTTP_CHECK);
    part.isOn = true;
    part.method = second === undefined ? "OPTIONS" : first!;
    part.target = second ?? first ?? "/";
    part.version = "HTTP/1.0";
    part.fields = Object.freeze([]);
    if (more.length > 0) {
      diagnostics.error(
        more[0],
        `'option httpchk' cannot handle unexpected argument '${more[0]!.text}'.`,
        "write it as: option httpchk <method> <uri> <version>",
      );
    }
    if (!/^[!-~\u0080-\u00ff]+$/.test(part.method + part.target)) {
      diagnostics.error(at, "'option httpchk' : method and uri are one word each.");
    }
    if (version === undefined) return;
    const [shown, ...fields] = version.text.split(/\r?\n/);
    part.version = shown!;
    const lines = fields.filter((line) => line !== "");
    part.fields = Object.freeze(lines);
    for (const line of lines) {
      if (/^[!#$%&'*+.^_`|~0-9A-Za-z-]+:/.test(line)) continue;
      diagnostics.error(version, `'option httpchk' : '${line}' is not a header line.`);
    }
    if (!/^HTTP\/\d\.\d$/.test(part.version)) {
      const message = `'option httpchk' : '${part.version}' is not a version of HTTP.`;
      diagnostics.error(version, message, "use HTTP/1.0 or HTTP/1.1");
    }
    if (lines.length > 0) {
      diagnostics.warn(
        version,
        "'option httpchk' : hiding headers or body at the end of the version string is deprecated. Please, consider to use 'http-check send' directive instead.",
      );
    }
  },
  disable(draft) {
    draft.part(HTTP_CHECK).isOn = false;
  },
});
