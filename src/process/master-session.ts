import { ControlConnection, type ControlHandler } from "../net/control-connection.ts";
import type { Thread } from "../net/thread.ts";
import type { Answer } from "../runtime/command.ts";
import type { RuntimeContext } from "../runtime/context.ts";
import { CommandInput, type CommandLine } from "../runtime/input.ts";
import type { AccessLevel } from "../runtime/level.ts";
import { RuntimeSession, type SessionOutput } from "../runtime/session.ts";
import { setNonBlocking } from "../sys/socket.ts";
import type { Worker } from "./worker.ts";

/** The most that one command may hold, its payload included. */
const INPUT_SIZE_MAX = 1024 * 1024;
/** Bytes that may wait for a slow reader before the worker has to wait. */
const PENDING_BYTES_MAX = 1024 * 1024;

/** Who answers: the master, its worker, or a worker by its process number. */
type Target = "master" | "current" | number;

/** What sessions reach of the master. */
export interface MasterControl {
  worker(target: "current" | number): Worker | undefined;
  reload(): Promise<boolean>;
  /** What the last worker told while it started. */
  readonly startupLogs: string;
}

/** Commands that concern the session itself, whoever is the target. */
const SESSION_COMMANDS: ReadonlySet<string> = new Set(["operator", "user", "prompt", "quit"]);

const SILENT: SessionOutput = { write() {}, resumeLater() {}, end() {} };

interface PendingCommand {
  readonly words: readonly string[];
  readonly payload: string;
}

/**
 * One session of the master's runtime API: its own commands are answered here, those with a prefix
 * go to a worker. Commands are answered in their order; the session lives until the client leaves.
 *
 * Source: HAProxy management guide, section 9.4; what the guide leaves open, as observed.
 */
export class MasterSession implements ControlHandler {
  readonly #thread: Thread;
  readonly #control: MasterControl;
  readonly #client: ControlConnection;
  /** Knows the level, and answers the master's own commands. */
  readonly #local: RuntimeSession;
  readonly #input = new CommandInput(INPUT_SIZE_MAX);
  readonly #decoder = new TextDecoder();
  readonly #onClosed: () => void;
  readonly #pending: PendingCommand[] = [];
  #target: Target = "master";
  #isInteractive = false;
  #isBusy = false;
  #isInputEnded = false;
  #hasSettled = false;
  /** The worker that answers now; null while none does. */
  #relayed: ControlConnection | null = null;

  constructor(
    thread: Thread,
    fd: number,
    context: RuntimeContext,
    control: MasterControl,
    level: AccessLevel,
    onClosed: () => void,
  ) {
    this.#thread = thread;
    this.#control = control;
    this.#onClosed = onClosed;
    this.#local = new RuntimeSession(context, SILENT, level, 0);
    this.#client = ControlConnection.adopt(thread, fd, this);
  }

  onConnected(): void {}

  onData(_connection: ControlConnection, data: Uint8Array): void {
    this.#input.add(this.#decoder.decode(data, { stream: true }));
    for (let line = this.#input.take(); line !== undefined; line = this.#input.take()) {
      if (line !== null) this.#queue(line);
    }
    if (this.#input.isOverflown) this.#client.close();
    this.#work();
  }

  onEnd(): void {
    this.#isInputEnded = true;
    this.#work();
  }

  onError(): void {
    this.#settle();
  }

  onDrained(): void {
    this.#relayed?.watchReading(true);
  }

  #queue({ commands, payload }: CommandLine): void {
    commands.forEach((words, index) => {
      const isLast = index === commands.length - 1;
      this.#pending.push({ words, payload: isLast ? payload : "" });
    });
  }

  #work(): void {
    while (!this.#isBusy && !this.#client.isClosed) {
      const next = this.#pending.shift();
      if (next === undefined) break;
      this.#run(next);
    }
    const isDone = this.#isInputEnded && !this.#isBusy && this.#pending.length === 0;
    if (isDone && !this.#client.isClosed) this.#client.closeAfterSend();
    this.#settle();
  }

  #run({ words, payload }: PendingCommand): void {
    const [first = ""] = words;
    if (!first.startsWith("@")) this.#runFor(this.#target, `@!${this.#target}`, words, payload);
    else if (words.length > 1) this.#runFor(targetOf(first), first, words.slice(1), payload);
    else this.#choose(first);
  }

  #runFor(target: Target | undefined, prefix: string, words: readonly string[], payload: string) {
    const worker = this.#find(target);
    if (target === "master" || (worker !== undefined && SESSION_COMMANDS.has(words[0] ?? ""))) {
      this.#runHere(words, payload);
    } else if (worker === undefined) this.#refuse(prefix);
    else this.#relay(worker, words, payload);
  }

  /** A prefix alone: the commands that follow go there. */
  #choose(prefix: string): void {
    const target = targetOf(prefix);
    const worker = this.#find(target);
    if (target !== "master" && worker === undefined) {
      this.#refuse(prefix);
      return;
    }
    this.#target = worker?.pid ?? "master";
    this.#prompt();
  }

  #refuse(prefix: string): void {
    this.#client.send(`Can't find the target PID matching the prefix '${prefix}'\n`);
    this.#client.closeAfterSend();
  }

  #find(target: Target | undefined): Worker | undefined {
    return target === undefined || target === "master" ? undefined : this.#control.worker(target);
  }

  #runHere(words: readonly string[], payload: string): void {
    switch (words[0]) {
      case "quit":
        this.#client.closeAfterSend();
        return;
      case "prompt":
        this.#isInteractive = !this.#isInteractive;
        if (!this.#isInteractive) this.#client.send("\n");
        break;
      case "reload":
        if (this.#mayRun("reload")) {
          void this.#reload();
          return;
        }
        this.#client.send("Permission denied\n\n");
        break;
      default:
        this.#client.send(`${this.#answerText(words, payload)}\n`);
    }
    this.#prompt();
  }

  #mayRun(name: string): boolean {
    const answer = this.#local.answer([name], "");
    return typeof answer !== "object" || !("text" in answer) || answer.text === "";
  }

  #answerText(words: readonly string[], payload: string): string {
    const answer = this.#local.answer(words, payload);
    const said = saidBy(answer);
    return said === "" || said.endsWith("\n") ? said : `${said}\n`;
  }

  async #reload(): Promise<void> {
    this.#isBusy = true;
    const hasWorked = await this.#control.reload();
    const { startupLogs } = this.#control;
    this.#client.send(`Success=${hasWorked ? 1 : 0}\n--\n${startupLogs}\n`);
    this.#client.closeAfterSend();
    this.#isBusy = false;
    this.#settle();
  }

  /** Lets a worker answer one command on a session of its own. */
  #relay(worker: Worker, words: readonly string[], payload: string): void {
    const fd = worker.link.connect(this.#local.level);
    if (fd === -1) {
      this.#client.closeAfterSend();
      return;
    }
    setNonBlocking(fd);
    this.#isBusy = true;
    const ended = (connection: ControlConnection) => {
      connection.close();
      this.#relayed = null;
      this.#isBusy = false;
      this.#prompt();
      this.#work();
    };
    const connection = ControlConnection.adopt(this.#thread, fd, {
      onConnected() {},
      onData: (source, data) => {
        this.#client.send(data.slice());
        if (this.#client.pendingBytes > PENDING_BYTES_MAX) source.watchReading(false);
      },
      onEnd: ended,
      onError: ended,
    });
    this.#relayed = connection;
    connection.send(commandText(words, payload));
    connection.shutdownWrite();
  }

  #prompt(): void {
    if (!this.#isInteractive) return;
    this.#client.send(`${this.#target}> `);
  }

  #settle(): void {
    if (this.#hasSettled || !this.#client.isClosed) return;
    this.#hasSettled = true;
    this.#relayed?.close();
    this.#onClosed();
  }
}

/** Reads a prefix: `@master`, `@0`, `@1`, `@!<pid>`; undefined for any other. */
function targetOf(prefix: string): Target | undefined {
  if (prefix === "@master" || prefix === "@0") return "master";
  if (prefix === "@1") return "current";
  const match = /^@!(\d{1,10})$/.exec(prefix);
  if (match === null) return undefined;
  return Number(match[1]) === process.pid ? "master" : Number(match[1]);
}

/** Writes a command so that it is cut into the same words again. */
function commandText(words: readonly string[], payload: string): string {
  const line = words.map((word) => word.replace(/[\\; \t]/g, "\\$&")).join(" ");
  return payload === "" ? `${line}\n` : `${line} <<\n${payload}\n`;
}

/** A whole answer; the master has no command whose answer goes on. */
function saidBy(answer: Answer): string {
  if (answer === undefined || typeof answer === "string") return answer ?? "";
  if ("severity" in answer) return answer.text;
  return "isLive" in answer ? "" : [...answer].join("");
}
