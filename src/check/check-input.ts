/** What a server has answered so far, up to a bound: what comes beyond is left out. */
export class CheckInput {
  readonly sizeMax: number;
  #bytes = new Uint8Array(256);
  #size = 0;
  /** The server has ended its side. */
  isEnded = false;

  /** @param sizeMax - In bytes. */
  constructor(sizeMax: number) {
    this.sizeMax = sizeMax;
  }

  /** In bytes. */
  get size(): number {
    return this.#size;
  }

  /** No more can come: what is here is to be judged as it is. */
  get isLast(): boolean {
    return this.isEnded || this.#size >= this.sizeMax;
  }

  /** Valid until bytes are added or cleared. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#size);
  }

  /** Each byte as one character. */
  get text(): string {
    return Buffer.from(this.#bytes.buffer, 0, this.#size).toString("latin1");
  }

  add(data: Uint8Array): void {
    const taken = data.subarray(0, this.sizeMax - this.#size);
    const size = this.#size + taken.length;
    if (size > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(Math.max(size, this.#bytes.length * 4), this.sizeMax));
      grown.set(this.bytes);
      this.#bytes = grown;
    }
    this.#bytes.set(taken, this.#size);
    this.#size = size;
  }

  /** Forgets what came; that the server has ended stays true. */
  clear(): void {
    this.#size = 0;
  }
}
