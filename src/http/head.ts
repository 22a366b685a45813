import { assert } from "../base/assert.ts";
import type { FieldName } from "./field-name.ts";
import { KnownField, knownFieldOf } from "./field-names.ts";
import { COLON, CR, copyBytes, equalIgnoringCase, LF, SPACE, writeDecimal } from "./octets.ts";

/** What a field line's entry holds: offsets of its parts, then its number among the known names. */
const NAME_START = 0;
const NAME_END = 1;
const VALUE_START = 2;
const VALUE_END = 3;
const LINE_END = 4;
const KNOWN = 5;
const STRIDE = 6;

/** The entry of a removed line keeps its place, so that indexes stay valid, but matches nothing. */
const REMOVED = -1;

/** Room beyond what a peer may send, for the lines that rules add. */
const ADDED_LINES_MAX = 64;

const NO_BYTES = new Uint8Array(0);
const NO_WORDS = new DataView(new ArrayBuffer(0));

/** Tokens of `connection` fields, as bits. */
export const ConnectionToken = {
  CLOSE: 1,
  KEEP_ALIVE: 2,
  UPGRADE: 4,
  OTHER: 8,
} as const;

/** The forms that a request target may have (RFC 9112 section 3.2). */
export const TargetForm = {
  ORIGIN: 0,
  ABSOLUTE: 1,
  AUTHORITY: 2,
  ASTERISK: 3,
  OTHER: 4,
} as const;
export type TargetForm = (typeof TargetForm)[keyof typeof TargetForm];

/** Where a head finds more room for edits when its edit area is full. */
export interface EditReserve {
  /** Moves the head's edit area to where there is more room; false when there is none. */
  grow(head: Head): boolean;
}

/**
 * The head of one message, request or response: where its parts lie in the slab, and the facts
 * that a parser found on the way. Nothing is copied and no string is made; HTTP/1 and HTTP/2 share
 * it. Instances are pooled: every field is set in the constructor, `begin()` makes it new.
 *
 * The field table is also where a message is edited. Every entry is one whole line in the slab,
 * `[nameStart, lineEnd)`; an edit lays a new line into the edit area and points its entry there, so
 * that writing a head is copying lines and untouched ones keep order, case and bytes.
 *
 * All offsets are absolute in the slab; ranges are half open. Text methods are for rules and logs.
 */
export class Head {
  /** The slab, and its words. Set by the parser. */
  bytes: Uint8Array = NO_BYTES;
  words: DataView = NO_WORDS;

  /** The received head, its empty line included; `end` is meant once the parser has seen it. */
  start = 0;
  end = 0;
  isRequest = true;
  /** 10 or 11. A minor version above 1 counts as 11, as RFC 9110 section 2.5 has it. */
  version = 11;
  /** The start line's words as they will be written: the version with its name. */
  versionStart = 0;
  versionEnd = 0;
  /** Offset just past the start line. */
  startLineEnd = 0;

  method = 0;
  methodStart = 0;
  methodEnd = 0;
  targetStart = 0;
  targetEnd = 0;
  targetForm: TargetForm = 0;
  /** The authority inside a target of absolute or authority form, without user information. */
  authorityStart = 0;
  authorityEnd = 0;
  /** Where path and query of the target start; `targetEnd` when it has none. */
  pathStart = 0;

  status = 0;
  reasonStart = 0;
  reasonEnd = 0;

  /** Entries used, the removed ones included. */
  fieldCount = 0;
  /** How many lines a peer may send: `tune.http.maxhdr` less the start line. */
  readonly fieldLinesMax: number;
  readonly fields: Int32Array;

  /** Value of `content-length`; -1 when there is none, or when chunked framing overrides it. */
  contentLength = -1;
  isChunked = false;
  hasTransferEncoding = false;
  /** A transfer coding besides `chunked` was named. */
  hasOtherCoding = false;
  /** Both lengths came: the connection must close after this message (RFC 9112 section 6.1). */
  mustClose = false;
  /** Bits of {@link ConnectionToken}. */
  connectionTokens = 0;
  /** The exchange is one with a proxy: its `proxy-` fields stand in for `connection` and the like. */
  usesProxyFields = false;
  hasUpgrade = false;
  isWebSocketUpgrade = false;
  expectsContinue = false;
  /** Index of the `host` line, or -1. */
  hostField = -1;

  /** Where in the slab the parser refused the message. */
  errorAt = 0;
  /** Bytes already searched for a line end without one; keeps rescans of a dribbled head few. */
  scannedSize = 0;

  isStartLineEdited = false;
  /** True once a line was removed, replaced or added. */
  areFieldsEdited = false;
  /** The fields that a parser judges and that were edited since: bit N for known field N. */
  judgedEdits = 0;
  /** Asked when the edit area is full; whoever owns the exchange sets it. */
  reserve: EditReserve | null = null;
  #editAt = 0;
  #editEnd = 0;
  #openLine = -1;
  #openName = 0;

  /** @param linesMax - `tune.http.maxhdr`: lines of a head, the start line included. */
  constructor(linesMax = 101) {
    this.fieldLinesMax = linesMax - 1;
    this.fields = new Int32Array((linesMax + ADDED_LINES_MAX) * STRIDE);
  }

  /**
   * Makes the head new for another message. Call it before the first parse of each.
   *
   * @hot
   */
  clear(): void {
    this.scannedSize = 0;
    this.end = 0;
    this.fieldCount = 0;
    this.#editAt = 0;
    this.#editEnd = 0;
  }

  /**
   * Forgets what an earlier pass over the same bytes found. For parsers.
   *
   * @hot
   */
  begin(bytes: Uint8Array, words: DataView, start: number, isRequest: boolean): void {
    this.bytes = bytes;
    this.words = words;
    this.start = start;
    this.isRequest = isRequest;
    this.fieldCount = 0;
    this.contentLength = -1;
    this.isChunked = false;
    this.hasTransferEncoding = false;
    this.hasOtherCoding = false;
    this.mustClose = false;
    this.connectionTokens = 0;
    this.usesProxyFields = false;
    this.hasUpgrade = false;
    this.isWebSocketUpgrade = false;
    this.expectsContinue = false;
    this.hostField = -1;
    this.isStartLineEdited = false;
    this.areFieldsEdited = false;
    this.judgedEdits = 0;
    this.#openLine = -1;
  }

  /** True when the sender asks for the connection to stay, by its version and tokens. */
  get isPersistent(): boolean {
    if ((this.connectionTokens & ConnectionToken.CLOSE) !== 0 || this.mustClose) return false;
    return this.version >= 11 || (this.connectionTokens & ConnectionToken.KEEP_ALIVE) !== 0;
  }

  /** True when the sender asks to switch protocols: the field and its token, both (RFC 9110 7.8). */
  get asksForUpgrade(): boolean {
    return this.hasUpgrade && (this.connectionTokens & ConnectionToken.UPGRADE) !== 0;
  }

  /** True when no edit was made: the received bytes `[start, end)` are the head to send. */
  get isUntouched(): boolean {
    return !this.isStartLineEdited && !this.areFieldsEdited;
  }

  nameStart(index: number): number {
    return this.fields[index * STRIDE + NAME_START]!;
  }

  nameEnd(index: number): number {
    return this.fields[index * STRIDE + NAME_END]!;
  }

  valueStart(index: number): number {
    return this.fields[index * STRIDE + VALUE_START]!;
  }

  valueEnd(index: number): number {
    return this.fields[index * STRIDE + VALUE_END]!;
  }

  /** Offset just past the line's CRLF; the line is `[nameStart, lineEnd)`. */
  lineEnd(index: number): number {
    return this.fields[index * STRIDE + LINE_END]!;
  }

  /** The line's number among the known names; -1 for a removed line. */
  known(index: number): number {
    return this.fields[index * STRIDE + KNOWN]!;
  }

  isRemoved(index: number): boolean {
    return this.fields[index * STRIDE + KNOWN] === REMOVED;
  }

  /**
   * Returns the index of the first line of a known field, or -1.
   *
   * @hot
   * @param from - Where to start: 0, or one past the line found before.
   */
  find(known: KnownField, from = 0): number {
    const { fields, fieldCount } = this;
    for (let index = from; index < fieldCount; index++) {
      if (fields[index * STRIDE + KNOWN] === known) return index;
    }
    return -1;
  }

  /** @hot */
  has(known: KnownField): boolean {
    return this.find(known) !== -1;
  }

  /**
   * Returns the index of the first line with this name, in whatever case, or -1.
   *
   * @hot
   */
  findName(name: Uint8Array, from = 0): number {
    const { fields, fieldCount } = this;
    for (let index = from; index < fieldCount; index++) {
      const entry = index * STRIDE;
      const start = fields[entry + NAME_START]!;
      const end = fields[entry + NAME_END]!;
      if (end - start !== name.length || fields[entry + KNOWN] === REMOVED) continue;
      if (equalIgnoringCase(this.bytes, start, end, name, 0, name.length)) return index;
    }
    return -1;
  }

  /**
   * Returns the index of the first line of a field, or -1.
   *
   * @hot
   */
  findField({ known, octets }: FieldName, from = 0): number {
    if (known !== KnownField.OTHER) return this.find(known, from);
    const { fields, fieldCount, bytes } = this;
    const size = octets.length;
    for (let index = from; index < fieldCount; index++) {
      const entry = index * STRIDE;
      if (fields[entry + KNOWN] !== KnownField.OTHER) continue;
      const start = fields[entry + NAME_START]!;
      if (fields[entry + NAME_END]! - start !== size) continue;
      if (equalIgnoringCase(bytes, start, start + size, octets, 0, size)) return index;
    }
    return -1;
  }

  /**
   * Enters a line that lies in the slab, for parsers; -1 when the table is full.
   *
   * @hot
   */
  enter(
    nameStart: number,
    nameEnd: number,
    valueStart: number,
    valueEnd: number,
    lineEnd: number,
    known: number,
  ): number {
    const index = this.fieldCount;
    const entry = index * STRIDE;
    const { fields } = this;
    if (entry === fields.length) return -1;
    fields[entry + NAME_START] = nameStart;
    fields[entry + NAME_END] = nameEnd;
    fields[entry + VALUE_START] = valueStart;
    fields[entry + VALUE_END] = valueEnd;
    fields[entry + LINE_END] = lineEnd;
    fields[entry + KNOWN] = known;
    this.fieldCount = index + 1;
    return index;
  }

  /** Narrows a line's value to its first part, for parsers; the line's bytes stay as they are. */
  shortenValue(index: number, valueEnd: number): void {
    this.fields[index * STRIDE + VALUE_END] = valueEnd;
  }

  /**
   * Gives the head free bytes of the same slab to lay edited lines into, such as the reserve
   * (`tune.maxrewrite`) at the end of its buffer. They must stay until the head is written.
   *
   * @hot
   */
  setEditArea(start: number, end: number): void {
    this.judgedEdits = 0;
    this.#editAt = start;
    this.#editEnd = end;
  }

  /** Goes on with edits elsewhere in the same slab; what was edited before stays where it is. */
  moveEditArea(start: number, end: number): void {
    this.#editAt = start;
    this.#editEnd = end;
  }

  /** How large the head is with its edits, in bytes. */
  get size(): number {
    let size = this.startLineEnd - this.start + 2;
    for (let index = 0; index < this.fieldCount; index++) {
      if (!this.isRemoved(index)) size += this.lineEnd(index) - this.nameStart(index);
    }
    const { isRequest } = this;
    if (this.isStartLineEdited && isRequest) size += this.targetEnd - this.targetStart;
    return this.isStartLineEdited && !isRequest ? size + this.reasonEnd - this.reasonStart : size;
  }

  /** Bytes left in the edit area. */
  get editRoom(): number {
    return this.#editEnd - this.#editAt;
  }

  /** @hot */
  removeField(index: number): void {
    const entry = index * STRIDE;
    this.#noteEdit(this.fields[entry + KNOWN]!);
    this.fields[entry + NAME_END] = this.fields[entry + NAME_START]!;
    this.fields[entry + KNOWN] = REMOVED;
    this.areFieldsEdited = true;
    if (index === this.hostField) this.hostField = -1;
  }

  /** Removes every line of a known field and returns how many there were. */
  removeKnown(known: KnownField): number {
    let count = 0;
    for (let index = this.find(known); index !== -1; index = this.find(known, index + 1)) {
      this.removeField(index);
      count++;
    }
    return count;
  }

  /** Removes every line with this name, in whatever case, and returns how many there were. */
  removeName(name: Uint8Array): number {
    let count = 0;
    for (let index = this.findName(name); index !== -1; index = this.findName(name, index + 1)) {
      this.removeField(index);
      count++;
    }
    return count;
  }

  /** Removes every line of a field. */
  removeFields(name: FieldName): void {
    for (let index = this.findField(name); index !== -1; index = this.findField(name, index + 1)) {
      this.removeField(index);
    }
  }

  /**
   * Appends a field line and returns its index, or -1 when the table or the edit area is full (then
   * nothing has changed). The bytes are copied; they must not hold line ends.
   */
  addField(
    name: Uint8Array,
    nameStart: number,
    nameEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): number {
    if (this.#lineAt(nameEnd - nameStart, valueEnd - valueStart) === -1) return -1;
    const valueAt = this.openField(name, nameStart, nameEnd);
    if (valueAt === -1) return -1;
    return this.closeField(copyBytes(this.bytes, valueAt, value, valueStart, valueEnd));
  }

  /**
   * Starts a new last line and returns where its value's bytes are to be written in the slab, or
   * -1 when there is no room for a value of `valueSizeMax`. `closeField` must follow at once.
   *
   * @hot
   */
  openField(name: Uint8Array, nameStart: number, nameEnd: number, valueSizeMax = 0): number {
    assert(this.#openLine === -1, "one line is written at a time");
    const at = this.#lineAt(nameEnd - nameStart, valueSizeMax);
    if (at === -1 || this.fieldCount * STRIDE === this.fields.length) return -1;
    const nameStop = this.#layName(at, name, nameStart, nameEnd);
    this.#openLine = at;
    this.#openName = nameStop;
    return nameStop + 2;
  }

  /**
   * Ends the line that `openField` started and returns its index.
   *
   * @hot
   * @param valueEnd - Just past the last byte of the value that was written.
   */
  closeField(valueEnd: number): number {
    const line = this.#openLine;
    const nameStop = this.#openName;
    assert(line !== -1 && valueEnd >= nameStop + 2, "a line was opened, its value follows");
    const lineStop = this.#endLine(valueEnd);
    this.#openLine = -1;
    this.areFieldsEdited = true;
    const known = knownFieldOf(this.bytes, this.words, line, nameStop);
    this.#noteEdit(known);
    if (known === KnownField.HOST && this.hostField === -1) this.hostField = this.fieldCount;
    return this.enter(line, nameStop, nameStop + 2, valueEnd, lineStop, known);
  }

  /**
   * Gives a line another value and returns true, or false when the edit area is full (then nothing
   * has changed). The name keeps its case. The bytes are copied; they must not hold line ends.
   */
  replaceValue(index: number, value: Uint8Array, start: number, end: number): boolean {
    const entry = index * STRIDE;
    const { bytes, fields } = this;
    const nameStart = fields[entry + NAME_START]!;
    const nameEnd = fields[entry + NAME_END]!;
    return this.#replaceLine(index, bytes, nameStart, nameEnd, value, start, end);
  }

  /**
   * Puts another field in the place of a line, which keeps its index, and returns true; false when the
   * edit area is full (then nothing has changed). The bytes are copied; they must not hold line ends.
   */
  replaceField(
    index: number,
    from: Uint8Array,
    nameStart: number,
    nameEnd: number,
    valueStart: number,
    valueEnd: number,
  ): boolean {
    if (!this.#replaceLine(index, from, nameStart, nameEnd, from, valueStart, valueEnd))
      return false;
    const known = knownFieldOf(this.bytes, this.words, this.nameStart(index), this.nameEnd(index));
    this.fields[index * STRIDE + KNOWN] = known;
    this.#noteEdit(known);
    if (index === this.hostField) this.hostField = -1;
    if (known === KnownField.HOST && this.hostField === -1) this.hostField = index;
    return true;
  }

  /** Lays a new line for an entry, which keeps its number; false when the edit area is full. */
  #replaceLine(
    index: number,
    name: Uint8Array,
    nameStart: number,
    nameEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): boolean {
    const at = this.#lineAt(nameEnd - nameStart, valueEnd - valueStart);
    if (at === -1) return false;
    const entry = index * STRIDE;
    const { bytes, fields } = this;
    this.#noteEdit(fields[entry + KNOWN]!);
    const nameStop = this.#layName(at, name, nameStart, nameEnd);
    const valueStop = copyBytes(bytes, nameStop + 2, value, valueStart, valueEnd);
    fields[entry + NAME_START] = at;
    fields[entry + NAME_END] = nameStop;
    fields[entry + VALUE_START] = nameStop + 2;
    fields[entry + VALUE_END] = valueStop;
    fields[entry + LINE_END] = this.#endLine(valueStop);
    this.areFieldsEdited = true;
    return true;
  }

  /**
   * Ends a line earlier, after its value was made smaller in place; what stood behind is not sent.
   *
   * @hot
   */
  shrinkValue(index: number, valueEnd: number): void {
    const { bytes, fields } = this;
    bytes[valueEnd] = CR;
    bytes[valueEnd + 1] = LF;
    fields[index * STRIDE + VALUE_END] = valueEnd;
    fields[index * STRIDE + LINE_END] = valueEnd + 2;
    this.areFieldsEdited = true;
  }

  /** Sets another method; false when the edit area is full. The caller gives its number too. */
  setMethod(method: number, from: Uint8Array, start: number, end: number): boolean {
    const at = this.#keep(from, start, end);
    if (at === -1) return false;
    this.method = method;
    this.methodStart = at;
    this.methodEnd = at + end - start;
    return true;
  }

  /** Sets another request target; false when the edit area is full. Its path starts at `pathOffset`. */
  setTarget(from: Uint8Array, start: number, end: number, pathOffset = 0): boolean {
    const at = this.#keep(from, start, end);
    if (at === -1) return false;
    this.targetStart = at;
    this.targetEnd = at + end - start;
    this.pathStart = at + pathOffset;
    if (pathOffset === 0) {
      this.targetForm = TargetForm.ORIGIN;
      this.authorityEnd = this.authorityStart;
    }
    return true;
  }

  /** Sets the version to write, 10 or 11; the bytes of `HTTP/1.0` or `HTTP/1.1` come with it. */
  setVersion(version: number): boolean {
    const text = version === 10 ? HTTP_10 : HTTP_11;
    const at = this.#keep(text, 0, text.length);
    if (at === -1) return false;
    this.version = version;
    this.versionStart = at;
    this.versionEnd = at + text.length;
    return true;
  }

  /** Sets the status to write, of three digits, and its reason phrase; false when out of room. */
  setStatus(status: number, reason: Uint8Array, start: number, end: number): boolean {
    const at = this.#keep(reason, start, end);
    if (at === -1) return false;
    this.status = status;
    this.reasonStart = at;
    this.reasonEnd = at + end - start;
    return true;
  }

  /** The range as text; each octet becomes one character. For rules and logs. */
  text(start: number, end: number): string {
    const { buffer, byteOffset } = this.bytes;
    return Buffer.from(buffer, byteOffset + start, end - start).toString("latin1");
  }

  /** The line's value as text. For rules and logs. */
  valueText(index: number): string {
    return this.text(this.valueStart(index), this.valueEnd(index));
  }

  /** Appends a field from text of latin1; false when there is no room. For start-up and rare paths. */
  addFieldText(name: string, value: string): boolean {
    const nameBytes = Buffer.from(name, "latin1");
    const valueBytes = Buffer.from(value, "latin1");
    const index = this.addField(
      new Uint8Array(nameBytes),
      0,
      nameBytes.length,
      new Uint8Array(valueBytes),
      0,
      valueBytes.length,
    );
    return index !== -1;
  }

  /** Appends a field whose value is a number of 0 or more; -1 when there is no room. */
  addFieldNumber(name: Uint8Array, value: number): number {
    const at = this.openField(name, 0, name.length, 16);
    return at === -1 ? -1 : this.closeField(writeDecimal(this.bytes, at, value));
  }

  /** @hot */
  #noteEdit(known: number): void {
    if (known > 0 && known <= KnownField.EXPECT) this.judgedEdits |= 1 << known;
  }

  /** Where a line of these sizes can be laid, or -1: its colon, space and CRLF are counted in. */
  #lineAt(nameSize: number, valueSize: number): number {
    return this.#hasRoom(nameSize + valueSize + 4) ? this.#editAt : -1;
  }

  #hasRoom(size: number): boolean {
    if (this.#editAt + size <= this.#editEnd) return true;
    return this.reserve?.grow(this) === true && this.#editAt + size <= this.#editEnd;
  }

  /** Writes a name with its colon and space; returns where the name ends. */
  #layName(at: number, name: Uint8Array, start: number, end: number): number {
    const { bytes } = this;
    const stop = copyBytes(bytes, at, name, start, end);
    bytes[stop] = COLON;
    bytes[stop + 1] = SPACE;
    return stop;
  }

  #endLine(valueEnd: number): number {
    assert(valueEnd + 2 <= this.#editEnd, "the line fits the edit area");
    this.bytes[valueEnd] = CR;
    this.bytes[valueEnd + 1] = LF;
    this.#editAt = valueEnd + 2;
    return valueEnd + 2;
  }

  /** Copies a part of the start line into the edit area; -1 when it is full. */
  #keep(from: Uint8Array, start: number, end: number): number {
    if (!this.#hasRoom(end - start)) return -1;
    const at = this.#editAt;
    this.#editAt = copyBytes(this.bytes, at, from, start, end);
    this.isStartLineEdited = true;
    return at;
  }
}

const HTTP_10 = new TextEncoder().encode("HTTP/1.0");
const HTTP_11 = new TextEncoder().encode("HTTP/1.1");
