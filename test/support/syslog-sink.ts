import type { udp } from "bun";
import { Inbox } from "./waiting.ts";

/** One log datagram, taken apart. */
export interface LogEntry {
  readonly facility: number;
  readonly level: number;
  readonly tag: string;
  readonly pid: number;
  readonly text: string;
  /** The datagram as it came. */
  readonly raw: string;
}

const DATAGRAM = /^<(\d+)>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (\S+?)\[(\d+)\]: (.*)\n$/s;

/** Receives syslog datagrams on a port of loopback and hands them out in order. */
export class SyslogSink {
  readonly #socket: udp.Socket<"buffer">;
  readonly #entries: Inbox<LogEntry>;
  /** Every entry that ever came, taken or not. */
  readonly seen: readonly LogEntry[];

  private constructor(
    socket: udp.Socket<"buffer">,
    entries: Inbox<LogEntry>,
    seen: readonly LogEntry[],
  ) {
    this.#socket = socket;
    this.#entries = entries;
    this.seen = seen;
  }

  static async open(): Promise<SyslogSink> {
    const entries = new Inbox<LogEntry>("the log");
    const seen: LogEntry[] = [];
    const socket = await Bun.udpSocket({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        data(_socket, data) {
          const entry = readDatagram(data.toString("latin1"));
          seen.push(entry);
          entries.put(entry);
        },
      },
    });
    return new SyslogSink(socket, entries, seen);
  }

  get port(): number {
    return this.#socket.port;
  }

  /** The next entry of exactly this level or a more severe one, skipping the chattier ones. */
  async take(levelMax = 6): Promise<LogEntry> {
    for (;;) {
      const entry = await this.#entries.take();
      if (entry.level <= levelMax) return entry;
    }
  }

  /** The next entry whose text has the pattern in it. */
  async find(pattern: RegExp, waitMs?: number): Promise<LogEntry> {
    for (;;) {
      const entry = await this.#entries.take(waitMs);
      if (pattern.test(entry.text)) return entry;
    }
  }

  expectNothing(silenceMs?: number): Promise<void> {
    return this.#entries.expectNothing(silenceMs);
  }

  close(): void {
    this.#socket.close();
  }
}

function readDatagram(raw: string): LogEntry {
  const match = DATAGRAM.exec(raw);
  if (match === null) return { facility: -1, level: 0, tag: "", pid: -1, text: raw, raw };
  const priority = Number(match[1]);
  return {
    facility: priority >> 3,
    level: priority & 7,
    tag: match[2]!,
    pid: Number(match[3]),
    text: match[4]!,
    raw,
  };
}
