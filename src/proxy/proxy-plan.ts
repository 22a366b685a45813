import type { Backend } from "../balance/backend.ts";
import type { FieldCase } from "../h1/field-case.ts";
import type { ParseOptions } from "../h1/parse-options.ts";
import type { Logger } from "../log/logger.ts";
import type { SocketHabits } from "../net/socket-habits.ts";
import type { Expression } from "../policy/expression.ts";
import { FrontendCounter, type FrontendState } from "../state/frontend-state.ts";
import type { ErrorAnswers } from "./answers.ts";
import type { Captures } from "./captures.ts";
import type { ForwardedField } from "./forwarded.ts";
import type { HttpProcessing } from "./http-processing.ts";
import type { Monitor, MonitorNetwork } from "./monitor.ts";
import type { Persistence } from "./persistence.ts";
import type { PolicyView } from "./policy-view.ts";
import { ConnectionMode, type ProxyOptions } from "./proxy-options.ts";
import type { ProxyRules } from "./proxy-rules.ts";
import type { RdpPersistence } from "./rdp-persistence.ts";
import { RetryOn } from "./retry-on.ts";
import type { ServerRules } from "./server-rules.ts";
import type { SwitchRules } from "./switch-rules.ts";
import type { Timeouts } from "./timeouts.ts";
import type { UniqueId } from "./unique-id.ts";

/** The options of a proxy as its streams ask for them. */
export interface StreamOptions extends Readonly<ProxyOptions> {
  /** The client's connection ends after each exchange. */
  readonly closesClient: boolean;
  /** The server's connection ends after each exchange. */
  readonly closesServer: boolean;
  /** What follows the first exchange passes unseen. */
  readonly tunnels: boolean;
}

/** Something that answers requests by itself, such as the statistics page. */
export interface OwnAnswer {
  /** Is the request one that it answers? */
  isAskedBy(stream: HttpProcessing): boolean;
  /** Does it take the request's body to answer it? */
  needsBody(stream: HttpProcessing): boolean;
  /** Returns a whole message without a `connection` field, or null when the request is not its. */
  answer(stream: HttpProcessing): Uint8Array | null;
}

/** What a proxy is made of. */
export interface ProxyParts {
  readonly id: number;
  readonly name: string;
  readonly options: ProxyOptions;
  readonly timeouts: Timeouts;
  readonly answers: ErrorAnswers;
  readonly logger: Logger;
  readonly frontendState: FrontendState | null;
  readonly servers: Backend | null;
  /** What the kernel shall do with clients' connections; null for what it does anyway. */
  readonly clientHabits: SocketHabits | null;
  readonly forwardFor: ForwardedField | null;
  readonly originalTo: ForwardedField | null;
  readonly persistence: Persistence | null;
  readonly rdpPersistence: RdpPersistence | null;
  /** What `balance hash` hashes, as bytes; null for other algorithms. */
  readonly hashKey: Expression | null;
  readonly captures: Captures | null;
  readonly monitor: Monitor | null;
  readonly monitorNetwork: MonitorNetwork | null;
  readonly uniqueId: UniqueId | null;
  readonly ownAnswer: OwnAnswer | null;
  readonly rules: ProxyRules | null;
  readonly clientCase: FieldCase | null;
  readonly serverCase: FieldCase | null;
  readonly requestOptions: ParseOptions;
  readonly responseOptions: ParseOptions;
}

/**
 * One proxy section, compiled: a frontend, a backend, or both for a `listen`. Streams read it on
 * every request; nothing in it changes but through the states it points to.
 */
export class ProxyPlan {
  readonly id: number;
  readonly name: string;
  readonly options: StreamOptions;
  readonly timeouts: Readonly<Timeouts>;
  readonly answers: ErrorAnswers;
  readonly logger: Logger;
  /** Null for a section without a client side. */
  readonly frontendState: FrontendState | null;
  /** Servers and queue; null for a section without a server side. */
  readonly servers: Backend | null;
  /** What the kernel shall do with clients' connections; null for what it does anyway. */
  readonly clientHabits: SocketHabits | null;
  readonly forwardFor: ForwardedField | null;
  readonly originalTo: ForwardedField | null;
  readonly persistence: Persistence | null;
  /** Null where the section has no rules. */
  readonly rules: ProxyRules | null;
  /** Null without `persist rdp-cookie`. */
  readonly rdpPersistence: RdpPersistence | null;
  /** Null without `balance hash`. */
  readonly hashKey: Expression | null;
  /** What the log keeps of messages; null when it keeps nothing. */
  readonly captures: Captures | null;
  /** Null without `monitor-uri`. */
  readonly monitor: Monitor | null;
  /** Null without `monitor-net`. */
  readonly monitorNetwork: MonitorNetwork | null;
  /** Null without `unique-id-format`. */
  readonly uniqueId: UniqueId | null;
  /** How names of fields are spelled for clients and for servers; null where it does not matter. */
  readonly clientCase: FieldCase | null;
  readonly serverCase: FieldCase | null;
  readonly requestOptions: ParseOptions;
  readonly responseOptions: ParseOptions;
  readonly #ownAnswer: OwnAnswer | null;
  #defaultBackend: ProxyPlan | null = null;
  #switchRules: SwitchRules | null = null;
  #serverRules: ServerRules | null = null;

  constructor(parts: ProxyParts) {
    this.id = parts.id;
    this.name = parts.name;
    const { connectionMode } = parts.options;
    this.options = {
      ...parts.options,
      closesClient: connectionMode === ConnectionMode.CLOSE,
      closesServer: connectionMode >= ConnectionMode.SERVER_CLOSE,
      tunnels: connectionMode === ConnectionMode.TUNNEL,
      // Without requests there is nothing to send again.
      retryOn: parts.options.isHttp ? parts.options.retryOn : RetryOn.CONNECT,
    };
    this.timeouts = { ...parts.timeouts };
    this.answers = parts.answers;
    this.logger = parts.logger;
    this.frontendState = parts.frontendState;
    this.servers = parts.servers;
    this.clientHabits = parts.clientHabits;
    this.forwardFor = parts.forwardFor;
    this.originalTo = parts.originalTo;
    this.persistence = parts.persistence;
    this.rules = parts.rules;
    this.rdpPersistence = parts.rdpPersistence;
    this.hashKey = parts.hashKey;
    this.captures = parts.captures;
    this.monitor = parts.monitor;
    this.monitorNetwork = parts.monitorNetwork;
    this.uniqueId = parts.uniqueId;
    this.clientCase = parts.clientCase;
    this.serverCase = parts.serverCase;
    this.requestOptions = parts.requestOptions;
    this.responseOptions = parts.responseOptions;
    this.#ownAnswer = parts.ownAnswer;
  }

  /** Links the backend that requests go to when no rule says otherwise; a `listen` is its own. */
  linkDefaultBackend(backend: ProxyPlan): void {
    this.#defaultBackend = backend;
  }

  /** Takes what a backend's lines say of choosing servers. */
  linkServerRules(rules: ServerRules): void {
    this.#serverRules = rules;
  }

  /** Null where the section has no such lines. */
  get serverRules(): ServerRules | null {
    return this.#serverRules;
  }

  /** Takes the `use_backend` lines whose backend depends on the stream. */
  linkSwitchRules(rules: SwitchRules): void {
    this.#switchRules = rules;
  }

  /** True when choosing the backend takes a look at the stream. */
  get switchesByRule(): boolean {
    return this.#switchRules !== null;
  }

  /**
   * Chooses the backend of a request or connection; null when there is none.
   *
   * @hot
   * @param view - Of the stream; null leaves rules aside.
   */
  chooseBackend(view: PolicyView | null): ProxyPlan | null {
    if (this.#switchRules !== null && view !== null) {
      const chosen = this.#switchRules.choose(view);
      if (chosen !== null) return chosen;
    }
    if (this.#defaultBackend !== null) return this.#defaultBackend;
    return this.servers !== null ? this : null;
  }

  /** @hot */
  countRequest(nowMs: number): void {
    const state = this.frontendState!;
    state.counters.values[FrontendCounter.REQUESTS]! += 1;
    state.requestRate.add(nowMs);
  }

  /** Is the request one that the proxy answers by itself? */
  answersItself(stream: HttpProcessing): boolean {
    return this.#ownAnswer?.isAskedBy(stream) === true;
  }

  /** Does the answer that the proxy gives by itself take the request's body? */
  answersFromBody(stream: HttpProcessing): boolean {
    return this.#ownAnswer?.needsBody(stream) === true;
  }

  /**
   * The answer that the proxy gives by itself, or null.
   *
   * @hot
   */
  ownAnswer(stream: HttpProcessing): Uint8Array | null {
    return this.#ownAnswer === null ? null : this.#ownAnswer.answer(stream);
  }
}
