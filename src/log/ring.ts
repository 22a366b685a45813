import type { SyslogFormat } from "./target.ts";

/** Bytes in front of each event: its size. */
const PREFIX_SIZE = 4;

/** What a ring is made of. */
export interface RingSettings {
  readonly name: string;
  readonly description: string;
  readonly format: SyslogFormat;
  /** Bytes of one event that are kept, header included. */
  readonly eventSizeMax: number;
  /** Bytes in all. */
  readonly size: number;
}

/** Where one reader is. Positions count bytes since the ring began, and never go back. */
export interface RingReader {
  position: number;
  /** Events that it has not seen are kept, and new ones dropped where there is no room. */
  holds: boolean;
  /** There are new events; called at once, so it should do no more than make a note. */
  onNews(): void;
}

/**
 * Keeps the last lines of logs in memory. New events take the place of the oldest, unless a reader
 * holds those: then they are dropped and counted.
 *
 * Source: HAProxy configuration manual, section 3.9.
 */
export class Ring {
  readonly name: string;
  readonly description: string;
  readonly format: SyslogFormat;
  readonly #eventSizeMax: number;
  readonly #bytes: Uint8Array;
  /** Where the oldest event begins, and where the next one will. */
  #start = 0;
  #end = 0;
  #dropped = 0;
  readonly #readers: RingReader[] = [];

  constructor({ name, description, format, eventSizeMax, size }: RingSettings) {
    this.name = name;
    this.description = description;
    this.format = format;
    this.#bytes = new Uint8Array(size);
    this.#eventSizeMax = Math.min(eventSizeMax, size - PREFIX_SIZE);
  }

  /** Events that found no room. */
  get droppedCount(): number {
    return this.#dropped;
  }

  /** Where the oldest event is, and where the next one will be. */
  get start(): number {
    return this.#start;
  }

  get end(): number {
    return this.#end;
  }

  /** Adds a reader; it is told of news until it is removed. */
  attach(reader: RingReader): void {
    this.#readers.push(reader);
  }

  detach(reader: RingReader): void {
    const index = this.#readers.indexOf(reader);
    if (index !== -1) this.#readers.splice(index, 1);
  }

  /**
   * Adds an event, cut at the greatest size.
   *
   * @hot
   * @returns Whether there was room.
   */
  add(from: Uint8Array, offset: number, givenSize: number): boolean {
    const size = givenSize < this.#eventSizeMax ? givenSize : this.#eventSizeMax;
    const needed = size + PREFIX_SIZE;
    while (this.#bytes.length - (this.#end - this.#start) < needed) {
      if (this.#isHeld()) {
        this.#dropped++;
        return false;
      }
      this.#start += PREFIX_SIZE + this.#sizeAt(this.#start);
    }
    const bytes = this.#bytes;
    let to = this.#end % bytes.length;
    for (let index = 0; index < PREFIX_SIZE; index++) {
      bytes[to] = (size >>> (index * 8)) & 0xff;
      if (++to === bytes.length) to = 0;
    }
    for (let index = 0; index < size; index++) {
      bytes[to] = from[offset + index]!;
      if (++to === bytes.length) to = 0;
    }
    this.#end += needed;
    for (let index = 0; index < this.#readers.length; index++) this.#readers[index]!.onNews();
    return true;
  }

  /**
   * Gives the next event of a reader and moves it on; null where there is none yet. A reader that fell
   * behind goes on with the oldest event that is left.
   */
  next(reader: RingReader): Buffer | null {
    if (reader.position < this.#start) reader.position = this.#start;
    if (reader.position >= this.#end) return null;
    const size = this.#sizeAt(reader.position);
    const at = reader.position + PREFIX_SIZE;
    const event = Buffer.alloc(size);
    const bytes = this.#bytes;
    let from = at % bytes.length;
    for (let index = 0; index < size; index++) {
      event[index] = bytes[from]!;
      if (++from === bytes.length) from = 0;
    }
    reader.position = at + size;
    return event;
  }

  #isHeld(): boolean {
    for (let index = 0; index < this.#readers.length; index++) {
      const reader = this.#readers[index]!;
      if (reader.holds && reader.position <= this.#start) return true;
    }
    return false;
  }

  #sizeAt(position: number): number {
    const bytes = this.#bytes;
    let from = position % bytes.length;
    let size = 0;
    for (let index = 0; index < PREFIX_SIZE; index++) {
      size |= bytes[from]! << (index * 8);
      if (++from === bytes.length) from = 0;
    }
    return size;
  }
}
