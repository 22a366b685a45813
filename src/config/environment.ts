import { byteTextOf, textOfBytes } from "./byte-text.ts";
import { definePart } from "./part.ts";

/**
 * The environment variables that the configuration sees and changes. Values are byte texts. The
 * process hands them to what it starts; nothing here touches the process itself.
 */
export class Environment {
  readonly #values = new Map<string, string>();

  /** Takes over variables in ordinary text, such as those of `process.env`. */
  load(variables: Readonly<Record<string, string | undefined>>): void {
    for (const [name, value] of Object.entries(variables)) {
      if (value !== undefined) this.#values.set(name, byteTextOf(value));
    }
  }

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  set(name: string, value: string): void {
    this.#values.set(name, value);
  }

  delete(name: string): void {
    this.#values.delete(name);
  }

  /** Forgets all variables but those named. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.#values.keys()) if (!names.has(name)) this.#values.delete(name);
  }

  /** Gives all variables in ordinary text, for a program that is started. */
  toObject(): Record<string, string> {
    const entries = [...this.#values].map(([name, value]) => [name, textOfBytes(value)] as const);
    return Object.fromEntries(entries);
  }
}

/** The part of the global section that holds the variables as the configuration left them. */
export const ENVIRONMENT = definePart("environment", () => new Environment());
