import { Sample, SampleType } from "./sample.ts";

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

/** What a variable costs besides its bytes, as `tune.vars.*` counts it. */
const VARIABLE_SIZE = 48;

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

  /** How many there are. */
  get count(): number {
    return this.#slots.size;
  }

  /** The names of one scope, for listings. */
  in(scope: VariableScope): VariableName[] {
    return [...this.#slots.values()].filter((name) => name.scope === scope);
  }
}

/** How many bytes variables may take, by scope; 0 is no limit (`tune.vars.*`). */
export interface VariableLimits {
  readonly process: number;
  readonly session: number;
  readonly transaction: number;
  readonly requestResponse: number;
  readonly all: number;
}

/** Without `tune.vars.*` nothing is limited. */
export const NO_VARIABLE_LIMITS: VariableLimits = {
  process: 0,
  session: 0,
  transaction: 0,
  requestResponse: 0,
  all: 0,
};

/** The values of one scope. Bytes are copied in, since what they came from does not last. */
export class VariableSet {
  readonly #values = new Map<number, Sample>();
  readonly #sizeMax: number;
  #size = 0;

  /** @param sizeMax - In bytes; 0 is no limit. */
  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  /** Copies a value in; false when there is no room for it. */
  set(name: VariableName, from: Sample): boolean {
    const held = this.#values.get(name.slot);
    const before = held === undefined ? 0 : VARIABLE_SIZE + sizeOf(held);
    const after = VARIABLE_SIZE + sizeOf(from);
    if (this.#sizeMax > 0 && this.#size - before + after > this.#sizeMax) return false;
    const sample = held ?? new Sample();
    sample.copyFrom(from);
    if (hasBytes(from.type)) {
      sample.bytes = from.bytes.slice(from.start, from.end);
      sample.start = 0;
      sample.end = sample.bytes.length;
    }
    this.#size += after - before;
    this.#values.set(name.slot, sample);
    return true;
  }

  /** Gives a value to a sample; false when there is none. */
  get(name: VariableName, into: Sample): boolean {
    const held = this.#values.get(name.slot);
    if (held === undefined) return false;
    into.copyFrom(held);
    return true;
  }

  unset(name: VariableName): void {
    const held = this.#values.get(name.slot);
    if (held === undefined) return;
    this.#size -= VARIABLE_SIZE + sizeOf(held);
    this.#values.delete(name.slot);
  }

  clear(): void {
    this.#values.clear();
    this.#size = 0;
  }

  get isEmpty(): boolean {
    return this.#values.size === 0;
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
