import { isatty } from "node:tty";
import { DatagramSocket } from "../net/datagram-socket.ts";
import type { Region } from "../sys/region.ts";
import { setNonBlocking, writeDescriptor } from "../sys/socket.ts";
import { destinationText } from "./syslog-header.ts";
import type { LogDestination } from "./target.ts";

/** Sends finished lines somewhere. Never blocks. */
export interface LogSink {
  /**
   * Sends one line.
   *
   * @hot
   * @returns Bytes sent, or a negated errno when the line was dropped.
   */
  send(from: Region, offset: number, size: number): number;
}

/** Gives loggers their sinks. */
export interface SinkSource {
  open(destination: LogDestination): LogSink;
  /** Counts a line that was not sent. */
  countDropped(): void;
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
}

/** The sinks of one thread: `log` lines that name the same place share one. */
export class LogSinks implements SinkSource {
  readonly #byText = new Map<string, LogSink>();
  readonly #onDropped: () => void;

  /** @param onDropped - Called for each line that the system refused. */
  constructor(onDropped: () => void = () => {}) {
    this.#onDropped = onDropped;
  }

  /** Gives the sink of a destination and opens it, since after chroot its path may be out of reach. */
  open(destination: LogDestination): LogSink {
    const text = destinationText(destination);
    const known = this.#byText.get(text);
    if (known !== undefined) return known;
    const sink = makeSink(destination);
    this.#byText.set(text, sink);
    return sink;
  }

  /** Counts a line that was not sent. */
  countDropped(): void {
    this.#onDropped();
  }
}

function makeSink(destination: LogDestination): LogSink {
  if (destination.kind === "descriptor") {
    // A reader that stalls must not stall us. A terminal stays as it is: others write to it too.
    if (!isatty(destination.fd)) setNonBlocking(destination.fd);
    return new DescriptorSink(destination.fd);
  }
  const socket = new DatagramSocket(destination.address);
  // A failure now is not final: each line tries again.
  socket.open();
  return socket;
}
