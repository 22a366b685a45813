import { Pipe } from "../sys/splice.ts";

/** What a pipe should hold, in bytes. Bigger ones save calls; the kernel may grant less. */
const PIPE_SIZE = 1 << 20;
/** Empty pipes kept for the next body. */
const KEPT_MAX = 32;

/** The pipes of one thread, opened on demand up to a limit and kept for reuse while empty. */
export class PipePool {
  readonly #capacity: number;
  readonly #pipeSize: number;
  readonly #kept: Pipe[] = [];
  #openCount = 0;
  #lentCount = 0;

  /** @param pipeSize - What a pipe should hold, in bytes (`tune.pipesize`). */
  constructor(capacity: number, pipeSize = PIPE_SIZE) {
    this.#capacity = capacity;
    this.#pipeSize = pipeSize;
  }

  /** Pipes lent now. */
  get lentCount(): number {
    return this.#lentCount;
  }

  /** Pipes kept empty. */
  get keptCount(): number {
    return this.#kept.length;
  }

  /** Lends a pipe; null when the limit is reached or the system has no descriptors left. */
  take(): Pipe | null {
    const kept = this.#kept.pop();
    if (kept !== undefined) {
      this.#lentCount++;
      return kept;
    }
    if (this.#openCount >= this.#capacity) return null;
    const pipe = Pipe.open(this.#pipeSize);
    if (pipe === undefined) return null;
    this.#openCount++;
    this.#lentCount++;
    return pipe;
  }

  /** Takes a pipe back. One that still holds bytes, or one too many, is closed. */
  give(pipe: Pipe): void {
    this.#lentCount--;
    if (pipe.filled === 0 && this.#kept.length < KEPT_MAX) {
      this.#kept.push(pipe);
      return;
    }
    this.#openCount--;
    pipe.close();
  }
}
