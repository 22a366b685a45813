import type { Diagnostics } from "../config/diagnostics.ts";
import type { SectionDraft } from "../config/draft.ts";
import { definePart } from "../config/part.ts";
import { CookieScan } from "../http/cookie-scan.ts";
import { KnownField } from "../http/field-names.ts";
import type { Head } from "../http/head.ts";

/** A name, and how many bytes of what it stands for are kept. */
export interface CaptureSettings {
  readonly name: string;
  readonly size: number;
}

/** What the `capture` lines of a frontend say. */
export interface CapturesDraft {
  cookie: CaptureSettings | null;
  readonly requestHeaders: CaptureSettings[];
  readonly responseHeaders: CaptureSettings[];
}

/** The part of a section that holds it. */
export const CAPTURES = definePart<CapturesDraft>("captures", () => ({
  cookie: null,
  requestHeaders: [],
  responseHeaders: [],
}));

/** Where captured texts are kept until the log tells them. */
export interface CaptureSink {
  requestCookie: string;
  responseCookie: string;
  requestCaptures: readonly string[];
  responseCaptures: readonly string[];
}

interface HeaderCapture {
  readonly name: Uint8Array;
  readonly size: number;
}

/**
 * What a frontend keeps of messages for its log: one cookie, and the last line of each named field.
 * Nobody but who configures it pays for it.
 *
 * Source: HAProxy configuration manual, section 4.2 (`capture cookie`, `capture request header`,
 * `capture response header`) and 8.8.
 */
export class Captures {
  readonly #cookie: CaptureSettings | null;
  readonly #requestHeaders: readonly HeaderCapture[];
  readonly #responseHeaders: readonly HeaderCapture[];
  /** What a response that never came has in its places. */
  readonly #noResponse: readonly string[];
  readonly #scan = new CookieScan();

  constructor(draft: CapturesDraft) {
    this.#cookie = draft.cookie;
    this.#requestHeaders = draft.requestHeaders.map(compile);
    this.#responseHeaders = draft.responseHeaders.map(compile);
    this.#noResponse = Object.freeze(draft.responseHeaders.map(() => ""));
  }

  /** Keeps what is wanted of a request, as the client sent it. */
  readRequest(request: Head, into: CaptureSink): void {
    into.requestCaptures = readHeaders(request, this.#requestHeaders);
    into.responseCaptures = this.#noResponse;
    if (this.#cookie === null) return;
    let index = request.find(KnownField.COOKIE);
    for (; index !== -1; index = request.find(KnownField.COOKIE, index + 1)) {
      into.requestCookie = this.#findCookie(request, index, this.#cookie, false);
      if (into.requestCookie !== "") return;
    }
  }

  /** Keeps what is wanted of a response, as the server sent it. */
  readResponse(response: Head, into: CaptureSink): void {
    into.responseCaptures = readHeaders(response, this.#responseHeaders);
    if (this.#cookie === null) return;
    for (let index = 0; index < response.fieldCount; index++) {
      const known = response.known(index);
      if (known !== KnownField.SET_COOKIE && known !== KnownField.SET_COOKIE2) continue;
      into.responseCookie = this.#findCookie(response, index, this.#cookie, true);
      if (into.responseCookie !== "") return;
    }
  }

  /**
   * The first cookie of a line that starts with the name, which may be a part of its own; "" when
   * there is none.
   *
   * @param isFirst - Only the line's first cookie counts: what follows are its attributes.
   */
  #findCookie(head: Head, index: number, cookie: CaptureSettings, isFirst: boolean): string {
    const scan = this.#scan;
    scan.begin(head.bytes, head.valueStart(index), head.valueEnd(index));
    while (scan.next()) {
      if (isFirst && scan.nameStart !== head.valueStart(index)) return "";
      if (scan.hasValue) {
        const end = Math.max(scan.valueEnd, scan.valueStart);
        const name = head.text(scan.nameStart, scan.nameEnd);
        const text = `${name}=${head.text(scan.valueStart, Math.min(end, scan.valueStart + cookie.size))}`;
        if (text.startsWith(cookie.name)) return text.slice(0, cookie.size);
      }
      if (isFirst) return "";
    }
    return "";
  }
}

/**
 * Compiles a frontend's captures; null when it has none.
 *
 * @param cookieSizeMax - `tune.http.cookielen`: bytes of a cookie that are kept, its name included.
 */
export function compileCaptures(
  captures: CapturesDraft,
  section: SectionDraft,
  isHttp: boolean,
  cookieSizeMax: number,
  diagnostics: Diagnostics,
): Captures | null {
  const { cookie, requestHeaders, responseHeaders } = captures;
  if (cookie === null && requestHeaders.length + responseHeaders.length === 0) return null;
  if (isHttp) return new Captures(shortened(captures, section, cookieSizeMax, diagnostics));
  const at = KEYWORDS.map((keyword) => section.used.get(keyword)).find(
    (word) => word !== undefined,
  );
  diagnostics.warn(
    at,
    `'capture' statement ignored for ${section.kind} '${section.name.text}' as it requires HTTP mode.`,
    "write 'mode http', or remove the line",
  );
  return null;
}

function shortened(
  captures: CapturesDraft,
  section: SectionDraft,
  cookieSizeMax: number,
  diagnostics: Diagnostics,
): CapturesDraft {
  const { cookie } = captures;
  if (cookie === null || cookie.size <= cookieSizeMax) return captures;
  diagnostics.warn(
    section.used.get("capture cookie"),
    `truncating capture length to ${cookieSizeMax} bytes for proxy '${section.name.text}'.`,
    `The name and the equals sign count too. Raise tune.http.cookielen in the global section, or write: len ${cookieSizeMax}`,
  );
  return { ...captures, cookie: { name: cookie.name, size: cookieSizeMax } };
}

const KEYWORDS = ["capture cookie", "capture request header", "capture response header"];

function readHeaders(head: Head, captures: readonly HeaderCapture[]): readonly string[] {
  return captures.map(({ name, size }) => {
    let last = -1;
    let index = head.findName(name);
    for (; index !== -1; index = head.findName(name, index + 1)) last = index;
    if (last === -1) return "";
    const start = head.valueStart(last);
    return head.text(start, Math.min(head.valueEnd(last), start + size));
  });
}

function compile({ name, size }: CaptureSettings): HeaderCapture {
  return { name: new Uint8Array(Buffer.from(name, "latin1")), size };
}
