import { optional, rest, word } from "../../config/arg.ts";
import type { Diagnostics } from "../../config/diagnostics.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { partOfWord, type Word } from "../../config/word.ts";
import { CheckFormat } from "../check-format.ts";
import { HTTP_CHECK } from "../http-check-part.ts";
import { type HttpRequestField, PLAIN_REQUEST } from "../http-request.ts";
import { CHECK_KIND } from "../kind-part.ts";
import { httpVersionOf } from "../parse-http-send.ts";

/** `option httpchk`, with one to three words: URI; method and URI; method, URI and version. */
export const optionHttpchk = defineKeyword({
  name: "option httpchk",
  sections: ["defaults", "listen", "backend"],
  summary: "Checks servers with an HTTP request instead of a connection alone",
  source: "HAProxy configuration manual, section 4.2, option httpchk",
  args: [
    optional(word("method or uri")),
    optional(word("uri")),
    optional(word("version")),
    rest("more"),
  ],
  apply(draft, [first, second, version, more], at, diagnostics) {
    draft.part(CHECK_KIND).name = "option httpchk";
    if (more.length > 0) {
      diagnostics.error(
        more[0],
        `'option httpchk' cannot handle unexpected argument '${more[0]!.text}'.`,
        "write it as: option httpchk <method> <uri> <version>",
      );
      return;
    }
    const target = second ?? first;
    if (!/^[!-~\u0080-\u00ff]*$/.test((first?.text ?? "") + (second?.text ?? ""))) {
      diagnostics.error(at, "'option httpchk' : method and uri are one word each.");
    }
    const hidden = version === undefined ? undefined : readVersion(version, diagnostics);
    draft.part(HTTP_CHECK).request = Object.freeze({
      ...PLAIN_REQUEST,
      method: second === undefined ? undefined : first?.text,
      target: target === undefined ? undefined : CheckFormat.literal(target.text),
      ...hidden,
    });
  },
});

/** Reads the version, and what old files hide behind it: header lines and a body. */
function readVersion(word: Word, diagnostics: Diagnostics) {
  const [, shown, head, text] =
    /^([^\r\n]*)((?:\r?\n(?!\r?\n)[^\r\n]+)*)(?:\r?\n)*([\s\S]*)$/.exec(word.text) ?? [];
  const version = httpVersionOf(shown!);
  if (version === undefined) {
    const message = `'option httpchk' : '${shown}' is not a version of HTTP.`;
    diagnostics.error(partOfWord(word, 0), message, "use HTTP/1.0 or HTTP/1.1");
  }
  const fields: HttpRequestField[] = [];
  for (const line of head!.split(/\r?\n/).filter((line) => line !== "")) {
    const match = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/.exec(line);
    if (match === null) {
      diagnostics.error(word, `'option httpchk' : '${line}' is not a header line.`);
      continue;
    }
    fields.push({ name: match[1]!, value: CheckFormat.literal(match[2]!) });
  }
  if (head !== "" || text !== "") {
    diagnostics.warn(
      word,
      "'option httpchk' : hiding headers or body at the end of the version string is deprecated. Please, consider to use 'http-check send' directive instead.",
    );
  }
  const body = text === "" ? undefined : CheckFormat.literal(text!);
  return { version, fields: Object.freeze(fields), body };
}
