import { CookieScan, isSame, offsetOf } from "../http/cookie-scan.ts";
import type { Head } from "../http/head.ts";
import { COMMA, SPACE, trimBlank } from "../http/octets.ts";

const EQUALS = 0x3d;
const DOLLAR = 0x24;
/** Parts the server's name from the server's own value (`prefix`). */
export const PREFIX_DELIMITER = 0x7e;

/** What becomes of the cookies of our name. */
export const CookieEdit = {
  NONE: 0,
  /** They go, with the `$` attributes behind them. */
  REMOVE: 1,
  /** What stands in front of their first tilde goes, and the tilde. */
  STRIP: 2,
} as const;
export type CookieEdit = (typeof CookieEdit)[keyof typeof CookieEdit];

/**
 * Edits `cookie` lines of requests in place, which only shrinks them. Other cookies keep their bytes
 * and order; blanks around equals signs go, as with HAProxy.
 */
export class CookieLineEditor {
  readonly #name: Uint8Array;
  readonly #edit: CookieEdit;
  readonly #scan = new CookieScan();
  /** Where the next octet goes. */
  #to = 0;
  /** End of the last kept cookie as it stood, and the delimiter behind it. */
  #keptEnd = 0;
  #delimiter = COMMA;
  /** Something went between the last kept cookie and the next one. */
  #hasGap = false;

  constructor(name: Uint8Array, edit: CookieEdit) {
    this.#name = name;
    this.#edit = edit;
  }

  /**
   * Edits a line whose cookies are known to need it; one that held nothing else goes.
   *
   * @hot
   */
  edit(request: Head, index: number): void {
    const { bytes } = request;
    const start = request.valueStart(index);
    const end = request.valueEnd(index);
    this.#rewrite(bytes, start, end);
    const to = this.#to;
    if (to === start) request.removeField(index);
    else if (to < end) request.shrinkValue(index, to);
  }

  /** Moves what is kept together; what stands between two cookies stays, unless one of them went. */
  #rewrite(bytes: Uint8Array, start: number, end: number): void {
    const scan = this.#scan;
    scan.begin(bytes, start, end);
    this.#to = start;
    this.#keptEnd = start;
    this.#delimiter = COMMA;
    this.#hasGap = false;
    let isRemoving = false;
    while (scan.next()) {
      const isOurs = scan.hasValue && isSame(bytes, scan.nameStart, scan.nameEnd, this.#name);
      isRemoving = this.#removes(isOurs, isRemoving && bytes[scan.nameStart] === DOLLAR);
      if (isRemoving) this.#hasGap = true;
      else this.#moveItem(bytes, start, end, isOurs);
    }
    const tailEnd = trimBlank(bytes, this.#keptEnd, end);
    if (!this.#hasGap && this.#to > start) this.#copy(bytes, this.#keptEnd, tailEnd);
  }

  #removes(isOurs: boolean, isAttributeOfOurs: boolean): boolean {
    return this.#edit === CookieEdit.REMOVE && (isOurs || isAttributeOfOurs);
  }

  #moveItem(bytes: Uint8Array, start: number, end: number, isOurs: boolean): void {
    const scan = this.#scan;
    // Read before anything moves over it.
    const nextDelimiter = scan.end < end ? bytes[scan.end]! : this.#delimiter;
    const itemEnd = trimBlank(bytes, scan.nameStart, scan.end);
    if (!this.#hasGap) this.#copy(bytes, this.#keptEnd, scan.nameStart);
    else if (this.#to > start) {
      bytes[this.#to++] = this.#delimiter;
      bytes[this.#to++] = SPACE;
    }
    this.#keep(bytes, isOurs, itemEnd);
    this.#keptEnd = itemEnd;
    this.#delimiter = nextDelimiter;
    this.#hasGap = false;
  }

  #keep(bytes: Uint8Array, isOurs: boolean, itemEnd: number): void {
    const { nameStart, nameEnd, hasValue } = this.#scan;
    if (!hasValue) {
      this.#copy(bytes, nameStart, itemEnd);
      return;
    }
    let valueStart = Math.min(this.#scan.valueStart, itemEnd);
    if (isOurs && this.#edit === CookieEdit.STRIP) {
      const delimiter = offsetOf(bytes, valueStart, itemEnd, PREFIX_DELIMITER);
      if (delimiter < itemEnd) valueStart = delimiter + 1;
    }
    this.#copy(bytes, nameStart, nameEnd);
    bytes[this.#to++] = EQUALS;
    this.#copy(bytes, valueStart, itemEnd);
  }

  #copy(bytes: Uint8Array, from: number, end: number): void {
    bytes.copyWithin(this.#to, from, end);
    this.#to += end - from;
  }
}
