import { CacheJudge } from "../http/cache-judge.ts";
import { KnownField } from "../http/field-names.ts";
import type { Head } from "../http/head.ts";
import { Method } from "../http/methods.ts";
import { COMMA, SPACE, skipBlank, trimBlank } from "../http/octets.ts";
import { CookieScan } from "./cookie-scan.ts";
import type { CookieSettings } from "./cookie-settings.ts";
import { CookieResponse } from "./endings.ts";

const textBytes = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
const SET_COOKIE = textBytes("set-cookie");
const CACHE_CONTROL = textBytes("cache-control");
const PRIVATE = textBytes("private");

const EQUALS = 0x3d;
const DOLLAR = 0x24;
/** Ends the server's part of a value; what follows is for dates. */
const BAR = 0x7c;

/** What a cookie says of a server when it says nothing useful. */
export const NO_COOKIE = -1;
/** The cookie is there, but no server has its value. */
export const INVALID_COOKIE = -2;
/** The head had no room for the cookie. */
export const NO_ROOM = -1;

/**
 * Persistence by a cookie that holds the server's name: finds it in requests, hides it from servers,
 * gives it in responses. Works on heads in place; knows servers by their index alone.
 *
 * Source: HAProxy configuration manual, section 4.2 (`cookie`); RFC 6265.
 */
export class CookiePersistence {
  readonly settings: Readonly<CookieSettings>;
  readonly #name: Uint8Array;
  /** Values by server index; empty for a server without one. */
  readonly #values: readonly Uint8Array[];
  /** Values of the `set-cookie` field by server index. */
  readonly #lines: readonly Uint8Array[];
  readonly #scan = new CookieScan();
  readonly #cacheJudge = new CacheJudge();

  /** @param serverCookies - The `cookie` of each server by its index; "" for none. */
  constructor(settings: Readonly<CookieSettings>, serverCookies: readonly string[]) {
    this.settings = settings;
    this.#name = textBytes(settings.name);
    this.#values = serverCookies.map(textBytes);
    this.#lines = serverCookies.map((cookie) => textBytes(lineOf(settings, cookie)));
  }

  /**
   * Returns the index of the first server that such cookies of the request name, or
   * {@link NO_COOKIE} or {@link INVALID_COOKIE}.
   *
   * @hot
   */
  findServer(request: Head): number {
    const { bytes } = request;
    const scan = this.#scan;
    let found = NO_COOKIE;
    let index = request.find(KnownField.COOKIE);
    while (index !== -1) {
      scan.begin(bytes, request.valueStart(index), request.valueEnd(index));
      while (scan.next()) {
        if (!this.#isOurs(bytes)) continue;
        found = this.#serverOf(bytes, scan.valueStart, scan.valueEnd);
        if (found >= 0) return found;
      }
      index = request.find(KnownField.COOKIE, index + 1);
    }
    return found;
  }

  /**
   * Takes every such cookie out of the request, with the `$` attributes behind it; the other cookies
   * keep their bytes and order. A line that held nothing else goes.
   *
   * @hot
   */
  removeFrom(request: Head): void {
    let index = request.find(KnownField.COOKIE);
    while (index !== -1) {
      this.#cleanLine(request, index);
      index = request.find(KnownField.COOKIE, index + 1);
    }
  }

  /**
   * Edits a response: takes the server's own cookie out where the settings say so, and gives ours.
   *
   * @hot
   * @param method - Method number of the request.
   * @param server - Index of the server that answered.
   * @param isValid - The request brought the cookie of this very server.
   * @returns The fourth letter of the log, or {@link NO_ROOM}.
   */
  editResponse(response: Head, method: number, server: number, isValid: boolean): number {
    const { inserts, isIndirect, preserves, isPostOnly } = this.settings;
    if (!inserts && !isIndirect) return CookieResponse.NOT_USED;
    let outcome: number = CookieResponse.NONE;
    const removes = !preserves && (inserts || (isIndirect && isValid));
    if (this.#visitOwn(response, removes)) {
      outcome = removes ? CookieResponse.DELETED : CookieResponse.PROVIDED;
    }
    const isWanted = inserts && !isValid && (!isPostOnly || method === Method.POST);
    if (!isWanted || outcome === CookieResponse.PROVIDED) return outcome;

    return this.#give(response, method, server) ? CookieResponse.INSERTED : NO_ROOM;
  }

  /** Adds the cookie of a server to a response; false when there is no room for it. */
  #give(response: Head, method: number, server: number): boolean {
    const line = this.#lines[server]!;
    // Judged first, since what is added must not count.
    const hides = this.settings.preventsCaching && this.#cacheJudge.isCacheable(response, method);
    const added = response.addField(SET_COOKIE, 0, SET_COOKIE.length, line, 0, line.length);
    if (added === -1 || !hides) return added !== -1;
    const { length } = CACHE_CONTROL;
    return response.addField(CACHE_CONTROL, 0, length, PRIVATE, 0, PRIVATE.length) !== -1;
  }

  /** True when the scan stands at a cookie of our name. */
  #isOurs(bytes: Uint8Array): boolean {
    const { nameStart, nameEnd, hasValue } = this.#scan;
    return hasValue && isSame(bytes, nameStart, nameEnd, this.#name);
  }

  #serverOf(bytes: Uint8Array, start: number, end: number): number {
    let stop = start;
    while (stop < end && bytes[stop] !== BAR) stop++;
    const values = this.#values;
    if (stop === start) return INVALID_COOKIE;
    for (let server = 0; server < values.length; server++) {
      if (isSame(bytes, start, stop, values[server]!)) return server;
    }
    return INVALID_COOKIE;
  }

  /** Takes our cookies out of a line's value in place, then relays what is left of it. */
  #cleanLine(request: Head, index: number): void {
    const { bytes } = request;
    const start = request.valueStart(index);
    const end = request.valueEnd(index);
    if (!this.#holdsOurs(bytes, start, end)) return;
    const to = this.#keepOthers(bytes, start, end);
    if (to === start) {
      request.removeField(index);
      return;
    }
    bytes.fill(SPACE, to, end);
    // Without room the line stays where it is, with blanks at its end.
    if (!request.replaceValue(index, bytes, start, to)) request.shortenValue(index, to);
  }

  #holdsOurs(bytes: Uint8Array, start: number, end: number): boolean {
    const scan = this.#scan;
    scan.begin(bytes, start, end);
    while (scan.next()) {
      if (this.#isOurs(bytes)) return true;
    }
    return false;
  }

  /**
   * Moves the cookies to keep together, which only shrinks the value, and returns its new end. What
   * stands between two of them stays as it is, unless something between them went.
   */
  #keepOthers(bytes: Uint8Array, start: number, end: number): number {
    const scan = this.#scan;
    scan.begin(bytes, start, end);
    let to = start;
    /** End of the last kept cookie as it stood, and the delimiter behind it. */
    let keptEnd = start;
    let delimiter = COMMA;
    let isRemoving = false;
    let hasGap = false;
    while (scan.next()) {
      const isAttribute = bytes[scan.nameStart] === DOLLAR;
      isRemoving = this.#isOurs(bytes) || (isRemoving && isAttribute);
      if (isRemoving) {
        hasGap = true;
        continue;
      }
      const itemEnd = trimBlank(bytes, scan.nameStart, scan.end);
      // Read before anything moves over it.
      const nextDelimiter = scan.end < end ? bytes[scan.end]! : delimiter;
      if (hasGap && to > start) {
        bytes[to++] = delimiter;
        bytes[to++] = SPACE;
      }
      const from = hasGap ? scan.nameStart : keptEnd;
      bytes.copyWithin(to, from, itemEnd);
      to += itemEnd - from;
      keptEnd = itemEnd;
      delimiter = nextDelimiter;
      hasGap = false;
    }
    return to;
  }

  /** Finds the lines by which the server sets the cookie itself; returns whether there were any. */
  #visitOwn(response: Head, removes: boolean): boolean {
    const first = this.#visitOwnLines(response, KnownField.SET_COOKIE, removes);
    return this.#visitOwnLines(response, KnownField.SET_COOKIE2, removes) || first;
  }

  #visitOwnLines(response: Head, known: KnownField, removes: boolean): boolean {
    let hasSome = false;
    let index = response.find(known);
    while (index !== -1) {
      if (this.#setsOurs(response, index)) {
        hasSome = true;
        if (removes) response.removeField(index);
      }
      index = response.find(known, index + 1);
    }
    return hasSome;
  }

  /** A line sets one cookie, the one at its start (RFC 6265 section 4.1). */
  #setsOurs(response: Head, index: number): boolean {
    const { bytes } = response;
    const start = response.valueStart(index);
    const end = response.valueEnd(index);
    const nameEnd = start + this.#name.length;
    if (nameEnd >= end || !isSame(bytes, start, nameEnd, this.#name)) return false;
    return bytes[skipBlank(bytes, nameEnd, end)] === EQUALS;
  }
}

/** The value of the field that gives a server's cookie; that of none takes the client's away. */
function lineOf(settings: Readonly<CookieSettings>, cookie: string): string {
  const expiry = cookie === "" ? "; Expires=Thu, 01-Jan-1970 00:00:01 GMT" : "";
  const parts = [`${settings.name}=${cookie}${expiry}`, "path=/"];
  for (const domain of settings.domains) parts.push(`domain=${domain}`);
  if (settings.isHttpOnly) parts.push("HttpOnly");
  if (settings.isSecure) parts.push("Secure");
  parts.push(...settings.attributes);
  return parts.join("; ");
}

function isSame(bytes: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
  if (end - start !== text.length) return false;
  for (let index = 0; index < text.length; index++) {
    if (bytes[start + index] !== text[index]) return false;
  }
  return true;
}
