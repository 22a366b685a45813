import { isatty } from "node:tty";
import { DatagramSocket } from "../net/datagram-socket.ts";
import type { Region } from "../sys/region.ts";
import { setNonBlocking, writeDescriptor } from "../sys/socket.ts";
import { RingSink } from "./ring-sink.ts";
import { destinationText } from "./syslog-header.ts";
import type { LogDestination } from "./target.ts";

/** Sends finished lines somewhere, in order. Never blocks. */
export interface LogSink {
  /**
   * Sends one line, at the end of the turn at the latest.
   *
   * @hot
   * @returns Bytes taken, or a negated errno when the line was dropped at once.
   */
  send(from: Region, offset: number, size: number): number;
  /** Sends what waits for the end of the turn. */
  flush(): void;
}

/** Gives loggers their sinks. */
export interface SinkSource {
  open(destination: LogDestination): LogSink;
  /** Counts lines that were not sent. */
  countDropped(count: number): void;
  /** Sends what waits in any sink. */
  flush(): void;
}

/** Work for the end of the turn; the event loop's tasks are of this kind. */
export interface SinkTask {
  run(): void;
  onFault(error: unknown): void;
}

/** Writes lines to a descriptor that was open before: standard output, a pipe, a socket. */
export class DescriptorSink implements LogSink {
  readonly #fd: number;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** @hot */
  send(from: Region, offset: number, size: number): number {
    return writeDescriptor(this.#fd, from, offset, size);
  }

  flush(): void {}
}

/**
 * Collects the datagrams of a turn and sends them by one call, when all that clients wait for has
 * been sent.
 */
export class DatagramSink implements LogSink, SinkTask {
  readonly #socket: DatagramSocket;
  readonly #sinks: LogSinks;
  #isDeferred = false;

  constructor(socket: DatagramSocket, sinks: LogSinks) {
    this.#socket = socket;
    this.#sinks = sinks;
  }

  /** @hot */
  send(from: Region, offset: number, size: number): number {
    if (!this.#socket.queue(from, offset, size)) {
      this.flush();
      // A line of the greatest length has no room in any batch.
      if (!this.#socket.queue(from, offset, size)) return this.#socket.send(from, offset, size);
    }
    if (!this.#isDeferred) {
      this.#isDeferred = true;
      this.#sinks.defer(this);
    }
    return size;
  }

  /** @hot */
  flush(): void {
    const dropped = this.#socket.flush();
    if (dropped > 0) this.#sinks.countDropped(dropped);
  }

  /** @hot */
  run(): void {
    this.#isDeferred = false;
    this.flush();
  }

  onFault(): void {
    this.#isDeferred = false;
  }
}

/** The sinks of one thread: `log` lines that name the same place share one. */
export class LogSinks implements SinkSource {
  readonly #byText = new Map<string, LogSink>();
  readonly #onDropped: (count: number) => void;
  /** Runs a task at the end of the turn. */
  readonly defer: (task: SinkTask) => void;

  /**
   * @param onDropped - Called with the number of lines that the system refused.
   * @param defer - Runs a task at the end of the turn; at once unless given.
   */
  constructor(
    onDropped: (count: number) => void = () => {},
    defer: (task: SinkTask) => void = (task) => task.run(),
  ) {
    this.#onDropped = onDropped;
    this.defer = defer;
  }

  /** Gives the sink of a destination and opens it, since after chroot its path may be out of reach. */
  open(destination: LogDestination): LogSink {
    const text = destinationText(destination);
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const sink = makeSink(destination, this);
    this.#byText.set(text, sink);
    return sink;
  }

  countDropped(count: number): void {
    this.#onDropped(count);
  }

  flush(): void {
    for (const sink of this.#byText.values()) sink.flush();
  }
}

function makeSink(destination: LogDestination, sinks: LogSinks): LogSink {
  if (destination.kind === "descriptor") {
    // A reader that stalls must not stall us. A terminal stays as it is: others write to it too.
    if (!isatty(destination.fd)) setNonBlocking(destination.fd);
    return new DescriptorSink(destination.fd);
  }
  // A ring that does not exist was reported: nothing runs then.
  if (destination.kind === "ring") return new RingSink(destination.ring!);
  const socket = new DatagramSocket(destination.address);
  // A failure now is not final: each line tries again.
  socket.open();
  return new DatagramSink(socket, sinks);
}
