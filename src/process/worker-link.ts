import type { EventHandler, EventLoop } from "../loop/event-loop.ts";
import { AccessLevel } from "../runtime/level.ts";
import { DescriptorPassing, limitWait, socketPair } from "../sys/descriptor-passing.ts";
import { Epoll } from "../sys/epoll.ts";
import { Errno } from "../sys/errno.ts";
import { closeDescriptor, setCloseOnExec, setNonBlocking } from "../sys/socket.ts";

/** How long the master waits for the kernel to take a connection. */
const PATIENCE_MS = 1000;

/** Two ends of a connection: one to keep, one to give away. */
export interface ConnectedPair {
  readonly ours: number;
  readonly theirs: number;
}

/** Makes a pair of connected sockets; undefined when the system has none left. */
export function connectedPair(): ConnectedPair | undefined {
  const pair = socketPair();
  if (typeof pair === "number") return undefined;
  const [ours, theirs] = pair;
  limitWait(ours, PATIENCE_MS);
  return { ours, theirs };
}

/**
 * The master's end of what joins it to a worker: it sends connections to the worker's runtime API
 * through it. No path names it, so nobody else can come in, and no chroot hides it.
 */
export class WorkerLink {
  readonly #fd: number;
  readonly #passing: DescriptorPassing;
  #isClosed = false;

  constructor(fd: number, passing: DescriptorPassing) {
    this.#fd = fd;
    this.#passing = passing;
  }

  /**
   * Opens a session of the worker's runtime API.
   *
   * @returns A blocking descriptor, which is the caller's; -1 when the worker is gone.
   */
  connect(level: AccessLevel): number {
    const pair = this.#isClosed ? undefined : connectedPair();
    if (pair === undefined) return -1;
    const sent = this.#passing.send(this.#fd, Buffer.from([level]), [pair.theirs]);
    closeDescriptor(pair.theirs);
    if (sent === 1) return pair.ours;
    closeDescriptor(pair.ours);
    return -1;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeDescriptor(this.#fd);
  }
}

/** The worker's end: each message brings a connection, and says what its sessions may do. */
export class MasterLink implements EventHandler {
  readonly #fd: number;
  readonly #loop: EventLoop;
  readonly #passing = new DescriptorPassing();
  readonly #onConnection: (fd: number, level: AccessLevel) => void;

  constructor(fd: number, loop: EventLoop, onConnection: (fd: number, level: AccessLevel) => void) {
    this.#fd = fd;
    this.#loop = loop;
    this.#onConnection = onConnection;
    setNonBlocking(fd);
    setCloseOnExec(fd, true);
    loop.watch(fd, Epoll.IN, this);
  }

  onEvents(): void {
    // A byte a message, so that two connections are never taken for one.
    const message = this.#passing.receive(this.#fd, 1);
    if (typeof message === "number") {
      if (message !== -Errno.EAGAIN) this.#loop.closeLater(this.#fd);
      return;
    }
    if (message.data.length === 0) {
      this.#loop.closeLater(this.#fd);
      return;
    }
    const level = message.data[0] as AccessLevel;
    const isLevel = level >= AccessLevel.USER && level <= AccessLevel.ADMIN;
    for (const fd of message.descriptors) {
      setNonBlocking(fd);
      this.#onConnection(fd, isLevel ? level : AccessLevel.USER);
    }
  }

  onFault(): void {}
}
