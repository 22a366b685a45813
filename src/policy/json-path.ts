/** What a value of JSON is. */
export const JsonKind = {
  NONE: 0,
  STRING: 1,
  NUMBER: 2,
  TRUE: 3,
  FALSE: 4,
  NULL: 5,
  OBJECT: 6,
  ARRAY: 7,
} as const;
export type JsonKind = (typeof JsonKind)[keyof typeof JsonKind];

/** A step of a path: the name of a member, or the index of an element. */
export type PathStep = Uint8Array | number;

/**
 * Reads a path such as `$.user.roles[0]`; a dot within a name stands behind a backslash. A text
 * tells what is wrong with it.
 */
export function parseJsonPath(text: string): readonly PathStep[] | string {
  if (!text.startsWith("$")) return "a path starts with '$'";
  const steps: PathStep[] = [];
  const step = /\.((?:\\.|[^.[\]\\])+)|\[([0-9]{1,9})\]/y;
  for (let at = 1; at < text.length; at = step.lastIndex) {
    step.lastIndex = at;
    const found = step.exec(text);
    if (found === null) return `'${text.slice(at)}' is neither a .name nor an [index]`;
    const [, name, index] = found;
    if (name === undefined) steps.push(Number(index));
    else steps.push(new Uint8Array(Buffer.from(name.replace(/\\(.)/g, "$1"), "latin1")));
  }
  return steps;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
const CLOSING_BRACKET = 0x5d;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const MINUS = 0x2d;

const WORDS: readonly { readonly text: string; readonly kind: JsonKind }[] = [
  { text: "true", kind: JsonKind.TRUE },
  { text: "false", kind: JsonKind.FALSE },
  { text: "null", kind: JsonKind.NULL },
];

/**
 * Finds one value in a text of JSON without reading more of it than stands in front of the value: each
 * octet is looked at a bounded number of times, and nesting takes no stack. What stands behind the value
 * is not judged.
 */
export class JsonFinder {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #end = 0;
  /** Where the value that was found lies; a string without its quotes. */
  start = 0;
  end = 0;

  /** Finds the value at a path; NONE where there is none, or where the text is broken before it. */
  find(bytes: Uint8Array, start: number, end: number, path: readonly PathStep[]): JsonKind {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    for (let index = 0; index < path.length; index++) {
      const step = path[index]!;
      const isThere = typeof step === "number" ? this.#enterElement(step) : this.#enterMember(step);
      if (!isThere) return JsonKind.NONE;
    }
    return this.#value();
  }

  #peek(): number {
    while (this.#at < this.#end) {
      const octet = this.#bytes[this.#at]!;
      if (octet !== 0x20 && (octet < 0x09 || octet > 0x0d)) return octet;
      this.#at++;
    }
    return -1;
  }

  #take(octet: number): boolean {
    if (this.#peek() !== octet) return false;
    this.#at++;
    return true;
  }

  /** Goes to the value of a member; the first of several of one name. */
  #enterMember(name: Uint8Array): boolean {
    if (!this.#take(OPENING_BRACE)) return false;
    do {
      if (!this.#string()) return false;
      const isIt = this.#isFound(name);
      if (!this.#take(COLON)) return false;
      if (isIt) return true;
      if (!this.#skip()) return false;
    } while (this.#take(COMMA));
    return false;
  }

  #isFound(name: Uint8Array): boolean {
    if (this.end - this.start !== name.length) return false;
    for (let index = 0; index < name.length; index++) {
      if (this.#bytes[this.start + index] !== name[index]) return false;
    }
    return true;
  }

  /** Goes to an element, counted from zero. */
  #enterElement(index: number): boolean {
    if (!this.#take(OPENING_BRACKET)) return false;
    for (let passed = 0; passed < index; passed++) {
      if (!this.#skip() || !this.#take(COMMA)) return false;
    }
    return this.#peek() !== CLOSING_BRACKET;
  }

  /** Reads a string with its quotes. */
  #string(): boolean {
    if (!this.#take(QUOTE)) return false;
    this.start = this.#at;
    while (this.#at < this.#end) {
      const octet = this.#bytes[this.#at]!;
      if (octet === QUOTE) {
        this.end = this.#at++;
        return true;
      }
      this.#at += octet === BACKSLASH ? 2 : 1;
    }
    return false;
  }

  /** Reads the value that stands here; of an object or array its opening only. */
  #value(): JsonKind {
    const octet = this.#peek();
    if (octet === QUOTE) return this.#string() ? JsonKind.STRING : JsonKind.NONE;
    if (octet === OPENING_BRACE || octet === OPENING_BRACKET) {
      this.#at++;
      return octet === OPENING_BRACE ? JsonKind.OBJECT : JsonKind.ARRAY;
    }
    if (octet === MINUS || isDigit(octet)) return this.#number();
    for (const { text, kind } of WORDS) {
      if (this.#word(text)) return kind;
    }
    return JsonKind.NONE;
  }

  #word(text: string): boolean {
    for (let index = 0; index < text.length; index++) {
      if (this.#at + index >= this.#end) return false;
      if (this.#bytes[this.#at + index] !== text.charCodeAt(index)) return false;
    }
    this.start = this.#at;
    this.#at += text.length;
    this.end = this.#at;
    return true;
  }

  #number(): JsonKind {
    this.start = this.#at;
    if (this.#bytes[this.#at] === MINUS) this.#at++;
    const digits = this.#digits();
    if (this.#next() === 0x2e) {
      this.#at++;
      this.#digits();
    }
    if ((this.#next() | 0x20) === 0x65) {
      this.#at++;
      if (this.#next() === MINUS || this.#next() === 0x2b) this.#at++;
      this.#digits();
    }
    this.end = this.#at;
    return digits === 0 ? JsonKind.NONE : JsonKind.NUMBER;
  }

  #next(): number {
    return this.#at < this.#end ? this.#bytes[this.#at]! : 0;
  }

  #digits(): number {
    const start = this.#at;
    while (isDigit(this.#next())) this.#at++;
    return this.#at - start;
  }

  /** Skips a value with all that it holds. */
  #skip(): boolean {
    const kind = this.#value();
    if (kind !== JsonKind.OBJECT && kind !== JsonKind.ARRAY) return kind !== JsonKind.NONE;
    return this.#skipToClosing();
  }

  /** Skips to the end of an object or array that was entered, with all that lies within. */
  #skipToClosing(): boolean {
    for (let depth = 1; depth > 0; ) {
      const octet = this.#peek();
      if (octet === -1) return false;
      if (octet === QUOTE) {
        if (!this.#string()) return false;
      } else {
        this.#at++;
        depth += nestingOf(octet);
      }
    }
    return true;
  }
}

/** What an octet outside of strings does to the depth. */
function nestingOf(octet: number): number {
  if (octet === OPENING_BRACE || octet === OPENING_BRACKET) return 1;
  return octet === CLOSING_BRACE || octet === CLOSING_BRACKET ? -1 : 0;
}

function isDigit(octet: number): boolean {
  return octet >= 0x30 && octet <= 0x39;
}
