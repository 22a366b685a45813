import { type Arg, argument, REFUSED } from "../config/arg.ts";
import type { WordReader } from "../config/word-reader.ts";
import { readInteger } from "./integer-text.ts";
import { Sample } from "./sample.ts";

/** A place of an argument list that is empty counts as left out. */
export function optionalPlace<T>(arg: Arg<T>): Arg<T | undefined> {
  return {
    name: arg.name,
    syntax: `[${arg.syntax}]`,
    read(words, diagnostics) {
      const word = words.peek();
      if (word === undefined) return undefined;
      if (word.text === "") {
        words.next();
        return undefined;
      }
      return arg.read(words, diagnostics);
    },
  };
}

/** Any text, the empty one as well, as bytes. */
export function octets(name: string): Arg<Uint8Array> {
  return {
    name,
    syntax: `<${name}>`,
    read(words, diagnostics) {
      const word = words.next();
      if (word !== undefined) return octetsOf(word.text);
      diagnostics.error(words.at, `${words.subject} expects <${name}> as argument.`);
      return REFUSED;
    },
  };
}

/** Any text but the empty one. */
export function nonEmpty(arg: Arg<Uint8Array>): Arg<Uint8Array> {
  return {
    ...arg,
    read(words, diagnostics) {
      const word = words.peek() ?? words.at;
      const value = arg.read(words, diagnostics);
      if (value === REFUSED || value.length > 0) return value;
      diagnostics.error(word, `${words.subject} : <${arg.name}> must not be empty.`);
      return REFUSED;
    },
  };
}

/** Turns a text of the configuration into its bytes: each character is one. */
export function octetsOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

/** A signed integer of 64 bits. */
export function longInteger(name: string): Arg<bigint> {
  return argument(name, (text, refuse) => {
    const sample = new Sample();
    const bytes = octetsOf(text.startsWith("+") ? text.slice(1) : text);
    if (readInteger(sample, bytes, 0, bytes.length)) return sample.bigInteger;
    return refuse(`expects an integer for <${name}>, but got '${text}'.`);
  });
}

/** Says whether all words of an argument list were read. */
export function isAtEnd(words: WordReader): boolean {
  return words.peek() === undefined;
}
