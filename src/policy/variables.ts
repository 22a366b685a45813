import { Sample, SampleType } from "./sample.ts";
import type { VariableBudget } from "./variable-budget.ts";

/** Where variables live, and for how long (manual section 2.8). */
export const VariableScope = {
  /** As long as the process. */
  PROCESS: 0,
  /** As long as the client's connection. */
  SESSION: 1,
  /** As long as the exchange. */
  TRANSACTION: 2,
  /** While the request is processed. */
  REQUEST: 3,
  /** While the response is processed. */
  RESPONSE: 4,
} as const;
export type VariableScope = (typeof VariableScope)[keyof typeof VariableScope];

const SCOPE_OF: ReadonlyMap<string, VariableScope> = new Map([
  ["proc", VariableScope.PROCESS],
  ["sess", VariableScope.SESSION],
  ["txn", VariableScope.TRANSACTION],
  ["req", VariableScope.REQUEST],
  ["res", VariableScope.RESPONSE],
]);

/** What a variable costs besides its bytes, as `tune.vars.*` counts it in the reference. */
const VARIABLE_SIZE = 80;

/** A variable, named by the configuration once. */
export interface VariableName {
  readonly scope: VariableScope;
  /** Its number among all names of the configuration. */
  readonly slot: number;
  readonly text: string;
}

/** All names of variables of a configuration; each has a number, so that rules look nothing up. */
export class VariableNames {
  readonly #slots = new Map<string, VariableName>();

  /** Finds or makes a name such as `txn.user`; a text tells what is wrong with it. */
  name(text: string): VariableName | string {
    const known = this.#slots.get(text);
    if (known !== undefined) return known;
    const [, scopeText, rest] = /^([a-z]+)\.(.*)$/s.exec(text) ?? [];
    const scope = SCOPE_OF.get(scopeText ?? "");
    if (scope === undefined || rest === undefined) {
      return `invalid variable name '${text}'. A variable name must be start by its scope. The scope can be 'proc', 'sess', 'txn', 'req' or 'res'.`;
    }
    if (rest === "" || /[^A-Za-z0-9_.]/.test(rest)) {
      return `invalid syntax at char '${/[^A-Za-z0-9_.]/.exec(rest)?.[0] ?? ""}'.`;
    }
    const name = { scope, slot: this.#slots.size, text };
    this.#slots.set(text, name);
    return name;
  }

  /** Finds a name that the configuration, or somebody since, has used. */
  find(text: string): VariableName | undefined {
    return this.#slots.get(text);
  }

  /** How many there are. */
  get count(): number {
    return this.#slots.size;
  }

  /** The names of one scope, for listings. */
  in(scope: VariableScope): VariableName[] {
    return [...this.#slots.values()].filter((name) => name.scope === scope);
  }
}

const NO_BYTES = new Uint8Array(0);
/** A value's first memory, in bytes: most are names, addresses, numbers. */
const KEPT_SIZE_MIN = 32;
/** Memory of one value that is kept for the next one, in bytes; what is larger goes. */
const KEPT_SIZE_MAX = 512;

/** The value of one variable, and the memory that its bytes lie in. */
class HeldValue {
  readonly sample = new Sample();
  isSet = false;

  /** Copies a value in, which may be a part of the one before. */
  hold(from: Sample): void {
    const own = this.sample.bytes;
    this.sample.copyFrom(from);
    this.isSet = true;
    if (!hasBytes(from.type)) {
      this.sample.bytes = own;
      return;
    }
    const size = from.end - from.start;
    const bytes = size <= own.length ? own : new Uint8Array(Math.max(size, KEPT_SIZE_MIN));
    if (from.bytes === bytes) bytes.copyWithin(0, from.start, from.end);
    else for (let at = 0; at < size; at++) bytes[at] = from.bytes[from.start + at]!;
    this.sample.bytes = bytes;
    this.sample.start = 0;
    this.sample.end = size;
  }

  /** @hot */
  forget(): void {
    this.isSet = false;
    if (this.sample.bytes.length > KEPT_SIZE_MAX) this.sample.bytes = NO_BYTES;
  }
}

/**
 * The values of one scope. Bytes are copied in, since what they came from does not last. The memory of
 * a value is used again for the next one: sets go with their streams through the pool.
 */
export class VariableSet {
  /** Those that were ever set, by the number of their name. */
  readonly #bySlot: (HeldValue | undefined)[] = [];
  /** The same, in the order in which they were first set. */
  readonly #all: HeldValue[] = [];
  /** What limits their sizes; null where nothing does. */
  readonly budget: VariableBudget | null;
  #count = 0;

  constructor(budget: VariableBudget | null) {
    this.budget = budget;
  }

  /** Copies a value in; false when there is no room for it, and the old value stays. */
  set(name: VariableName, from: Sample): boolean {
    const held = this.#bySlot[name.slot] ?? this.#make(name.slot);
    if (this.budget !== null) {
      const before = held.isSet ? VARIABLE_SIZE + sizeOf(held.sample) : 0;
      const more = VARIABLE_SIZE + sizeOf(from) - before;
      if (more <= 0) this.budget.give(-more);
      else if (!this.budget.take(more)) return false;
    }
    if (!held.isSet) this.#count++;
    held.hold(from);
    return true;
  }

  #make(slot: number): HeldValue {
    const made = new HeldValue();
    while (this.#bySlot.length <= slot) this.#bySlot.push(undefined);
    this.#bySlot[slot] = made;
    this.#all.push(made);
    return made;
  }

  /** Gives a value to a sample; false when there is none. It is valid until the variable is set again. */
  get(name: VariableName, into: Sample): boolean {
    const held = this.#bySlot[name.slot];
    if (held === undefined || !held.isSet) return false;
    into.copyFrom(held.sample);
    return true;
  }

  unset(name: VariableName): void {
    const held = this.#bySlot[name.slot];
    if (held === undefined || !held.isSet) return;
    this.budget?.give(VARIABLE_SIZE + sizeOf(held.sample));
    this.#count--;
    held.forget();
  }

  /** @hot */
  clear(): void {
    const all = this.#all;
    for (let index = 0; index < all.length; index++) {
      const held = all[index]!;
      if (!held.isSet) continue;
      if (this.budget !== null) this.budget.give(VARIABLE_SIZE + sizeOf(held.sample));
      held.forget();
    }
    this.#count = 0;
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }
}

/** The sets that a stream can reach; each is made when a variable of it is first set. */
export interface VariableScopes {
  /** The set of a scope to read from; null where nothing was set or the scope is not there. */
  find(scope: VariableScope): VariableSet | null;
  /** The set of a scope to write to; null where the scope is not there. */
  open(scope: VariableScope): VariableSet | null;
}

function hasBytes(type: SampleType): boolean {
  return type === SampleType.STRING || type === SampleType.BINARY || type === SampleType.METHOD;
}

function sizeOf(sample: Sample): number {
  return hasBytes(sample.type) ? sample.end - sample.start : 0;
}
