import type { Diagnostics } from "../config/diagnostics.ts";
import type { BindDraft, SectionDraft } from "../config/draft.ts";
import { type ListenAddress, readListenAddress } from "../net/listen-address.ts";
import { type ListenOptions, openListenSocket } from "../net/listen-socket.ts";
import { Listener } from "../net/listener.ts";
import { ListenerState } from "../state/listener-state.ts";
import type { SharedMemory } from "../state/shared-memory.ts";
import { FrontendAcceptor } from "./acceptor.ts";
import type { Bind } from "./bind.ts";
import { BIND } from "./bind-part.ts";
import type { Engine } from "./engine.ts";
import { FrontendGate, type ProcessGate } from "./gate.ts";
import { PROXY_OPTIONS } from "./proxy-options.ts";
import type { ProxyPlan } from "./proxy-plan.ts";

/** What a frontend is compiled with. */
export interface FrontendCompiler {
  readonly diagnostics: Diagnostics;
  readonly engine: Engine;
  readonly gate: ProcessGate;
  readonly backends: { readonly memory: SharedMemory };
  readonly connectionsMax: number;
}

/** Backlog where neither the configuration nor `maxconn` gives one. */
const BACKLOG_DEFAULT = 1024;

/** One address of a `bind` line, ready to be bound. */
interface CompiledBind {
  readonly draft: BindDraft;
  readonly text: string;
  readonly listen: ListenAddress;
  readonly bind: Bind;
  readonly options: ListenOptions;
}

/** The client side of a proxy, compiled: addresses that are bound when the process starts. */
export class CompiledFrontend {
  readonly proxy: ProxyPlan;
  readonly gate: FrontendGate;
  readonly binds: readonly CompiledBind[];
  readonly #engine: Engine;

  constructor(
    proxy: ProxyPlan,
    gate: FrontendGate,
    binds: readonly CompiledBind[],
    engine: Engine,
  ) {
    this.proxy = proxy;
    this.gate = gate;
    this.binds = binds;
    this.#engine = engine;
  }

  /**
   * Binds all addresses; nothing is accepted until the gate is opened.
   *
   * @param onFamine - Told when accepting fails for want of descriptors.
   */
  bind(diagnostics: Diagnostics, onFamine: (error: number) => void, acceptMax: number): void {
    for (const { draft, text, listen, bind, options } of this.binds) {
      const socket = openListenSocket(listen, options);
      if (typeof socket === "string") {
        const kind = draft.section.kind === "listen" ? "proxy" : draft.section.kind;
        diagnostics.error(
          draft.place,
          `Starting ${kind} ${this.proxy.name}: ${socket} for [${text}]`,
          "stop what uses the address, or choose another one",
        );
        continue;
      }
      bind.address.copyFrom(socket.address);
      const acceptor = new FrontendAcceptor(this.#engine, this.proxy, bind, this.gate, onFamine);
      const { thread } = this.#engine;
      const listener = new Listener(thread, socket.fd, socket.address, acceptor, acceptMax);
      this.gate.addListener(listener, bind);
    }
  }
}

/** Compiles the client side of a section. */
export function compileFrontend(
  draft: SectionDraft,
  proxy: ProxyPlan,
  compiler: FrontendCompiler,
): CompiledFrontend {
  const { engine, diagnostics, backends } = compiler;
  const state = proxy.frontendState!;
  const { connectionsMax } = draft.part(PROXY_OPTIONS);
  const limit = connectionsMax > 0 ? connectionsMax : compiler.connectionsMax;
  state.sessionsLimit.set(limit);
  const gate = new FrontendGate(state, compiler.gate, engine.loop);
  const binds: CompiledBind[] = [];
  for (const bindDraft of draft.binds) {
    for (const word of bindDraft.addresses) {
      const read = readListenAddress(word.text);
      if ("problem" in read) {
        diagnostics.error(word, `'bind' : ${read.problem}`, read.hint);
        continue;
      }
      for (const listen of read) {
        const listenerState = new ListenerState(backends.memory);
        const id = binds.length + 1;
        binds.push(compileBind(bindDraft, word.text, listen, id, listenerState));
      }
    }
  }
  return new CompiledFrontend(proxy, gate, binds, engine);
}

function compileBind(
  draft: BindDraft,
  text: string,
  listen: ListenAddress,
  nextId: number,
  state: ListenerState,
): CompiledBind {
  const settings = draft.part(BIND);
  const { connectionsMax, acceptsProxy, ipv6Only, mode, userId, groupId } = settings;
  const id = settings.id > 0 ? settings.id : nextId;
  const hasName = settings.name !== "";
  const name = hasName ? settings.name : `sock-${id}`;
  const ofProxy = draft.section.part(PROXY_OPTIONS);
  return {
    draft,
    text: listen.inheritedFd === -1 ? listen.address.toString() : text,
    listen,
    bind: { id, name, hasName, address: listen.address, state, acceptsProxy, connectionsMax },
    options: {
      backlog: backlogOf(settings.backlog, ofProxy.backlog, ofProxy.connectionsMax),
      ipv6Only,
      mode,
      userId,
      groupId,
    },
  };
}

function backlogOf(ofBind: number, ofProxy: number, connectionsMax: number): number {
  if (ofBind > 0) return ofBind;
  if (ofProxy > 0) return ofProxy;
  return connectionsMax > 0 ? connectionsMax : BACKLOG_DEFAULT;
}
