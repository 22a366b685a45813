/** How long a peer, a log line or a state may take before a play is called broken, in ms. */
export const WAIT_MS = Number(process.env.PLAY_WAIT_MS ?? 4000);

/** How long to look before saying that nothing comes, in ms. */
export const SILENCE_MS = 60;

/** Gives what a promise gives, or fails with the sentence of `describe` once the time is over. */
export async function within<T>(
  promise: Promise<T>,
  describe: () => string,
  waitMs = WAIT_MS,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${waitMs} ms: ${describe()}`)), waitMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks again and again until `condition` gives a value that is neither false nor undefined. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  waitMs = WAIT_MS,
): Promise<Exclude<T, false | undefined>> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const value = await condition();
    if (value !== false && value !== undefined) return value as Exclude<T, false | undefined>;
    if (performance.now() > deadline) throw new Error(`Waited ${waitMs} ms for ${what}`);
    await Bun.sleep(4);
  }
}

/** A list that is filled by events and emptied by awaits, in order. */
export class Inbox<T> {
  readonly #name: string;
  readonly #items: T[] = [];
  #wake: (() => void) | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  get waiting(): number {
    return this.#items.length;
  }

  put(item: T): void {
    this.#items.push(item);
    this.#wake?.();
  }

  /** The oldest item, once there is one. */
  async take(waitMs = WAIT_MS): Promise<T> {
    if (this.#items.length === 0) {
      const arrival = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await within(arrival, () => `nothing came to ${this.#name}`, waitMs);
    }
    return this.#items.shift()!;
  }

  /** Fails when something comes within the time in which it would. */
  async expectNothing(silenceMs = SILENCE_MS): Promise<void> {
    const deadline = performance.now() + silenceMs;
    while (performance.now() < deadline) {
      if (this.#items.length > 0) break;
      await Bun.sleep(5);
    }
    if (this.#items.length === 0) return;
    throw new Error(`${this.#name} got ${JSON.stringify(this.#items[0])} but should get nothing`);
  }
}
