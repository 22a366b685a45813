import { COLON, CR, equalIgnoringCase, LF, SPACE, TAB, TOKEN_OCTETS } from "../http/octets.ts";

const TrailerState = {
  LINE_START: 0,
  NAME: 1,
  VALUE: 2,
  LINE_LF: 3,
  END_LF: 4,
} as const;
type TrailerState = (typeof TrailerState)[keyof typeof TrailerState];

/** Bounds of a trailer section: those of a head with the default tuning. */
const SIZE_MAX = 16_384;
const LINES_MAX = 100;
const NAME_SIZE_MAX = 255;

/** Fields that would change how the message is read (RFC 9110 section 6.5.1). */
const FORBIDDEN: readonly Uint8Array[] = ["content-length", "transfer-encoding", "host"].map(
  (name) => new TextEncoder().encode(name),
);
/** As much of a name as is needed to tell a forbidden one. */
const NAME_KEPT = 32;

/**
 * Checks a trailer section as it goes by, at whatever cuts (RFC 9112 section 7.1.2): tokens for
 * names, no control octets in values, no folding, CRLF only, bounded in lines and bytes.
 */
export class TrailerChecker {
  isDone = false;
  isRefused = false;
  #state: TrailerState = TrailerState.LINE_START;
  #lineCount = 0;
  #sectionSize = 0;
  #nameSize = 0;
  readonly #name = new Uint8Array(NAME_KEPT);

  begin(): void {
    this.isDone = false;
    this.isRefused = false;
    this.#state = TrailerState.LINE_START;
    this.#lineCount = 0;
    this.#sectionSize = 0;
    this.#nameSize = 0;
  }

  /**
   * Goes through received bytes and returns the offset reached: just past the section when `isDone`,
   * at the bad octet when `isRefused`, else `end`.
   */
  pass(bytes: Uint8Array, start: number, end: number): number {
    for (let at = start; at < end; at++) {
      this.#sectionSize++;
      if (this.#sectionSize > SIZE_MAX || !this.#step(bytes[at]!)) {
        this.isRefused = true;
        return at;
      }
      if (this.isDone) return at + 1;
    }
    return end;
  }

  /** Takes one octet and returns whether it may stand here. */
  #step(octet: number): boolean {
    switch (this.#state) {
      case TrailerState.LINE_START:
        if (octet === CR) {
          this.#state = TrailerState.END_LF;
          return true;
        }
        this.#state = TrailerState.NAME;
        this.#nameSize = 0;
        this.#lineCount++;
        return this.#lineCount <= LINES_MAX && this.#addToName(octet);
      case TrailerState.NAME:
        if (octet !== COLON) return this.#addToName(octet);
        this.#state = TrailerState.VALUE;
        return !this.#isForbidden();
      case TrailerState.VALUE:
        if (octet === CR) this.#state = TrailerState.LINE_LF;
        else return octet >= SPACE ? octet !== 0x7f : octet === TAB;
        return true;
      case TrailerState.LINE_LF:
        this.#state = TrailerState.LINE_START;
        return octet === LF;
      default:
        this.isDone = octet === LF;
        return this.isDone;
    }
  }

  #addToName(octet: number): boolean {
    if (this.#nameSize < NAME_KEPT) this.#name[this.#nameSize] = octet;
    this.#nameSize++;
    return TOKEN_OCTETS[octet] === 1 && this.#nameSize <= NAME_SIZE_MAX;
  }

  #isForbidden(): boolean {
    for (const name of FORBIDDEN) {
      const size = this.#nameSize;
      if (size !== name.length) continue;
      if (equalIgnoringCase(this.#name, 0, size, name, 0, size)) return true;
    }
    return false;
  }
}
