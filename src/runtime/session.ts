import type { Answer } from "./command.ts";
import type { RuntimeContext } from "./context.ts";
import { CommandInput, type CommandLine } from "./input.ts";
import { type AccessLevel, LEVEL_NAMES } from "./level.ts";

/** The most that one command may hold, its payload included. */
const INPUT_SIZE_MAX = 1024 * 1024;

/** How messages show their severity. */
export const SeverityOutput = { NONE: "none", NUMBER: "number", STRING: "string" } as const;
export type SeverityOutput = (typeof SeverityOutput)[keyof typeof SeverityOutput];

const SEVERITY_NAMES = [
  "emerg",
  "alert",
  "crit",
  "err",
  "warning",
  "notice",
  "info",
  "debug",
] as const;

/** Where a session's answers go. */
export interface SessionOutput {
  write(text: string): void;
  /** Closes once everything is written. */
  end(): void;
}

/**
 * One session of the runtime API: text in, answers out. Without `prompt`, everything that has come
 * is answered, and then the session ends.
 *
 * Source: HAProxy management guide, section 9.3.
 */
export class RuntimeSession {
  level: AccessLevel;
  severityOutput: SeverityOutput = SeverityOutput.NONE;
  isInteractive = false;
  /** Silence after which the session is ended, in milliseconds. */
  timeoutMs: number;
  readonly #context: RuntimeContext;
  readonly #output: SessionOutput;
  readonly #input = new CommandInput(INPUT_SIZE_MAX);
  #hasEnded = false;

  constructor(
    context: RuntimeContext,
    output: SessionOutput,
    level: AccessLevel,
    timeoutMs: number,
  ) {
    this.#context = context;
    this.#output = output;
    this.level = level;
    this.timeoutMs = timeoutMs;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Takes what the client sent, and answers every line that is complete. */
  receive(text: string): void {
    if (this.#hasEnded) return;
    this.#input.add(text);
    let hasAnswered = false;
    for (;;) {
      const line = this.#input.take();
      if (line === undefined) break;
      if (line === null) {
        if (this.isInteractive) this.#output.write("+ ");
        continue;
      }
      this.#runLine(line);
      hasAnswered = true;
      if (this.#hasEnded) return;
    }
    const isDone = hasAnswered && !this.isInteractive && !this.#input.isReadingPayload;
    if (isDone || this.#input.isOverflown) this.end();
  }

  /** The client sends no more: what it asked has been answered, so the session ends. */
  receiveEnd(): void {
    this.end();
  }

  /** Ends the session once its answers are written. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#output.end();
  }

  /** Runs the commands of a line in order; the last one gets the payload. */
  #runLine({ commands, payload }: CommandLine): void {
    for (const [index, words] of commands.entries()) {
      this.#run(words, index === commands.length - 1 ? payload : "");
      if (this.#hasEnded) return;
    }
  }

  #run(words: readonly string[], payload: string): void {
    if (words[0] === "quit") {
      this.end();
      return;
    }
    if (words[0] === "prompt") {
      this.isInteractive = !this.isInteractive;
      this.#write(undefined);
      return;
    }
    this.#write(this.#answer(words, payload));
  }

  #answer(words: readonly string[], payload: string): Answer {
    const { commands } = this.#context;
    if (words[0] === "help") return commands.help(words.slice(1));
    const command = commands.find(words);
    if (command === undefined) return { severity: 6, text: commands.unknown(words) };
    const needed = (LEVEL_NAMES.indexOf(command.level) + 1) as AccessLevel;
    if (this.level < needed) return { severity: 1, text: "Permission denied" };
    const rest = words.slice(command.name.split(" ").length);
    return command.run({ words: rest, payload, session: this, context: this.#context });
  }

  /** Writes an answer, the empty line that ends it, and the prompt of an interactive session. */
  #write(answer: Answer): void {
    const text = typeof answer === "object" ? this.#withSeverity(answer) : (answer ?? "");
    const ended = text === "" || text.endsWith("\n") ? text : `${text}\n`;
    this.#output.write(`${ended}\n${this.isInteractive ? "> " : ""}`);
  }

  #withSeverity({ severity, text }: Exclude<Answer, string | undefined>): string {
    if (this.severityOutput === SeverityOutput.NUMBER) return `[${severity}]: ${text}`;
    if (this.severityOutput === SeverityOutput.STRING) {
      return `[${SEVERITY_NAMES[severity]}]: ${text}`;
    }
    return text;
  }
}

/** The level that `operator` and `user` lower a session to. */
export function loweredLevel(level: AccessLevel, to: AccessLevel): AccessLevel {
  return level < to ? level : to;
}
