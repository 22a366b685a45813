import { CacheJudge } from "../http/cache-judge.ts";
import { CookieScan, isSame, offsetOf } from "../http/cookie-scan.ts";
import { KnownField } from "../http/field-names.ts";
import type { Head } from "../http/head.ts";
import { Method } from "../http/methods.ts";
import {
  COOKIE_DATE_SIZE,
  cookieDateOf,
  readCookieDate,
  secondsOfCookieDate,
  writeCookieDate,
} from "./cookie-date.ts";
import { CookieEdit, CookieLineEditor, PREFIX_DELIMITER } from "./cookie-line.ts";
import { CookieMode, type CookieSettings } from "./cookie-settings.ts";
import { CookieRequest, CookieResponse } from "./endings.ts";

const textBytes = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
const SET_COOKIE = textBytes("set-cookie");
const CACHE_CONTROL = textBytes("cache-control");
const PRIVATE = textBytes("private");
const EXPIRED = textBytes("; Expires=Thu, 01-Jan-1970 00:00:01 GMT");

const EQUALS = 0x3d;
/** Ends the server's part of a value; what follows is for dates. */
const BAR = 0x7c;
const DATES_SIZE_MAX = 2 * (1 + COOKIE_DATE_SIZE);
/** How far in the future a date may lie: clocks and their zones are sometimes wrong. */
const FUTURE_MAX_SECONDS = 86_400;

/** No server is meant. */
export const NO_SERVER = -1;
/** The head had no room for the cookie. */
export const NO_ROOM = -1;

/** What persistence knows of a server. */
export interface CookieServer {
  /** Empty when it has no cookie. */
  readonly cookieBytes: Uint8Array;
  readonly isRunning: boolean;
}

/** The wall clock, in milliseconds. */
export interface WallClock {
  dateMs(): number;
}

/** What a client brought, as far as the answer to it depends on it. */
export interface ClientCookie {
  /** It is the cookie of the server that answers. */
  readonly isValid: boolean;
  /** Dates in the cookie; 0 for none. */
  readonly idleDate: number;
  readonly lifeDate: number;
}

/**
 * Persistence by a cookie that holds the server's name: finds it in requests, hides it from servers,
 * gives it in responses. Works on heads in place; knows servers by their index.
 *
 * Source: HAProxy configuration manual, section 4.2 (`cookie`); RFC 6265; where they are silent,
 * HAProxy 2.6.
 */
export class CookiePersistence {
  readonly settings: Readonly<CookieSettings>;
  /** What the last request told: the server's index, or {@link NO_SERVER}; the log's letter; dates. */
  server = NO_SERVER;
  letter: CookieRequest = CookieRequest.NONE;
  idleDate = 0;
  lifeDate = 0;

  readonly #servers: readonly CookieServer[];
  #isForced = false;
  readonly #ignoresDown: boolean;
  readonly #clock: WallClock;
  readonly #name: Uint8Array;
  /** What follows the value in the `set-cookie` field. */
  readonly #attributes: Uint8Array;
  readonly #edit: CookieEdit;
  readonly #editor: CookieLineEditor;
  readonly #scan = new CookieScan();
  readonly #cacheJudge = new CacheJudge();
  /** A value for a server's own `set-cookie` line. */
  #value = new Uint8Array(256);

  /** @param ignoresDown - `option persist`: a server that is down is meant all the same. */
  constructor(
    settings: Readonly<CookieSettings>,
    servers: readonly CookieServer[],
    clock: WallClock,
    ignoresDown = false,
  ) {
    this.settings = settings;
    this.#servers = servers;
    this.#clock = clock;
    this.#ignoresDown = ignoresDown;
    this.#name = textBytes(settings.name);
    this.#attributes = textBytes(attributesOf(settings));
    this.#edit = editOf(settings);
    this.#editor = new CookieLineEditor(this.#name, this.#edit);
  }

  /** It says nothing in logs: servers are found by it, and nothing else is done. */
  get isSilent(): boolean {
    return this.settings.mode === CookieMode.PASSIVE && !this.settings.isIndirect;
  }

  /**
   * Finds the server that the request's cookies name, and takes out of them what servers must not
   * see. Leaves its findings in the fields.
   *
   * @hot
   * @param isForced - A server that is down counts as well.
   */
  readRequest(request: Head, isForced = false): void {
    this.#isForced = isForced;
    this.server = NO_SERVER;
    this.letter = CookieRequest.NONE;
    this.idleDate = 0;
    this.lifeDate = 0;
    let index = request.find(KnownField.COOKIE);
    while (index !== -1) {
      if (this.#readLine(request, index)) this.#editor.edit(request, index);
      index = request.find(KnownField.COOKIE, index + 1);
    }
  }

  /** Judges the cookies of a line; returns whether it has to be edited. */
  #readLine(request: Head, index: number): boolean {
    const { bytes } = request;
    const scan = this.#scan;
    let needsEdit = false;
    scan.begin(bytes, request.valueStart(index), request.valueEnd(index));
    while (scan.next()) {
      if (scan.isPadded) needsEdit = true;
      if (!this.#isOurs(bytes)) continue;
      if (this.#edit === CookieEdit.REMOVE) needsEdit = true;
      if (this.#judge(bytes, scan.valueStart, scan.valueEnd)) needsEdit = true;
    }
    return needsEdit;
  }

  /** Judges a cookie of ours, unless the server is known; returns whether it has a prefix. */
  #judge(bytes: Uint8Array, start: number, end: number): boolean {
    const isPrefix = this.settings.mode === CookieMode.PREFIX;
    const stop = offsetOf(bytes, start, end, isPrefix ? PREFIX_DELIMITER : BAR);
    if (this.server === NO_SERVER) {
      const isDated = !isPrefix && stop < end;
      if (!isDated || this.#readDates(bytes, stop + 1, end)) this.#findServer(bytes, start, stop);
    }
    return isPrefix && stop < end;
  }

  /** Reads the dates of a cookie; false when they say that it is not to be used. */
  #readDates(bytes: Uint8Array, start: number, end: number): boolean {
    const { idleMaxSeconds, lifeMaxSeconds } = this.settings;
    const bar = offsetOf(bytes, start, end, BAR);
    this.idleDate = readCookieDate(bytes, start, bar);
    this.lifeDate = bar < end ? readCookieDate(bytes, bar + 1, end) : 0;
    if (this.idleDate === 0 && this.lifeDate === 0) return true;
    const nowSeconds = Math.floor(this.#clock.dateMs() / 1000);
    if (isOver(this.lifeDate, lifeMaxSeconds, nowSeconds)) this.letter = CookieRequest.OLD;
    else if (isOver(this.idleDate, idleMaxSeconds, nowSeconds)) this.letter = CookieRequest.EXPIRED;
    else return true;
    this.idleDate = 0;
    this.lifeDate = 0;
    return false;
  }

  /** Servers may share a cookie, such as one and its backup: the first that runs is meant. */
  #findServer(bytes: Uint8Array, start: number, end: number): void {
    const servers = this.#servers;
    let isKnown = false;
    for (let index = 0; index < servers.length && start < end; index++) {
      const server = servers[index]!;
      if (!isSame(bytes, start, end, server.cookieBytes)) continue;
      isKnown = true;
      if (!server.isRunning && !this.#ignoresDown && !this.#isForced) continue;
      this.letter = server.isRunning ? CookieRequest.VALID : CookieRequest.DOWN;
      this.server = index;
      return;
    }
    if (isKnown) this.letter = CookieRequest.DOWN;
    else if (this.letter === CookieRequest.NONE) this.letter = CookieRequest.INVALID;
  }

  /**
   * Edits a response: takes the server's own cookie out, gives it the server's name, or gives ours,
   * as the settings say.
   *
   * @hot
   * @param method - Method number of the request.
   * @param server - Index of the server that answered.
   * @returns The fourth letter of the log, or {@link NO_ROOM}.
   */
  editResponse(response: Head, method: number, server: number, client: ClientCookie): number {
    if (this.isSilent) return CookieResponse.NOT_USED;
    const first = this.#visitOwn(response, KnownField.SET_COOKIE, server, client.isValid);
    const second = this.#visitOwn(response, KnownField.SET_COOKIE2, server, client.isValid);
    if (first === NO_ROOM || second === NO_ROOM) return NO_ROOM;
    const outcome = second === CookieResponse.NONE ? first : second;
    const { mode, isPostOnly } = this.settings;
    if (mode !== CookieMode.INSERT || outcome === CookieResponse.PROVIDED) return outcome;
    if (isPostOnly && method !== Method.POST) return outcome;
    const nowDate = this.#isDated || client.idleDate !== 0 ? this.#nowDate() : 0;
    if (client.isValid && this.#isFresh(client, nowDate)) return outcome;
    if (!this.#give(response, method, server, client.lifeDate, nowDate)) return NO_ROOM;
    return client.isValid ? CookieResponse.UPDATED : CookieResponse.INSERTED;
  }

  get #isDated(): boolean {
    return this.settings.idleMaxSeconds > 0 || this.settings.lifeMaxSeconds > 0;
  }

  #nowDate(): number {
    return cookieDateOf(Math.floor(this.#clock.dateMs() / 1000));
  }

  /** Are the dates of the client's cookie those that ours would have? */
  #isFresh({ idleDate, lifeDate }: ClientCookie, nowDate: number): boolean {
    const { idleMaxSeconds, lifeMaxSeconds } = this.settings;
    if (idleDate === 0 ? idleMaxSeconds > 0 : idleDate < nowDate) return false;
    return (lifeDate !== 0) === lifeMaxSeconds > 0;
  }

  /** Adds the cookie of a server to a response; false when there is no room for it. */
  #give(
    response: Head,
    method: number,
    server: number,
    lifeDate: number,
    nowDate: number,
  ): boolean {
    const { cookieBytes } = this.#servers[server]!;
    // Judged first, since what is added must not count.
    const hides = this.settings.preventsCaching && this.#cacheJudge.isCacheable(response, method);
    const tailSize = this.#attributes.length + (cookieBytes.length === 0 ? EXPIRED.length : 0);
    const size = this.#name.length + cookieBytes.length + tailSize + 1 + DATES_SIZE_MAX;
    const at = response.openField(SET_COOKIE, 0, SET_COOKIE.length, size);
    if (at === -1) return false;
    const { bytes } = response;
    let to = append(bytes, at, this.#name);
    bytes[to++] = EQUALS;
    to = append(bytes, to, cookieBytes);
    if (cookieBytes.length === 0) to = append(bytes, to, EXPIRED);
    else if (this.#isDated) to = this.#writeDates(bytes, to, lifeDate, nowDate);
    response.closeField(append(bytes, to, this.#attributes));
    if (!hides) return true;
    const { length } = CACHE_CONTROL;
    return response.addField(CACHE_CONTROL, 0, length, PRIVATE, 0, PRIVATE.length) !== -1;
  }

  #writeDates(bytes: Uint8Array, at: number, lifeDate: number, nowDate: number): number {
    bytes[at] = BAR;
    const to = writeCookieDate(bytes, at + 1, nowDate);
    if (this.settings.lifeMaxSeconds === 0) return to;
    bytes[to] = BAR;
    return writeCookieDate(bytes, to + 1, lifeDate === 0 ? nowDate : lifeDate);
  }

  /** True when the scan stands at a cookie of our name. */
  #isOurs(bytes: Uint8Array): boolean {
    const { nameStart, nameEnd, hasValue } = this.#scan;
    return hasValue && isSame(bytes, nameStart, nameEnd, this.#name);
  }

  /** Deals with the lines by which the server sets the cookie itself. */
  #visitOwn(response: Head, known: KnownField, server: number, isValid: boolean): number {
    const { mode, preserves, isIndirect } = this.settings;
    const { cookieBytes } = this.#servers[server]!;
    const isNamed = mode === CookieMode.REWRITE || mode === CookieMode.PREFIX;
    let outcome: number = CookieResponse.NONE;
    let index = response.find(known);
    for (; index !== -1; index = response.find(known, index + 1)) {
      if (!this.#setsOurs(response, index)) continue;
      outcome = CookieResponse.PROVIDED;
      if (!preserves && (mode === CookieMode.INSERT || (isIndirect && isValid))) {
        response.removeField(index);
        outcome = CookieResponse.DELETED;
      } else if (isNamed && cookieBytes.length > 0) {
        if (!this.#nameServer(response, index, cookieBytes)) return NO_ROOM;
        outcome = CookieResponse.REWRITTEN;
      }
    }
    return outcome;
  }

  /** A line sets one cookie, the one at its start (RFC 6265 section 4.1): the scan stands at it. */
  #setsOurs(response: Head, index: number): boolean {
    const scan = this.#scan;
    const start = response.valueStart(index);
    scan.begin(response.bytes, start, response.valueEnd(index));
    return scan.next() && scan.nameStart === start && this.#isOurs(response.bytes);
  }

  /** Gives the cookie at the scan the server's name: as its value, or in front of it. */
  #nameServer(response: Head, index: number, cookie: Uint8Array): boolean {
    const { bytes } = response;
    const { nameEnd, valueStart, valueEnd } = this.#scan;
    const start = response.valueStart(index);
    const end = response.valueEnd(index);
    const from =
      this.settings.mode === CookieMode.PREFIX ? valueStart : Math.max(valueEnd, valueStart);
    const size = nameEnd - start + cookie.length + end - from + 2;
    if (size > this.#value.length) this.#growValue(size);
    const value = this.#value;
    value.set(bytes.subarray(start, nameEnd));
    let to = nameEnd - start;
    value[to++] = EQUALS;
    to = append(value, to, cookie);
    if (this.settings.mode === CookieMode.PREFIX) value[to++] = PREFIX_DELIMITER;
    value.set(bytes.subarray(from, end), to);
    return response.replaceValue(index, value, 0, to + end - from);
  }

  #growValue(size: number): void {
    this.#value = new Uint8Array(size);
  }
}

function append(into: Uint8Array, at: number, text: Uint8Array): number {
  into.set(text, at);
  return at + text.length;
}

/** Is a date past its limit, or too far in the future to be believed? */
function isOver(date: number, maxSeconds: number, nowSeconds: number): boolean {
  if (date === 0 || maxSeconds === 0) return false;
  const seconds = secondsOfCookieDate(date);
  return seconds + maxSeconds < nowSeconds || seconds > nowSeconds + FUTURE_MAX_SECONDS;
}

function editOf({ mode, isIndirect }: Readonly<CookieSettings>): CookieEdit {
  if (mode === CookieMode.PREFIX) return CookieEdit.STRIP;
  return mode === CookieMode.INSERT && isIndirect ? CookieEdit.REMOVE : CookieEdit.NONE;
}

function attributesOf(settings: Readonly<CookieSettings>): string {
  const parts = ["", "path=/"];
  for (const domain of settings.domains) parts.push(`domain=${domain}`);
  if (settings.isHttpOnly) parts.push("HttpOnly");
  if (settings.isSecure) parts.push("Secure");
  parts.push(...settings.attributes);
  return parts.join("; ");
}
