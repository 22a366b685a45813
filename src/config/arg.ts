import type { Diagnostics } from "./diagnostics.ts";
import { parseDuration, type TimeUnit } from "./duration.ts";
import { nearestWord } from "./nearest-word.ts";
import type { Word } from "./word.ts";
import type { WordReader } from "./word-reader.ts";

/** What an argument gives when it has reported an error instead of a value. */
export const REFUSED: unique symbol = Symbol("refused");
/** The type of {@link REFUSED}. */
export type Refused = typeof REFUSED;

/** One argument of a declaration: its name and unit for the manual, its reader for the words. */
export interface Arg<T> {
  readonly name: string;
  /** As the manual writes it, such as `<timeout>` or `[<port>]`. */
  readonly syntax: string;
  /** Takes its words and gives their value, or reports an error and gives {@link REFUSED}. */
  read(words: WordReader, diagnostics: Diagnostics): T | Refused;
}

/** The arguments of a declaration, in order. */
export type Args = readonly Arg<unknown>[];

/** The tuple of values that a tuple of arguments gives. */
export type Values<A extends Args> = {
  readonly [K in keyof A]: A[K] extends Arg<infer T> ? T : never;
};

/** Reads the words that arguments take, in order; undefined after an error was reported. */
export function readValues(
  args: Args,
  words: WordReader,
  diagnostics: Diagnostics,
): unknown[] | undefined {
  const values: unknown[] = [];
  for (const arg of args) {
    const value = arg.read(words, diagnostics);
    if (value === REFUSED) return undefined;
    values.push(value);
  }
  return values;
}

/** Says why a word cannot be what it should be; gives undefined as a value for `parse` to return. */
export type Refuse = (message: string, hint?: string) => undefined;

/**
 * An argument of one word with a reader of its own.
 *
 * @param parse - Gives the value, or says why there is none: `return refuse("...")`.
 */
export function argument<T extends NonNullable<unknown>>(
  name: string,
  parse: (text: string, refuse: Refuse, word: Word, diagnostics: Diagnostics) => T | undefined,
): Arg<T> {
  return {
    name,
    syntax: `<${name}>`,
    read(words, diagnostics) {
      const word = words.next();
      if (word === undefined || word.text === "") {
        diagnostics.error(
          word ?? words.at,
          `${words.subject} expects <${name}> as argument.`,
          `Write it as: ${words.label} <${name}>`,
        );
        return REFUSED;
      }
      const refuse: Refuse = (message, hint) => {
        diagnostics.error(word, `${words.subject} : ${message}`, hint);
        return undefined;
      };
      return parse(word.text, refuse, word, diagnostics) ?? REFUSED;
    },
  };
}

/** An argument that may be left out; its value is then undefined. Only at the end of the list. */
export function optional<T>(arg: Arg<T>): Arg<T | undefined> {
  return {
    name: arg.name,
    syntax: `[${arg.syntax}]`,
    read(words, diagnostics) {
      return words.peek() === undefined ? undefined : arg.read(words, diagnostics);
    },
  };
}

/** All the words that are left, which may be none. Only at the end of the list. */
export function rest(name: string): Arg<readonly Word[]> {
  return {
    name,
    syntax: `[<${name}> ...]`,
    read: (words) => words.takeRest(),
  };
}

/** Any word, as its text. */
export function text(name: string): Arg<string> {
  return argument(name, (value) => value);
}

/** Any word, with its place: for what is judged later, such as the name of another section. */
export function word(name: string): Arg<Word> {
  return argument(name, (_value, _refuse, at) => at);
}

/** One word out of a list. */
export function oneOf<const Choices extends readonly string[]>(
  name: string,
  choices: Choices,
): Arg<Choices[number]> {
  const arg = argument(name, (value, refuse) => {
    if (choices.includes(value)) return value as Choices[number];
    const near = nearestWord(value, choices);
    return refuse(
      `expects ${listed(choices)} for <${name}>, but got '${value}'.`,
      near === undefined ? undefined : `Did you mean "${near}"?`,
    );
  });
  return { ...arg, syntax: `{ ${choices.join(" | ")} }` };
}

/** Joins words for a message: `'a', 'b' or 'c'`. */
export function listed(words: readonly string[]): string {
  const quoted = words.map((item) => `'${item}'`);
  const last = quoted.pop() ?? "";
  return quoted.length === 0 ? last : `${quoted.join(", ")} or ${last}`;
}

/** The bounds of a number, both included. */
export interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

/** A whole number within bounds; not negative unless they say so. */
export function int(name: string, bounds: Bounds = {}): Arg<number> {
  const min = bounds.min ?? 0;
  const max = bounds.max ?? 2_147_483_647;
  return argument(name, (text, refuse) => {
    if (!/^[+-]?[0-9]+$/.test(text)) {
      return refuse(`expects an integer for <${name}>, but got '${text}'.`);
    }
    const value = Number(text);
    if (value < min || value > max) {
      return refuse(`<${name}> must be between ${min} and ${max}, but is ${text}.`);
    }
    return value;
  });
}

const SIZE_UNITS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1024,
  m: 1024 * 1024,
  g: 1024 * 1024 * 1024,
};

/** A size in bytes; `k`, `m` and `g` stand for powers of 1024. */
export function size(name: string, bounds: Bounds = {}): Arg<number> {
  const min = bounds.min ?? 0;
  const max = bounds.max ?? 4_294_967_295;
  return argument(name, (text, refuse) => {
    const match = /^([0-9]+)([kmg]?)$/i.exec(text);
    if (match === null) {
      const hint = 'Write a number, with "k", "m" or "g" behind it for powers of 1024';
      return refuse(`expects a size for <${name}>, but got '${text}'.`, hint);
    }
    const bytes = Number(match[1]) * SIZE_UNITS[match[2]!.toLowerCase()]!;
    if (bytes < min || bytes > max) {
      return refuse(`<${name}> must be between ${min} and ${max} bytes, but is ${text}.`);
    }
    return bytes;
  });
}

/** The longest duration that is taken, in milliseconds: about 24.8 days. */
export const DURATION_MAX_MS = 2_147_483_647;

/** How a duration is read. */
export interface DurationOptions {
  /** What a number without a unit counts; milliseconds unless said. */
  readonly unit?: TimeUnit;
  readonly minMs?: number;
  readonly maxMs?: number;
}

/** A duration in milliseconds. What is shorter than one is rounded up to one. */
export function duration(name: string, options: DurationOptions = {}): Arg<number> {
  const { unit = "ms", minMs = 0, maxMs = DURATION_MAX_MS } = options;
  return argument(name, (text, refuse) => {
    const ms = parseDuration(text, unit);
    if (typeof ms === "string") {
      return refuse(`${ms} in <${name}>.`, "Write a number and one of: us, ms, s, m, h, d");
    }
    if (ms > maxMs) {
      return refuse(`timer overflow in argument '${text}' (maximum value is ${maxMs} ms).`);
    }
    if (ms < minMs) {
      return refuse(`timer underflow in argument '${text}' (minimum value is ${minMs} ms).`);
    }
    return ms;
  });
}
