import { Errno } from "./errno.ts";
import { failure } from "./failure.ts";
import { errno, libc, pointer } from "./libc.ts";
import { Region } from "./region.ts";

/** Readiness of a descriptor; bits of one mask. */
export const Epoll = {
  IN: 1,
  OUT: 4,
  ERR: 8,
  HUP: 16,
  RDHUP: 0x2000,
  EXCLUSIVE: 0x1000_0000,
} as const;

const EPOLL_CLOEXEC = 0x80000;
const CTL_ADD = 1;
const CTL_DEL = 2;
const CTL_MOD = 3;

// The event is packed on x86-64 alone: u32 events, then u64 data.
const STRIDE = process.arch === "x64" ? 12 : 16;
const DATA = process.arch === "x64" ? 4 : 8;
const EVENTS_MAX = 512;

/** One epoll instance and the array that its events arrive in. The data of an event is its descriptor. */
export class EpollSet {
  readonly fd: number;
  readonly #events: Region;
  readonly #words: Uint32Array;
  readonly #control: number;
  #eventsMax = EVENTS_MAX;

  constructor() {
    const fd = libc.epoll_create1(EPOLL_CLOEXEC);
    if (fd === -1) throw new Error(`Cannot make an epoll instance: ${failure("epoll", errno())}`);
    this.fd = fd;
    this.#events = new Region((EVENTS_MAX + 1) * STRIDE);
    this.#words = new Uint32Array(this.#events.buffer, 0, ((EVENTS_MAX + 1) * STRIDE) / 4);
    this.#control = EVENTS_MAX * STRIDE;
  }

  /** Takes fewer events at once than there is room for. */
  limitEvents(count: number): void {
    this.#eventsMax = Math.max(1, Math.min(count, EVENTS_MAX));
  }

  /** @hot */
  add(fd: number, mask: number): number {
    return this.#change(CTL_ADD, fd, mask);
  }

  /** @hot */
  modify(fd: number, mask: number): number {
    return this.#change(CTL_MOD, fd, mask);
  }

  /** @hot */
  remove(fd: number): number {
    return this.#change(CTL_DEL, fd, 0);
  }

  #change(operation: number, fd: number, mask: number): number {
    const at = this.#control;
    const words = this.#words;
    words[at >>> 2] = mask;
    words[(at + DATA) >>> 2] = fd;
    words[(at + DATA + 4) >>> 2] = 0;
    const result = libc.epoll_ctl(this.fd, operation, fd, pointer(this.#events.address + at));
    return result === 0 ? 0 : failure("epoll_ctl", errno());
  }

  /**
   * Waits for events, at most `timeoutMs` (-1: for ever); returns their number. A signal counts as
   * none.
   *
   * @hot
   */
  wait(timeoutMs: number): number {
    const count = libc.epoll_wait(
      this.fd,
      pointer(this.#events.address),
      this.#eventsMax,
      timeoutMs,
    );
    if (count !== -1) return count;
    const code = errno();
    return code === Errno.EINTR ? 0 : failure("epoll_wait", code);
  }

  /** @hot */
  maskAt(index: number): number {
    return this.#words[(index * STRIDE) >>> 2]!;
  }

  /** @hot */
  fdAt(index: number): number {
    return this.#words[(index * STRIDE + DATA) >>> 2]!;
  }

  close(): void {
    libc.close(this.fd);
  }
}
