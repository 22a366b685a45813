import { ByteRange } from "../base/byte-range.ts";
import { BodyReader } from "../h1/body-reader.ts";
import { Framing, requestFraming } from "../h1/framing.ts";
import type { Head } from "../http/head.ts";

/**
 * Finds the content of a request that lies behind its head, as far as it has come and without the
 * framing of chunks. One per thread: what has chunks is put together in memory of the thread's.
 */
export class BodyStart {
  readonly #reader = new BodyReader();
  /** For who only asks whether the body is whole. */
  readonly found = new ByteRange();

  /** What was found last came to the body's end, or to what makes it unusable. */
  get isWhole(): boolean {
    return this.#reader.isDone || this.#reader.error !== 0;
  }

  /** Where the framing of what lies behind a head is wrong; -1 where nothing is. */
  errorAt(request: Head, bodyEnd: number, bytes: Uint8Array): number {
    const reader = this.#reader;
    const framing = requestFraming(request);
    if (framing !== Framing.CHUNKED) return -1;
    reader.begin(framing, request.contentLength);
    reader.pass(bytes, request.end, bodyEnd);
    return reader.error === 0 ? -1 : reader.errorAt;
  }

  /**
   * @param bodyEnd - Where the received bytes end; they start at the end of the head.
   * @param scratch - Where content of several chunks is put together, as far as there is room.
   * @hot
   */
  find(
    request: Head,
    bodyEnd: number,
    found: ByteRange,
    bytes: Uint8Array,
    scratchStart: number,
    scratchEnd: number,
  ): void {
    const reader = this.#reader;
    reader.begin(requestFraming(request), request.contentLength);
    found.set(bytes, request.end, request.end);
    let at = request.end;
    let isScattered = false;
    while (at < bodyEnd && !reader.isDone && reader.error === 0) {
      at = reader.payload(bytes, at, bodyEnd);
      const { segmentStart, segmentEnd } = reader;
      if (segmentStart === segmentEnd) continue;
      if (found.size === 0) {
        found.set(bytes, segmentStart, segmentEnd);
        continue;
      }
      if (!isScattered) {
        bytes.copyWithin(scratchStart, found.start, found.end);
        found.set(bytes, scratchStart, scratchStart + found.size);
        isScattered = true;
      }
      const end = Math.min(segmentEnd, segmentStart + scratchEnd - found.end);
      bytes.copyWithin(found.end, segmentStart, end);
      found.end += end - segmentStart;
    }
  }
}
