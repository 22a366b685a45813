/** One line of commands: what stands between its semicolons, and the payload that followed. */
export interface CommandLine {
  readonly commands: readonly (readonly string[])[];
  readonly payload: string;
}

const PAYLOAD_MARK = "<<";

/**
 * Cuts what a client sends into lines of commands. A line ends with LF; one that ends with `<<`
 * goes on with a payload up to an empty line. What is not complete waits for more.
 *
 * Source: HAProxy management guide, section 9.3.
 */
export class CommandInput {
  readonly #sizeMax: number;
  #text = "";
  /** The line whose payload is being read. */
  #pending: string | undefined;
  #payload = "";

  /** @param sizeMax - The most that one line or payload may hold, in characters. */
  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  /** True while a payload is read, which prompts show. */
  get isReadingPayload(): boolean {
    return this.#pending !== undefined;
  }

  /** True when more was sent than a command may hold; nothing more is read then. */
  get isOverflown(): boolean {
    return this.#text.length + this.#payload.length > this.#sizeMax;
  }

  add(text: string): void {
    this.#text += text;
  }

  /**
   * Takes one line of text: commands that are complete, `null` for a line that belongs to a payload,
   * or undefined until more text comes.
   */
  take(): CommandLine | null | undefined {
    const end = this.#text.indexOf("\n");
    if (end === -1) return undefined;
    const line = this.#text.slice(0, end).replace(/\r$/, "");
    this.#text = this.#text.slice(end + 1);
    return this.#pending === undefined ? this.#line(line) : this.#payloadLine(line);
  }

  #line(line: string): CommandLine | null {
    const text = line.trimEnd();
    if (!text.endsWith(PAYLOAD_MARK)) return { commands: splitCommands(text), payload: "" };
    this.#pending = text.slice(0, -PAYLOAD_MARK.length);
    this.#payload = "";
    return null;
  }

  #payloadLine(line: string): CommandLine | null {
    if (line !== "") {
      this.#payload += `${line}\n`;
      return null;
    }
    const commands = splitCommands(this.#pending ?? "");
    const payload = this.#payload;
    this.#pending = undefined;
    this.#payload = "";
    return { commands, payload };
  }
}

/** Splits a line at its semicolons, and each command into words; a backslash makes either plain. */
export function splitCommands(line: string): string[][] {
  const commands: string[][] = [[]];
  let word = "";
  let hasWord = false;
  const endWord = () => {
    if (hasWord) commands.at(-1)!.push(word);
    word = "";
    hasWord = false;
  };
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    if (character === "\\" && at + 1 < line.length) {
      word += line[++at]!;
      hasWord = true;
    } else if (character === ";") {
      endWord();
      commands.push([]);
    } else if (character === " " || character === "\t") {
      endWord();
    } else {
      word += character;
      hasWord = true;
    }
  }
  endWord();
  return commands;
}
