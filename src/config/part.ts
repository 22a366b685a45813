/**
 * A feature's own piece of a section, server or bind line. The language knows no feature: it keeps
 * the pieces, makes them on first use, and copies them where settings are inherited.
 */
export interface Part<T> {
  readonly name: string;
  create(): T;
  /** Copies what the parent holds, so that the child can change it alone. */
  copy(from: T): T;
}

/**
 * Declares a part. Plain objects, arrays, maps and sets in it are copied when it is inherited; frozen
 * objects and instances of classes are shared.
 */
export function definePart<T extends object>(name: string, create: () => T): Part<T> {
  return { name, create, copy: (from) => copyDeep(from) };
}

function copyDeep<T>(value: T): T {
  return copyValue(value) as T;
}

function copyValue(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (Array.isArray(value)) return value.map(copyValue);
  if (value instanceof Map) {
    return new Map([...value].map(([key, item]) => [key, copyValue(item)] as const));
  }
  if (value instanceof Set) return new Set([...value].map(copyValue));
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copyValue(item)]));
}

/** The parts that one section, server or bind line holds. */
export class PartSet {
  readonly #values = new Map<Part<unknown>, unknown>();

  /** Starts with copies of what the parent holds now. */
  constructor(parent?: PartSet) {
    if (parent === undefined) return;
    for (const [part, value] of parent.#values) this.#values.set(part, part.copy(value));
  }

  get<T>(part: Part<T>): T {
    const held = this.#values.get(part);
    // A part is only ever set below, with what the part itself made.
    if (held !== undefined) return held as T;
    const made = part.create();
    this.#values.set(part, made);
    return made;
  }

  has(part: Part<unknown>): boolean {
    return this.#values.has(part);
  }
}
