import type { EventHandler } from "../loop/event-loop.ts";
import { Timer as LoopTimer, type Timer, type TimerTarget } from "../loop/timer-wheel.ts";
import { Epoll } from "../sys/epoll.ts";
import { Errno } from "../sys/errno.ts";
import { acceptSocket, listenSocket, stopListening } from "../sys/socket.ts";
import { AddressFamily, SocketAddress } from "../sys/socket-address.ts";
import type { Thread } from "./thread.ts";

/** Whom a listener hands connections to. */
export interface Acceptor {
  /** What it serves, as developers are told. */
  readonly name?: string;
  /** Takes over the descriptor of an accepted connection; `listener.peer` is the client's address. */
  onAccept(fd: number, listener: Listener): void;
  /** Accepting failed for want of descriptors or memory; the listener pauses itself. */
  onFamine?(listener: Listener, error: number): void;
  /** Taking a connection over threw: end what was begun for it, and only that. */
  onFault?(error: unknown): void;
}

/** How long a listener rests when the system has no descriptors left. */
const FAMINE_MS = 100;

/** Accepts connections on one listening socket, a bounded number a turn. */
export class Listener implements EventHandler, TimerTarget {
  readonly thread: Thread;
  /** The listening descriptor; -1 once closed. */
  fd: number;
  /** Address that the socket is bound to. */
  readonly address: SocketAddress;
  /** Address of the client being accepted. */
  readonly peer = new SocketAddress();
  readonly #acceptor: Acceptor;
  /** Connections accepted a turn (`tune.maxaccept`). */
  readonly #acceptMax: number;
  readonly #timer: Timer;
  #isPaused = true;
  #isResting = false;
  #isSuspended = false;
  /** Connections that the kernel keeps until they are accepted; what {@link restore} listens with. */
  backlog = 1024;

  constructor(
    thread: Thread,
    fd: number,
    address: SocketAddress,
    acceptor: Acceptor,
    acceptMax = 4,
  ) {
    this.thread = thread;
    this.fd = fd;
    this.address = address;
    this.#acceptor = acceptor;
    this.#acceptMax = acceptMax;
    this.#timer = new LoopTimer(thread.wheel, this, 0);
  }

  /** Whom connections are handed to, as developers are told. */
  get acceptorName(): string {
    return this.#acceptor.name ?? "";
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Starts or goes on accepting. */
  resume(): void {
    if (!this.#isPaused || this.#isSuspended || this.fd === -1) return;
    this.#isPaused = false;
    if (!this.#isResting) this.thread.loop.watch(this.fd, Epoll.IN, this);
  }

  /** Stops accepting: clients wait in the kernel's queue. */
  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    if (!this.#isResting) this.thread.loop.forget(this.fd);
  }

  /** Stops accepting and frees the port, so that another process may listen on it (SIGTTOU). */
  suspend(): void {
    this.pause();
    if (this.fd === -1 || this.#isSuspended || this.address.family === AddressFamily.UNIX) return;
    this.#isSuspended = stopListening(this.fd) === 0;
  }

  /** Takes the port again after {@link suspend}; returns 0 or a negated errno when somebody else has it. */
  restore(): number {
    if (!this.#isSuspended || this.fd === -1) return 0;
    const result = listenSocket(this.fd, this.backlog);
    if (result === 0) this.#isSuspended = false;
    return result;
  }

  /** Gives the listening socket up, once it has taken the clients that wait: its end would reset them. */
  close(): void {
    if (this.fd === -1) return;
    if (!this.#isResting) this.#takeWaiting();
    this.pause();
    this.#timer.disarm();
    this.thread.loop.closeLater(this.fd);
    this.fd = -1;
  }

  #takeWaiting(): void {
    for (let count = 0; count < this.backlog && !this.#isPaused; count++) {
      const fd = acceptSocket(this.fd, this.peer);
      if (fd >= 0) this.#acceptor.onAccept(fd, this);
      else if (isFinal(fd)) return;
    }
  }

  /** @hot */
  onEvents(): void {
    for (let count = 0; count < this.#acceptMax; count++) {
      if (this.#isPaused) return;
      const fd = acceptSocket(this.fd, this.peer);
      if (fd >= 0) this.#acceptor.onAccept(fd, this);
      else if (!this.#goesOn(fd)) return;
    }
  }

  /** True when another connection may still be taken this turn. */
  #goesOn(error: number): boolean {
    switch (-error) {
      case Errno.EAGAIN:
        return false;
      case Errno.EMFILE:
      case Errno.ENFILE:
      case Errno.ENOBUFS:
      case Errno.ENOMEM:
        this.#rest(error);
        return false;
      default:
        // The client gave up before we came (ECONNABORTED, EPROTO ...): the next one may not have.
        return true;
    }
  }

  /** Waits a little: a listener that fails to accept would be ready all the time. */
  #rest(error: number): void {
    this.#isResting = true;
    this.thread.loop.forget(this.fd);
    this.#timer.arm(this.thread.loop.nowMs + FAMINE_MS);
    this.#acceptor.onFamine?.(this, error);
  }

  onTimer(): void {
    if (!this.#isResting || this.fd === -1) return;
    this.#isResting = false;
    if (!this.#isPaused) this.thread.loop.watch(this.fd, Epoll.IN, this);
  }

  onFault(error: unknown): void {
    this.#acceptor.onFault?.(error);
  }
}

/** Is nobody left to be accepted, or no means to do so? */
function isFinal(error: number): boolean {
  switch (-error) {
    case Errno.ECONNABORTED:
    case Errno.EINTR:
      return false;
    default:
      return true;
  }
}
