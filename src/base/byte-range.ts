const NO_BYTES = new Uint8Array(0);

/**
 * A borrowed part of somebody's bytes, `[start, end)`. Whoever finds such a part sets one that the
 * asker made once, so that finding makes nothing. It is good until the owner's bytes move: read it
 * at once.
 */
export class ByteRange {
  bytes: Uint8Array = NO_BYTES;
  start = 0;
  end = 0;

  /** @hot */
  set(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  /** @hot */
  get size(): number {
    return this.end - this.start;
  }
}
