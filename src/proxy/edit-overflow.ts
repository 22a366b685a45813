import type { EditReserve, Head } from "../http/head.ts";
import { BufferPool } from "../net/buffer-pool.ts";
import type { Thread } from "../net/thread.ts";

/** What may stand in front of a head on its way to a server: a PROXY header. */
const PREFIX_SIZE_MAX = 256;

/**
 * More room for the edits of a head than lies behind it: a buffer that is borrowed when the room there
 * is used up, and kept until the exchange ends. A head stays within the size of a buffer, as it must
 * be for whoever has to keep it until a peer takes it.
 */
export class EditOverflow implements EditReserve {
  readonly #thread: Thread;
  #buffer = BufferPool.NONE;

  constructor(thread: Thread) {
    this.#thread = thread;
  }

  grow(head: Head): boolean {
    const { buffers, region } = this.#thread;
    // Heads of our own answers lie elsewhere.
    if (this.#buffer !== BufferPool.NONE || head.bytes !== region.bytes) return false;
    const room = buffers.bufferSize - head.size - PREFIX_SIZE_MAX;
    const buffer = room > 0 ? buffers.take() : BufferPool.NONE;
    if (buffer === BufferPool.NONE) return false;
    this.#buffer = buffer;
    head.moveEditArea(buffer, buffer + room);
    return true;
  }

  /**
   * Gives the buffer back: the head is not looked at any more.
   *
   * @hot
   */
  release(): void {
    if (this.#buffer === BufferPool.NONE) return;
    this.#thread.buffers.give(this.#buffer);
    this.#buffer = BufferPool.NONE;
  }
}
