import type { Diagnostics } from "../config/diagnostics.ts";
import { hasFrontend, type SectionDraft } from "../config/draft.ts";
import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";
import { CookieScan } from "../http/cookie-scan.ts";
import { FieldName } from "../http/field-name.ts";
import { KnownField } from "../http/field-names.ts";
import type { Head } from "../http/head.ts";
import { type CapturedTexts, SlotLayout } from "../log/captured-texts.ts";
import { INSPECT_DELAYS } from "../policy/rules-part.ts";
import type { Sample } from "../policy/sample.ts";
import type { CaptureSide, SectionCaptures } from "./rule-captures.ts";

/** A name, and how many bytes of what it stands for are kept. */
export interface CaptureSettings {
  readonly name: string;
  readonly size: number;
}

/** A place among a frontend's captures, in the order of the lines. */
export interface SlotSettings {
  /** The header that fills it; null leaves that to rules. */
  readonly name: string | null;
  readonly size: number;
  /** Where it was declared; slots are numbered in this order. */
  readonly line: number;
}

/** What the `capture` and `declare capture` lines of a frontend say. */
export interface CapturesDraft {
  cookie: CaptureSettings | null;
  readonly request: SlotSettings[];
  readonly response: SlotSettings[];
}

/** The part of a section that holds it. */
export const CAPTURES = definePart<CapturesDraft>("captures", () => ({
  cookie: null,
  request: [],
  response: [],
}));

/** Where captured texts are kept until the log tells them. */
export interface CaptureSink extends SlotSink {
  requestCookie: string;
  responseCookie: string;
}

/** The slots alone, which streams of bytes have as well. */
export interface SlotSink {
  readonly requestCaptures: CapturedTexts;
  readonly responseCaptures: CapturedTexts;
}

/** The slots of one kind of message, compiled. */
interface Slots {
  readonly layout: SlotLayout;
  /** The field that fills each; null where rules alone do. */
  readonly names: readonly (FieldName | null)[];
}

/**
 * What a frontend keeps of messages for its log: one cookie, the last line of each named field, and
 * what rules put into slots. Nobody but who configures it pays for it.
 *
 * Source: HAProxy configuration manual, section 4.2 (`capture cookie`, `capture request header`,
 * `capture response header`, `declare capture`, `http-request capture`) and 8.8.
 */
export class Captures {
  readonly #cookie: CaptureSettings | null;
  readonly #request: Slots;
  readonly #response: Slots;
  readonly #scan = new CookieScan();

  constructor(draft: Readonly<CapturesDraft>) {
    this.#cookie = draft.cookie;
    this.#request = compile(draft.request);
    this.#response = compile(draft.response);
  }

  /** Makes the places of a stream empty. */
  begin(into: SlotSink): void {
    into.requestCaptures.begin(this.#request.layout);
    into.responseCaptures.begin(this.#response.layout);
  }

  /** Keeps what is wanted of a request, as the client sent it. */
  readRequest(request: Head, into: CaptureSink): void {
    readHeaders(request, this.#request, into.requestCaptures);
    if (this.#cookie === null) return;
    let index = request.find(KnownField.COOKIE);
    for (; index !== -1; index = request.find(KnownField.COOKIE, index + 1)) {
      into.requestCookie = this.#findCookie(request, index, this.#cookie, false);
      if (into.requestCookie !== "") return;
    }
  }

  /** Keeps what is wanted of a response, as the server sent it. */
  readResponse(response: Head, into: CaptureSink): void {
    readHeaders(response, this.#response, into.responseCaptures);
    if (this.#cookie === null) return;
    for (let index = 0; index < response.fieldCount; index++) {
      const known = response.known(index);
      if (known !== KnownField.SET_COOKIE && known !== KnownField.SET_COOKIE2) continue;
      into.responseCookie = this.#findCookie(response, index, this.#cookie, true);
      if (into.responseCookie !== "") return;
    }
  }

  /** Keeps a rule's value in a slot, cut to its size; false when there is no such slot. */
  keep(side: CaptureSide, slot: number, sample: Sample, into: SlotSink): boolean {
    const isRequest = side === "request";
    const { layout } = isRequest ? this.#request : this.#response;
    if (slot >= layout.count) return false;
    const texts = isRequest ? into.requestCaptures : into.responseCaptures;
    texts.put(slot, sample.bytes, sample.start, sample.end);
    return true;
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
  section: SectionDraft,
  isHttp: boolean,
  cookieSizeMax: number,
  rules: SectionCaptures,
  diagnostics: Diagnostics,
): Captures | null {
  if (!hasFrontend(section.kind)) return null;
  const { cookie, request, response } = section.part(CAPTURES);
  const requestSlots = rules.number(request);
  checkUses(rules, "request", requestSlots.length, section, diagnostics);
  checkUses(rules, "response", response.length, section, diagnostics);
  if (!isHttp) warnOfMode(section, diagnostics);
  if (!isHttp && section.part(INSPECT_DELAYS).requestMs === 0) {
    for (const at of rules.awaited) warnOfHaste(at, section, diagnostics);
  }
  if (cookie === null && requestSlots.length + response.length === 0) return null;
  const kept = isHttp ? shortened(cookie, section, cookieSizeMax, diagnostics) : null;
  return new Captures({ cookie: kept, request: requestSlots, response });
}

/** Slots that rules of a frontend ask for by their numbers have to be there. */
function checkUses(
  { uses }: SectionCaptures,
  side: CaptureSide,
  count: number,
  { name }: SectionDraft,
  diagnostics: Diagnostics,
): void {
  for (const use of uses) {
    if (use.side !== side || use.slot < count) continue;
    diagnostics.error(
      use.at,
      `Proxy '${name.text}': unable to find capture id '${use.slot}' referenced by http-${side} capture rule.`,
      count === 0
        ? `declare it: declare capture ${side} len 32`
        : `slots are numbered from 0, and the last ${side} slot is ${count - 1}`,
    );
  }
}

function warnOfHaste(at: Word, { kind, name }: SectionDraft, diagnostics: Diagnostics): void {
  diagnostics.warn(
    at,
    `${kind} '${name.text}' : a 'tcp-request content capture' rule looks at what the client sends, and nothing waits for it: what it finds is chance.`,
    "add 'tcp-request inspect-delay 5s'",
  );
}

function warnOfMode(section: SectionDraft, diagnostics: Diagnostics): void {
  const at = KEYWORDS.map((keyword) => section.used.get(keyword)).find(
    (word) => word !== undefined,
  );
  if (at === undefined) return;
  diagnostics.warn(
    at,
    `'capture' statement ignored for ${section.kind} '${section.name.text}' as it requires HTTP mode.`,
    "write 'mode http', or remove the line",
  );
}

function shortened(
  cookie: CaptureSettings | null,
  section: SectionDraft,
  cookieSizeMax: number,
  diagnostics: Diagnostics,
): CaptureSettings | null {
  if (cookie === null || cookie.size <= cookieSizeMax) return cookie;
  diagnostics.warn(
    section.used.get("capture cookie"),
    `truncating capture length to ${cookieSizeMax} bytes for proxy '${section.name.text}'.`,
    `The name and the equals sign count too. Raise tune.http.cookielen in the global section, or write: len ${cookieSizeMax}`,
  );
  return { name: cookie.name, size: cookieSizeMax };
}

const KEYWORDS = ["capture cookie", "capture request header", "capture response header"];

/** @hot */
function readHeaders(head: Head, { names }: Slots, into: CapturedTexts): void {
  for (let slot = 0; slot < names.length; slot++) {
    const name = names[slot]!;
    if (name === null) continue;
    const line = lastLine(head, name);
    if (line === -1) into.put(slot, head.bytes, 0, 0);
    else into.put(slot, head.bytes, head.valueStart(line), head.valueEnd(line));
  }
}

/** @hot */
function lastLine(head: Head, name: FieldName): number {
  let last = -1;
  for (let at = head.findField(name); at !== -1; at = head.findField(name, at + 1)) last = at;
  return last;
}

function compile(settings: readonly SlotSettings[]): Slots {
  return {
    layout: new SlotLayout(settings.map(({ size }) => size)),
    names: settings.map(({ name }) => (name === null ? null : FieldName.of(name))),
  };
}
