import { expect } from "bun:test";
import type { RunningProgram } from "./running-program.ts";
import type { SyslogSink } from "./syslog-sink.ts";
import { until } from "./waiting.ts";

/** Messages about servers and backends, not those of traffic. */
const ABOUT_STATES = /^(Backup Server|Server|backend|Health check|Agent check) /;

/** Follows what the log says of states: each message is expected once, in its order. */
export class StateLog {
  readonly #log: SyslogSink;
  #readCount = 0;

  constructor(log: SyslogSink) {
    this.#log = log;
  }

  /** All that was said so far, as `LEVEL text`; times of checks are made comparable. */
  get all(): string[] {
    return this.#log.seen
      .filter(({ text }) => ABOUT_STATES.test(text))
      .map(({ level, text }) => `${level} ${text.replace(/check duration: \d+ms/, "took n")}`);
  }

  /** Waits for the next messages, and compares them. */
  async expect(messages: readonly string[]): Promise<void> {
    const end = this.#readCount + messages.length;
    await until("messages", () => this.all.length >= end).catch(() => {});
    expect(this.all.slice(this.#readCount, end)).toEqual([...messages]);
    this.#readCount = end;
  }

  /** Fails when more was said than was expected. */
  expectNoMore(): void {
    expect(this.all.slice(this.#readCount)).toEqual([]);
  }

  /** Does steps one after the other: a command, and what it makes the log say. */
  async follow(
    proxy: RunningProgram,
    steps: readonly (readonly [command: string, ...messages: string[]])[],
  ): Promise<void> {
    for (const [command, ...messages] of steps) {
      expect([command, await proxy.command(command)]).toEqual([command, "\n"]);
      await this.expect(messages);
    }
    // What nobody asked for would have been mixed into the messages of the steps that follow.
    this.expectNoMore();
  }
}
