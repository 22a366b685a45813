import { Timer, type TimerTarget } from "../loop/timer-wheel.ts";
import { ControlConnection, type ControlHandler } from "../net/control-connection.ts";
import type { Thread } from "../net/thread.ts";
import { errnoText } from "../sys/errno.ts";
import type { SocketAddress } from "../sys/socket-address.ts";

/** What is delivered: the envelope, and the message with its header, in lines that end in CRLF. */
export interface Letter {
  readonly from: string;
  readonly to: string;
  /** The name that we greet with. */
  readonly hostName: string;
  readonly message: string;
}

/** More than this before the end of a reply is no mail server's. */
const REPLY_SIZE_MAX = 8192;

/** What is waited for, how a good reply begins, and what is sent then. */
interface Step {
  readonly replyTo: string;
  readonly expects: "2" | "3";
  readonly send: string;
}

/** The place of the reply that makes the message theirs. */
const TAKEN_AT = 5;

function stepsOf({ from, to, hostName, message }: Letter): readonly Step[] {
  return [
    { replyTo: "the connection", expects: "2", send: `HELO ${hostName}\r\n` },
    { replyTo: "HELO", expects: "2", send: `MAIL FROM:<${from}>\r\n` },
    { replyTo: "MAIL", expects: "2", send: `RCPT TO:<${to}>\r\n` },
    { replyTo: "RCPT", expects: "2", send: "DATA\r\n" },
    // A line that begins with a dot gets another one: a dot alone ends the message.
    { replyTo: "DATA", expects: "3", send: `${message.replaceAll(/^\./gm, "..")}.\r\n` },
    { replyTo: "the message", expects: "2", send: "QUIT\r\n" },
    { replyTo: "QUIT", expects: "2", send: "" },
  ];
}

/**
 * One conversation with a mail server, told once when it is over: with null when the message was
 * taken, else with the reason.
 *
 * Source: RFC 5321, sections 3 and 4.
 */
export class Delivery implements ControlHandler, TimerTarget {
  readonly #thread: Thread;
  readonly #steps: readonly Step[];
  readonly #timer: Timer;
  readonly #tell: (problem: string | null) => void;
  #connection: ControlConnection | null = null;
  #step = 0;
  #text = "";
  #isOver = false;

  constructor(thread: Thread, letter: Letter, tell: (problem: string | null) => void) {
    this.#thread = thread;
    this.#steps = stepsOf(letter);
    this.#timer = new Timer(thread.wheel, this, 0);
    this.#tell = tell;
  }

  /** @param timeoutMs - For all of it. */
  begin(address: SocketAddress, timeoutMs: number): void {
    const connection = ControlConnection.connect(this.#thread, address, this);
    if (typeof connection === "number") {
      this.#end(`cannot connect: ${errnoText(connection)}`);
      return;
    }
    this.#connection = connection;
    this.#timer.arm(this.#thread.loop.nowMs + timeoutMs);
  }

  onConnected(): void {}

  onData(connection: ControlConnection, data: Uint8Array): void {
    this.#text += Buffer.from(data).toString("latin1");
    while (!this.#isOver) {
      const lineEnd = this.#text.indexOf("\n");
      if (lineEnd === -1) break;
      const line = this.#text.slice(0, lineEnd).trimEnd();
      this.#text = this.#text.slice(lineEnd + 1);
      // A reply of several lines goes on while a hyphen follows its code.
      if (!/^\d{3}-/.test(line)) this.#reply(connection, line);
    }
    if (this.#text.length > REPLY_SIZE_MAX) this.#end("its reply has no end");
  }

  onEnd(): void {
    this.#end(`it closed the connection in the place of its reply to ${this.#replyTo}`);
  }

  onError(_connection: ControlConnection, errno: number): void {
    this.#end(`${errnoText(errno)} in the place of its reply to ${this.#replyTo}`);
  }

  onTimer(): void {
    this.#end(`no reply to ${this.#replyTo} in time`);
  }

  onFault(): void {
    this.#end("internal error");
  }

  get #replyTo(): string {
    return this.#steps[this.#step]!.replyTo;
  }

  #reply(connection: ControlConnection, line: string): void {
    const { replyTo, expects, send } = this.#steps[this.#step]!;
    if (!line.startsWith(expects) || !/^\d{3}/.test(line)) {
      this.#end(`its reply to ${replyTo} is "${line.replace(/[^ -~]/g, "?").slice(0, 200)}"`);
      return;
    }
    this.#step++;
    if (this.#step === this.#steps.length) this.#end(null);
    else connection.send(send);
  }

  /** Once the message is theirs, nothing that happens makes it lost. */
  #end(problem: string | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#timer.discard();
    this.#connection?.close();
    this.#tell(this.#step > TAKEN_AT ? null : problem);
  }
}
