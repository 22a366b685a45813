import type { Backend } from "../balance/backend.ts";
import type { FrontendState } from "../state/frontend-state.ts";
import type { ListenerState } from "../state/listener-state.ts";

/** One listening address of a frontend. */
export interface ListenerEntry {
  /** Number within the frontend, from 1. */
  readonly id: number;
  /** The name on the `bind` line, or `sock-N`. */
  readonly name: string;
  /** `127.0.0.1:80`, `[::1]:80`, or `unix`. */
  readonly address: string;
  /** `maxconn` of the bind line; 0 is no limit of its own. */
  readonly sessionsLimit: number;
  readonly state: ListenerState;
}

/** What an operator may do to a frontend while it runs. */
export interface FrontendControl {
  /** Stops accepting, and goes on with it; false when it was so already. */
  pause(): boolean;
  resume(): boolean;
  /** Gives the listening sockets up for good. */
  shutdown(): void;
  /** Changes `maxconn`. */
  setSessionsLimit(limit: number): void;
}

/** The client side of a proxy. */
export interface FrontendEntry {
  readonly id: number;
  readonly name: string;
  readonly isHttp: boolean;
  readonly state: FrontendState;
  /** Empty unless `option socket-stats` asks for a row per address. */
  readonly listeners: readonly ListenerEntry[];
  readonly control: FrontendControl;
}

/** One section of the configuration: a frontend, a backend, or both for a `listen`. */
export interface ProxyEntry {
  readonly id: number;
  readonly name: string;
  readonly isHttp: boolean;
  /** `description`, or the empty text. */
  readonly description: string;
  /** Name of the persistence cookie, or the empty text. */
  readonly cookieName: string;
  readonly frontend: FrontendEntry | undefined;
  readonly backend: Backend | undefined;
}

/** All proxies in the order of the file. Filled at start, and the same from then on. */
export class ProxyTable {
  readonly proxies: readonly ProxyEntry[];
  readonly #frontends = new Map<string, FrontendEntry>();
  readonly #backends = new Map<string, Backend>();

  constructor(proxies: readonly ProxyEntry[]) {
    this.proxies = proxies;
    for (const { name, frontend, backend } of proxies) {
      if (frontend !== undefined) this.#frontends.set(name, frontend);
      if (backend !== undefined) this.#backends.set(name, backend);
    }
  }

  get frontends(): Iterable<FrontendEntry> {
    return this.#frontends.values();
  }

  get backends(): Iterable<Backend> {
    return this.#backends.values();
  }

  findFrontend(name: string): FrontendEntry | undefined {
    return this.#frontends.get(name);
  }

  /** Finds a backend by its name, or by `#` and its number. */
  findBackend(name: string): Backend | undefined {
    const found = this.#backends.get(name);
    if (found !== undefined || !name.startsWith("#")) return found;
    return this.proxies.find(({ id }) => `#${id}` === name)?.backend;
  }

  /** Finds a proxy by its name, or by its number. */
  find(nameOrId: string): ProxyEntry | undefined {
    return this.proxies.find(({ name, id }) => name === nameOrId || String(id) === nameOrId);
  }
}
