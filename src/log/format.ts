import { octetsOf } from "../policy/args.ts";
import { ENCODED_FLAGS, FieldFlag, type LogField } from "./field.ts";
import {
  encodePlace,
  encoderOf,
  type FormatExpression,
  type Place,
  textPlace,
  VALUE_TYPES,
  ValueType,
} from "./format-place.ts";
import type { LineWriter } from "./line-writer.ts";
import type { LogRecord, RecordNeeds } from "./record.ts";
import type { ValueEncoder } from "./value-encoder.ts";

const SPACE = 0x20;

/** The fields that formats may name, by what stands behind the percent sign. */
export type LogFields = ReadonlyMap<string, LogField>;

/** Makes the table of fields from a list of declarations. */
export function logFields(declarations: readonly LogField[]): LogFields {
  return new Map(declarations.map((field) => [field.name, field]));
}

/** Compiles the expressions of formats; a text tells why one is refused, or "" where it was told. */
export type CompileFormatExpression = (text: string) => FormatExpression | string;

/**
 * A compiled log format: the order in which texts and fields make up a line. In lines of logs blanks
 * between places merge, also where a field between them wrote nothing, and none is in front.
 */
export class LogFormat implements RecordNeeds {
  readonly #places: readonly Place[];
  /** The code of each place that is one character, else -1. */
  readonly #codes: readonly number[];
  /** What makes the whole line one map for machines; null for a text. */
  readonly #encoder: ValueEncoder | null;

  /** Fields and expressions that a map leaves out, for want of a name. */
  readonly namelessCount: number;

  /** True when a line tells our own address towards the server, which has to be asked for. */
  readonly needsSource: boolean;
  /** True when a line tells where the client connected to, which may have to be asked for. */
  readonly needsDestination: boolean;
  /** True when it holds an expression, which has to see the stream. */
  readonly needsView: boolean;
  /** True when it holds a field, which is written from a record. */
  readonly needsRecord: boolean;

  /** @param commonFlags - Those of the whole format (`%{+json}o`). */
  constructor(places: readonly Place[], commonFlags = 0) {
    this.#encoder = encoderOf(commonFlags);
    // What has no name has no place in a map.
    this.#places = this.#encoder === null ? places : places.filter(({ name }) => name.length > 0);
    const values = places.filter(({ field, expression }) => field !== null || expression !== null);
    this.namelessCount = this.#encoder === null ? 0 : values.length - this.#places.length;
    // Most texts between fields are one character.
    this.#codes = this.#places.map(({ text }) => (text.length === 1 ? text.charCodeAt(0) : -1));
    this.needsSource = places.some(({ field }) => field?.name === "bi" || field?.name === "bp");
    this.needsDestination = places.some(
      ({ field }) => field?.name === "fi" || field?.name === "fp",
    );
    this.needsView = this.#places.some(({ expression }) => expression !== null);
    this.needsRecord = this.#places.some(({ field }) => field !== null);
  }

  /** The whole text where it holds texts alone, else null. */
  get constantText(): string | null {
    if (this.#encoder !== null) return null;
    const isPlain = this.#places.every(
      ({ field, expression }) => field === null && expression === null,
    );
    if (!isPlain) return null;
    // A line never starts with a blank that may merge.
    const places = this.#places[0]?.text === "" ? this.#places.slice(1) : this.#places;
    return places.map(({ text }) => (text === "" ? " " : text)).join("");
  }

  /** The first field that means nothing in TCP mode, or undefined. */
  get httpOnlyField(): string | undefined {
    return this.#places.find((place) => place.field?.isHttpOnly === true)?.field?.name;
  }

  /**
   * Appends the format's places to a line.
   *
   * @hot
   */
  write(line: LineWriter, record: LogRecord): void {
    if (this.#encoder !== null) {
      this.#writeMap(this.#encoder, line, record);
      return;
    }
    const places = this.#places;
    const codes = this.#codes;
    // A line never starts with a blank.
    let isAfterBlank = true;
    for (let index = 0; index < places.length; index++) {
      const place = places[index]!;
      const code = codes[index]!;
      if (code !== -1) {
        line.byte(code);
        isAfterBlank = false;
      } else if (place.field !== null || place.expression !== null) {
        const before = line.end;
        writeValue(place, line, record);
        if (line.end !== before || place.field?.mayVanish !== true) isAfterBlank = false;
      } else if (place.text.length > 0) {
        line.text(place.text);
        isAfterBlank = false;
      } else if (!isAfterBlank) {
        line.byte(SPACE);
        isAfterBlank = true;
      }
    }
  }

  #writeMap(encoder: ValueEncoder, line: LineWriter, record: LogRecord): void {
    const places = this.#places;
    encoder.open(line);
    for (let index = 0; index < places.length; index++) {
      encoder.name(line, places[index]!.name, index === 0);
      encodePlace(places[index]!, encoder, line, record);
    }
    encoder.close(line);
  }
}

/** @hot */
function writeValue(place: Place, line: LineWriter, record: LogRecord): void {
  const { flags } = place;
  if ((flags & ENCODED_FLAGS) !== 0) encodePlace(place, encoderOf(flags)!, line, record);
  else if (place.expression !== null) place.expression.write(line, record.view!, flags, place.type);
  else place.field!.write(line, record, flags);
}

/** A format that cannot be compiled; `message` says what is wrong with it. */
export interface FormatError {
  readonly message: string;
}

const FLAGS: ReadonlyMap<string, number> = new Map([
  ["Q", FieldFlag.QUOTE],
  ["X", FieldFlag.HEXADECIMAL],
  ["E", FieldFlag.ESCAPE],
  ["bin", FieldFlag.BINARY],
  ["json", FieldFlag.JSON],
  ["cbor", FieldFlag.CBOR],
]);

const VERBATIM_HINT = "If you wanted to emit the '%' character verbatim, you need to use '%%'.";

/** A percent sign and what belongs to it: `%%`, `%ci`, `%{+Q}r`, `%[expression]`, `%(name:type)ci`. */
const ITEM =
  /%(?:(?<percent>%)|(?:\((?<label>[^():]*)(?::(?<type>[^()]*))?\))?(?:\{(?<flags>[^}]*)\})?(?:(?<name>[A-Za-z]+)|(?<open>\[)))/y;

/**
 * Compiles a format's text, such as `%ci:%cp [%t] %{+Q}r`.
 *
 * @param mergesBlanks - Runs of blanks become one, as in lines of logs; else they stay.
 *
 * Source: HAProxy configuration manual, section 8.2.6.
 */
export function compileFormat(
  text: string,
  fields: LogFields,
  compileExpression: CompileFormatExpression = refuseExpression,
  mergesBlanks = true,
): LogFormat | FormatError {
  const places: Place[] = [];
  let commonFlags = 0;
  let encodedFlags = 0;
  let at = 0;
  while (at < text.length) {
    if (text[at] !== "%") {
      const end = text.indexOf("%", at);
      const plain = text.slice(at, end === -1 ? text.length : end);
      if (mergesBlanks) pushText(places, plain);
      else places.push(textPlace(plain));
      at += plain.length;
      continue;
    }
    const item = readItem(text, at, commonFlags, fields, compileExpression);
    if ("message" in item) return item;
    at = item.end;
    if (item.place !== undefined) {
      places.push(item.place);
      continue;
    }
    commonFlags = item.flags;
    if ((commonFlags & ENCODED_FLAGS) === 0) continue;
    const isFirst = places.every(({ field, expression }) => field === null && expression === null);
    if (!isFirst) return { message: `'%{+json}o' and '%{+cbor}o' stand before everything else.` };
    encodedFlags = commonFlags;
  }
  return new LogFormat(places, encodedFlags);
}

/** For formats of lines that no stream stands behind. */
function refuseExpression(): string {
  return "there is no stream here that sample expressions such as %[src] could look at.";
}

/** What one percent sign stands for; without a place, flags for what follows. */
interface Item {
  readonly end: number;
  readonly place: Place | undefined;
  readonly flags: number;
}

function readItem(
  text: string,
  at: number,
  commonFlags: number,
  fields: LogFields,
  compileExpression: CompileFormatExpression,
): Item | FormatError {
  ITEM.lastIndex = at;
  const groups = ITEM.exec(text)?.groups;
  if (groups === undefined) {
    return {
      message:
        at + 1 === text.length
          ? "truncated line after '%'."
          : `no variable name after '%' in '${text.slice(at, at + 10)}'. ${VERBATIM_HINT}`,
    };
  }
  const end = ITEM.lastIndex;
  const { percent, name = "", flags: changes = "", open, label = "", type: typeWord = "" } = groups;
  if (percent !== undefined) {
    return { end, place: textPlace("%"), flags: 0 };
  }
  const flags = applyFlags(commonFlags, changes);
  if (typeof flags === "string") return { message: flags };
  const type = typeWord === "" ? ValueType.AS_IS : VALUE_TYPES.get(typeWord);
  if (type === undefined) {
    return {
      message: `no such type '${typeWord}' of '${label}'. Types are 'str', 'sint' and 'bool'.`,
    };
  }
  const value = { text: "", flags, name: octetsOf(label), type };
  if (open !== undefined) return readExpression(text, end, value, compileExpression);
  if (name === "o") return { end, place: undefined, flags };
  const field = fields.get(name);
  if (field === undefined)
    return { message: `no such format variable '${name}'. ${VERBATIM_HINT}` };
  return { end, place: { ...value, field, expression: null }, flags };
}

/** Reads the expression that starts behind `%[`, up to the bracket that closes it. */
function readExpression(
  text: string,
  start: number,
  value: Omit<Place, "field" | "expression">,
  compileExpression: CompileFormatExpression,
): Item | FormatError {
  const end = endOfExpression(text, start);
  if (end === -1) return { message: `missing ']' behind '%[${text.slice(start)}'.` };
  const expression = compileExpression(text.slice(start, end).trim());
  if (typeof expression === "string") return { message: expression };
  return { end: end + 1, place: { ...value, field: null, expression }, flags: value.flags };
}

/** A piece of an expression that counts as one: escaped, quoted, or a single character. */
const PIECE = /\\.|"(?:\\.|[^"\\])*"|'[^']*'|./sy;

/** Where the bracket that closes an expression stands; those within quotes or parentheses do not. */
function endOfExpression(text: string, start: number): number {
  let depth = 0;
  PIECE.lastIndex = start;
  for (;;) {
    const at = PIECE.lastIndex;
    const piece = PIECE.exec(text)?.[0];
    if (piece === undefined) return -1;
    if (piece === "(") depth++;
    else if (piece === ")") depth--;
    else if (piece === "]" && depth <= 0) return at;
  }
}

function applyFlags(flags: number, changes: string): number | string {
  let result = flags;
  for (const change of changes.split(",")) {
    const flag = FLAGS.get(change.slice(1));
    // A name without a sign changes nothing, as in the reference.
    if (change === "" || FLAGS.has(change)) continue;
    if (flag === undefined) return `no such format flag '${change}'.`;
    if (change[0] === "+") result |= flag;
    else if (change[0] === "-") result &= ~flag;
    else return `a format flag starts with '+' or '-', not '${change}'.`;
  }
  return result;
}

/** Splits a text at its blanks: each run of them is one separator. */
function pushText(places: Place[], text: string): void {
  for (const part of text.split(/( +)/)) {
    if (part === "") continue;
    places.push(textPlace(part.startsWith(" ") ? "" : part));
  }
}
