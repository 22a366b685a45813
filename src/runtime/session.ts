import { LEVEL_NAMES as SEVERITY_NAMES } from "../log/level.ts";
import { HAND_OVER_REQUEST } from "../net/hand-over.ts";
import { type Answer, type LiveAnswer, type Message, refuse } from "./command.ts";
import type { RuntimeContext } from "./context.ts";
import { CommandInput, type CommandLine } from "./input.ts";
import { type AccessLevel, LEVEL_NAMES } from "./level.ts";
import { missingCommand } from "./missing-command.ts";
import type { SessionMode } from "./session-mode.ts";
import { SeverityOutput } from "./severity-output.ts";

/** The most that one command may hold, its payload included. */
const INPUT_SIZE_MAX = 1024 * 1024;

const NO_LINE: CommandLine = { commands: [], payload: "" };

/** How much of a long answer is made at once, in characters. */
const PIECES_SIZE_MAX = 32 * 1024;

/** Where a session's answers go. */
export interface SessionOutput {
  write(text: string): void;
  /** Calls `resume` of the session once other work had its turn, and the reader has caught up. */
  resumeLater(): void;
  /** Closes once everything is written. */
  end(): void;
  /** Hands the listening sockets over to the client, if it may have them; the session is over then. */
  readonly handOverListeners?: (() => void) | undefined;
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
  readonly modes = new Set<SessionMode>();
  /** Silence after which the session is ended, in milliseconds. */
  timeoutMs: number;
  readonly #context: RuntimeContext;
  readonly #output: SessionOutput;
  readonly #input = new CommandInput(INPUT_SIZE_MAX);
  /** The line in hand, and the first of its commands that has not run. */
  #line: CommandLine = NO_LINE;
  #next = 0;
  /** What is left of the answer in hand; null while none is made in pieces. */
  #pieces: Iterator<string> | null = null;
  /** An answer that goes on; null while there is none. */
  #live: LiveAnswer | null = null;
  #hasAnswered = false;
  #isInputEnded = false;
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
    if (this.#live !== null) {
      // Whatever it is, it means enough.
      this.#endLive();
      this.#writeLast("");
      this.#work();
      return;
    }
    this.#input.add(text);
    if (this.#pieces === null) this.#work();
    else if (this.#input.isOverflown) this.end();
  }

  /** The client sends no more: the session ends once what it asked is answered. */
  receiveEnd(): void {
    this.#isInputEnded = true;
    if (this.#live !== null) {
      this.#endLive();
      this.#writeLast("");
    }
    if (this.#pieces === null) this.end();
  }

  /** Goes on with an answer that is made in pieces. */
  resume(): void {
    if (this.#hasEnded) return;
    if (this.#live !== null) this.#writeLive(this.#live);
    else if (this.#pieces !== null) this.#work();
  }

  /** The client has gone: nothing goes on. */
  abandon(): void {
    this.#hasEnded = true;
    this.#endLive();
  }

  /** Ends the session once its answers are written. */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#endLive();
    this.#output.end();
  }

  /** Answers as much as may be answered now. */
  #work(): void {
    for (;;) {
      if (this.#pieces !== null && !this.#writePieces(this.#pieces)) {
        this.#output.resumeLater();
        return;
      }
      if (!this.#runNext()) break;
      if (this.#hasEnded || this.#live !== null) return;
    }
    const isDone = this.#hasAnswered && !this.isInteractive && !this.#input.isReadingPayload;
    if (isDone || this.#isInputEnded || this.#input.isOverflown) this.end();
  }

  /** Runs the next command, of this line or of the next one; false when more text is needed. */
  #runNext(): boolean {
    const { commands, payload } = this.#line;
    const words = commands[this.#next];
    if (words === undefined) return this.#takeLine();
    this.#next++;
    this.#hasAnswered = true;
    // The last command of a line gets the payload.
    this.#run(words, this.#next === commands.length ? payload : "");
    return true;
  }

  #takeLine(): boolean {
    const line = this.#input.take();
    if (line === undefined) return false;
    if (line !== null) {
      this.#line = line;
      this.#next = 0;
    } else if (this.isInteractive) this.#output.write("+ ");
    return true;
  }

  #run(words: readonly string[], payload: string): void {
    if (words[0] === "quit") {
      this.end();
      return;
    }
    if (words[0] === HAND_OVER_REQUEST && this.#output.handOverListeners !== undefined) {
      this.#hasEnded = true;
      this.#output.handOverListeners();
      return;
    }
    if (words[0] === "prompt") {
      this.isInteractive = !this.isInteractive;
      this.#write(undefined);
      return;
    }
    this.#write(this.answer(words, payload));
  }

  /** Runs one command for whoever may run it at this session's level, and gives what it says. */
  answer(words: readonly string[], payload: string): Answer {
    const { commands } = this.#context;
    if (words[0] === "help") return commands.help(words.slice(1), this.modes);
    const command = commands.find(words);
    if (command === undefined) {
      const missing = missingCommand(words);
      return missing ?? { severity: 6, text: commands.unknown(words, this.modes) };
    }
    const needed = (LEVEL_NAMES.indexOf(command.level) + 1) as AccessLevel;
    if (this.level < needed) return { severity: 1, text: "Permission denied" };
    const { mode } = command;
    if (mode !== undefined && !this.modes.has(mode)) {
      return refuse(`This command is restricted to ${mode} mode only.`);
    }
    const rest = words.slice(command.name.split(" ").length);
    return command.run({ words: rest, payload, session: this, context: this.#context });
  }

  /** Writes an answer, or starts one that is made in pieces. */
  #write(answer: Answer): void {
    if (answer === undefined || typeof answer === "string") this.#writeLast(answer ?? "");
    else if ("severity" in answer) {
      this.#writeLast(this.#withSeverity(answer), answer.isBare === true);
    } else if ("isLive" in answer) {
      this.#live = answer;
      answer.watch(() => this.#output.resumeLater());
      this.#writeLive(answer);
    } else this.#pieces = answer[Symbol.iterator]();
  }

  /** Writes what there is of an answer that goes on; the rest when other work had its turn. */
  #writeLive(answer: LiveAnswer): void {
    let text = "";
    while (text.length < PIECES_SIZE_MAX) {
      const more = answer.next();
      if (more === null) break;
      text += more;
    }
    if (text !== "") this.#output.write(text);
    if (text.length >= PIECES_SIZE_MAX) this.#output.resumeLater();
  }

  #endLive(): void {
    this.#live?.close();
    this.#live = null;
  }

  /** Writes the end of an answer, its empty line, and the prompt of an interactive session. */
  #writeLast(text: string, isBare = false): void {
    const ended = text === "" || isBare || text.endsWith("\n") ? text : `${text}\n`;
    this.#output.write(`${ended}\n${this.isInteractive ? "> " : ""}`);
  }

  /** Writes some pieces of an answer; true when it is complete. */
  #writePieces(pieces: Iterator<string>): boolean {
    let text = "";
    while (text.length < PIECES_SIZE_MAX) {
      const { done, value } = pieces.next();
      if (done === true) {
        this.#pieces = null;
        this.#writeLast(text);
        return true;
      }
      text += value;
    }
    this.#output.write(text);
    return false;
  }

  #withSeverity({ severity, text }: Message): string {
    if (this.severityOutput === SeverityOutput.NUMBER) return `[${severity}]: ${text}`;
    if (this.severityOutput === SeverityOutput.STRING) {
      return `[${SEVERITY_NAMES[severity]}]: ${text}`;
    }
    return text;
  }
}

/** Lowers a session's level, which also ends its modes. */
export function lowerLevel(session: RuntimeSession, to: AccessLevel): void {
  session.level = loweredLevel(session.level, to);
  session.modes.clear();
}

/** Nobody is raised. */
function loweredLevel(level: AccessLevel, to: AccessLevel): AccessLevel {
  return level < to ? level : to;
}
