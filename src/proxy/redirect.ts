import type { Head } from "../http/head.ts";
import type { Format } from "../policy/format.ts";
import type { RuleAnswer, StreamControl } from "../policy/stream-control.ts";
import { writeFormat } from "./rule-answer.ts";

/** What the target of a redirect is made of. */
export type RedirectKind = "location" | "prefix" | "scheme";

/** The statuses that send a client elsewhere, with what they are called here. */
export const REDIRECT_REASONS: ReadonlyMap<number, string> = new Map([
  [301, "Moved Permanently"],
  [302, "Found"],
  [303, "See Other"],
  [307, "Temporary Redirect"],
  [308, "Permanent Redirect"],
]);
/** These may be kept by whoever gets them. */
const PERMANENT: readonly number[] = [301, 308];

/** What a redirect is made of. */
export interface RedirectParts {
  readonly kind: RedirectKind;
  /** The location, what stands in front of the path, or the scheme. */
  readonly target: Format;
  readonly status: number;
  readonly dropsQuery: boolean;
  readonly appendsSlash: boolean;
  /** An empty target means no redirect at all. */
  readonly ignoresEmpty: boolean;
  /** The value of a `set-cookie` field; "" for none. */
  readonly cookie: string;
}

const SLASH = 0x2f;
const QUESTION_MARK = 0x3f;
const JUST_SLASH = Buffer.from("/");
const BEHIND_SCHEME = Buffer.from("://");
const NO_BYTES = new Uint8Array(0);
const HOST = Buffer.from("host");

/**
 * Sends a client elsewhere.
 *
 * Source: HAProxy configuration manual, section 4.2, redirect.
 */
export class Redirect {
  readonly #parts: RedirectParts;
  readonly #head: string;
  readonly #tail: string;

  constructor(parts: RedirectParts) {
    this.#parts = parts;
    const { status, cookie } = parts;
    const caching = PERMANENT.includes(status) ? "" : "cache-control: no-cache\r\n";
    const cookieLine = cookie === "" ? "" : `set-cookie: ${cookie}\r\n`;
    this.#head = `HTTP/1.1 ${status} ${REDIRECT_REASONS.get(status)}\r\ncontent-length: 0\r\nlocation: `;
    this.#tail = `\r\n${caching}${cookieLine}\r\n`;
  }

  /** The answer for this message; null where the rule does not count. */
  answerTo(control: StreamControl): RuleAnswer | null {
    const { target, ignoresEmpty, status } = this.#parts;
    const text = writeFormat(target, control);
    if (ignoresEmpty && text.length === 0) return null;
    const pieces = [Buffer.from(this.#head, "latin1"), ...this.#location(text, control.request)];
    const message = Buffer.concat([...pieces, Buffer.from(this.#tail, "latin1")]);
    return { status, closes: hasBody(control.request), message: () => message };
  }

  #location(text: Uint8Array, request: Head | null): Uint8Array[] {
    switch (this.#parts.kind) {
      case "location":
        return [text];
      case "prefix":
        return this.#behind(text.length === 1 && text[0] === SLASH ? NO_BYTES : text, request!);
      default: {
        const host = request!.findName(HOST);
        const authority =
          host === -1
            ? NO_BYTES
            : request!.bytes.slice(request!.valueStart(host), request!.valueEnd(host));
        return [text, BEHIND_SCHEME, ...this.#behind(authority, request!)];
      }
    }
  }

  /** Puts the path of the request behind something, with its query unless that is dropped. */
  #behind(front: Uint8Array, request: Head): Uint8Array[] {
    const { dropsQuery, appendsSlash } = this.#parts;
    const { bytes, pathStart, targetEnd } = request;
    const hasPath = pathStart < targetEnd && bytes[pathStart] === SLASH;
    let path: Uint8Array = hasPath ? bytes.slice(pathStart, targetEnd) : JUST_SLASH;
    const query = path.indexOf(QUESTION_MARK);
    if (dropsQuery && query !== -1) path = path.subarray(0, query);
    const needsSlash = appendsSlash && path[path.length - 1] !== SLASH;
    return needsSlash ? [front, path, JUST_SLASH] : [front, path];
  }
}

/** As with HAProxy, a client that sends a body along with what is redirected has to connect anew. */
function hasBody(request: Head | null): boolean {
  return request !== null && (request.contentLength > 0 || request.isChunked);
}
