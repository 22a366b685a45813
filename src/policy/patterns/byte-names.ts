import { octetsOf } from "../args.ts";
import { hashOctets } from "./octet-hash.ts";
import { NO_MATCH } from "./pattern-index.ts";
import { TextTable } from "./text-table.ts";

/** Things by their names, which are looked up as bytes: no text is made of what a format has written. */
export class ByteNames<T> {
  readonly #table = new TextTable(false);
  readonly #items: T[] = [];

  /** @param named - Names are of latin1. */
  constructor(named: ReadonlyMap<string, T>) {
    for (const [name, item] of named) {
      const key = octetsOf(name);
      this.#table.add(key, hashOctets(key, 0, key.length, false), this.#items.length);
      this.#items.push(item);
    }
  }

  /** @hot */
  find(bytes: Uint8Array, start: number, end: number): T | undefined {
    const at = this.#table.find(bytes, start, end, hashOctets(bytes, start, end, false));
    return at === NO_MATCH ? undefined : this.#items[at];
  }
}
