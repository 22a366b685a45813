/** What the model makes of a chunked body that is all there. */
export type BodyVerdict =
  | { readonly kind: "incomplete" | "refused" }
  | { readonly kind: "done"; readonly size: number; readonly content: string };

const REFUSED: BodyVerdict = { kind: "refused" };

const SIZE_LINE = /^([0-9A-Fa-f]+)[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/;
const TRAILER_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]{1,255}):[\t\x20-\x7e\x80-\xff]*$/;
const FORBIDDEN_TRAILER = /^(?:content-length|transfer-encoding|host)$/i;

/**
 * The rules of `BodyReader` for chunked bodies once more, slowly and with text. Bounds on overhead
 * are left out: the bodies that are compared are far below them.
 */
export function modelChunkedBody(text: string): BodyVerdict {
  let at = 0;
  let content = "";
  for (;;) {
    const end = text.indexOf("\r\n", at);
    if (end === -1) return { kind: "incomplete" };
    const match = SIZE_LINE.exec(text.slice(at, end));
    if (match === null) return REFUSED;
    const size = BigInt(`0x${match[1]}`);
    if (size > BigInt(Number.MAX_SAFE_INTEGER)) return REFUSED;
    at = end + 2;
    if (size === 0n) return modelTrailers(text, at, content);
    if (size > BigInt(text.length - at)) return { kind: "incomplete" };
    content += text.slice(at, at + Number(size));
    at += Number(size);
    const after = text.slice(at, at + 2);
    if (!"\r\n".startsWith(after)) return REFUSED;
    if (after.length < 2) return { kind: "incomplete" };
    at += 2;
  }
}

function modelTrailers(text: string, start: number, content: string): BodyVerdict {
  let at = start;
  for (;;) {
    const end = text.indexOf("\r\n", at);
    if (end === -1) return { kind: "incomplete" };
    if (end === at) return { kind: "done", size: end + 2, content };
    const match = TRAILER_LINE.exec(text.slice(at, end));
    if (match === null || FORBIDDEN_TRAILER.test(match[1]!)) return REFUSED;
    at = end + 2;
  }
}
