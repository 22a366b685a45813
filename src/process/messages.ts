import { writeSync } from "node:fs";

/** How grave a message is, as the reference prints it: padded, so that what follows lines up. */
const LABELS = {
  notice: "[NOTICE]   ",
  warning: "[WARNING]  ",
  alert: "[ALERT]    ",
} as const;

const STANDARD_OUTPUT = 1;
const STANDARD_ERROR = 2;

/** What the process says on its standard streams, in the reference's form. */
export class Messages {
  /** `-q`: nothing but answers that were asked for is printed. */
  isQuiet = false;
  readonly #version: string;
  readonly #executable: string;
  readonly #pid: number;
  readonly #started: string[] = [];
  #isStarting = true;
  /** Whether the two lines that tell a reader what speaks are still to come. */
  #needsPreface = true;

  constructor(pid: number, version: string, executable: string) {
    this.#pid = pid;
    this.#version = version;
    this.#executable = executable;
  }

  notice(text: string): void {
    this.#print("notice", text);
  }

  warning(text: string): void {
    this.#preface();
    this.#print("warning", text);
  }

  alert(text: string): void {
    this.#preface();
    this.#print("alert", text);
  }

  /** Adds to the message before what to do about it. */
  hint(text: string): void {
    if (!this.isQuiet) write(STANDARD_ERROR, Buffer.from(`  hint: ${text}\n`));
  }

  /** Prints lines that are formatted already, such as all that is wrong with a configuration. */
  lines(byteText: string): void {
    if (byteText === "") return;
    this.#preface();
    this.#record(Buffer.from(byteText, "latin1").toString());
    if (!this.isQuiet) write(STANDARD_ERROR, Buffer.from(byteText, "latin1"));
  }

  /** The start is over: what follows needs no preface. */
  startEnded(): void {
    this.#needsPreface = false;
    this.#isStarting = false;
  }

  /** What was told until the start was over, also when quiet. */
  get startupLogs(): string {
    return this.#started.join("");
  }

  /** Prints what was asked for to standard output, also when quiet. */
  answer(text: string): void {
    write(STANDARD_OUTPUT, Buffer.from(text));
  }

  /** Prints what is told to standard output unless quiet. */
  tell(text: string): void {
    if (!this.isQuiet) this.answer(text);
  }

  /** Prints a text as it is to standard error. */
  help(text: string): void {
    write(STANDARD_ERROR, Buffer.from(text));
  }

  #preface(): void {
    if (!this.#needsPreface) return;
    this.#needsPreface = false;
    this.#print("notice", `haproxy version is ${this.#version}`);
    this.#print("notice", `path to executable is ${this.#executable}`);
  }

  #print(level: keyof typeof LABELS, text: string): void {
    const line = `${LABELS[level]}(${this.#pid}) : ${text}\n`;
    this.#record(line);
    if (!this.isQuiet) write(STANDARD_ERROR, Buffer.from(line));
  }

  #record(text: string): void {
    if (this.#isStarting) this.#started.push(text);
  }
}

/** Writes all of it, as far as the reader takes it: a message is never worth an exception. */
function write(fd: number, bytes: Buffer): void {
  let offset = 0;
  try {
    while (offset < bytes.length) offset += writeSync(fd, bytes, offset);
  } catch {
    // A closed or full pipe: nobody is there to be told.
  }
}
