import type { Backend } from "../balance/backend.ts";
import type { Server } from "../balance/server.ts";
import type { Condition } from "../policy/condition.ts";
import type { Format } from "../policy/format.ts";
import { Truth } from "../policy/truth.ts";
import type { PolicyView } from "./policy-view.ts";

/** What `force-persist` and `ignore-persist` say of a stream. */
export const PersistRule = {
  NONE: 0,
  /** Persistence may lead to a server that is down, and binds to it. */
  FORCE: 1,
  /** Persistence does not count. */
  IGNORE: 2,
} as const;
export type PersistRule = (typeof PersistRule)[keyof typeof PersistRule];

/** A `use-server` line, compiled. */
export interface UseServerRule {
  readonly condition: Condition | null;
  /** Null where a format names it for each stream. */
  readonly server: Server | null;
  readonly name: Format | null;
}

/** A `force-persist` or `ignore-persist` line, compiled. */
export interface PersistLine {
  readonly rule: PersistRule;
  readonly condition: Condition;
}

/** The lines of a backend that decide on the server before persistence and balancing do. */
export class ServerRules {
  readonly #backend: Backend;
  readonly #useServer: readonly UseServerRule[];
  readonly #persist: readonly PersistLine[];
  readonly #persists: boolean;

  /** @param persists - `option persist`: servers that are down are used as well. */
  constructor(
    backend: Backend,
    useServer: readonly UseServerRule[],
    persist: readonly PersistLine[],
    persists: boolean,
  ) {
    this.#backend = backend;
    this.#useServer = useServer;
    this.#persist = persist;
    this.#persists = persists;
  }

  /**
   * What the first persistence line whose condition holds says.
   *
   * @hot
   */
  persistRule(view: PolicyView): PersistRule {
    const lines = this.#persist;
    for (let index = 0; index < lines.length; index++) {
      const { rule, condition } = lines[index]!;
      if (condition.test(view) === Truth.YES) return rule;
    }
    return PersistRule.NONE;
  }

  /**
   * The server of the first `use-server` line whose condition holds, passing over those that are down;
   * null when there is none.
   *
   * @hot
   */
  chooseServer(view: PolicyView, isForced: boolean): Server | null {
    const lines = this.#useServer;
    for (let index = 0; index < lines.length; index++) {
      const { condition, server, name } = lines[index]!;
      if (condition !== null && condition.test(view) !== Truth.YES) continue;
      const chosen = server ?? this.#named(name!, view);
      if (chosen !== undefined && (chosen.isRunning || isForced || this.#persists)) return chosen;
    }
    return null;
  }

  #named(name: Format, view: PolicyView): Server | undefined {
    const { scratch } = view;
    const at = scratch.take();
    const end = name.write(scratch.bytes, at, at + scratch.slotSize, view);
    const text = Buffer.from(scratch.bytes.subarray(at, end)).toString("latin1");
    return this.#backend.findServer(text);
  }
}
