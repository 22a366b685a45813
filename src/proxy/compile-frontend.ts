import type { Diagnostics } from "../config/diagnostics.ts";
import type { BindDraft, SectionDraft } from "../config/draft.ts";
import { type ListenAddress, readListenAddress } from "../net/listen-address.ts";
import { type ListenOptions, type ListenSocket, openListenSocket } from "../net/listen-socket.ts";
import { Listener } from "../net/listener.ts";
import type { Predecessors } from "../net/port-claim.ts";
import { ListenerState } from "../state/listener-state.ts";
import type { SharedMemory } from "../state/shared-memory.ts";
import { AddressFamily, SocketAddress, UNIX_PATH_SIZE_MAX } from "../sys/socket-address.ts";
import { FrontendAcceptor } from "./acceptor.ts";
import type { Bind } from "./bind.ts";
import { BIND } from "./bind-part.ts";
import type { Engine } from "./engine.ts";
import { FrontendGate, type ProcessGate } from "./gate.ts";
import { warnIneffective } from "./judge-binds.ts";
import { judgeClientProtocol } from "./judge-protocol.ts";
import { PROXY_OPTIONS } from "./proxy-options.ts";
import type { ProxyPlan } from "./proxy-plan.ts";
import type { UnixBindSettings } from "./unix-bind-part.ts";

/** What a frontend is compiled with. */
export interface FrontendCompiler {
  readonly diagnostics: Diagnostics;
  readonly engine: Engine;
  readonly gate: ProcessGate;
  readonly backends: { readonly memory: SharedMemory };
  readonly connectionsMax: number;
  readonly sockets: SocketDefaults;
}

/** What the global section says of the sockets that clients come to. */
export interface SocketDefaults {
  readonly unixBind: Readonly<UnixBindSettings>;
  /** False after `noreuseport`: no other process may listen on the same address. */
  readonly reusesPort: boolean;
  /** `tune.rcvbuf.client`, `tune.sndbuf.client`, in bytes; 0 leaves them to the system. */
  readonly receiveBufferSize: number;
  readonly sendBufferSize: number;
}

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
  readonly #transferable: Listener[] = [];

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
   * @param predecessors - Processes whose sockets and ports may be had.
   * @returns The sockets that were opened; they are to be published, or discarded after an error.
   */
  bind(
    diagnostics: Diagnostics,
    onFamine: (error: number) => void,
    acceptMax: number,
    predecessors?: Predecessors,
  ): ListenSocket[] {
    const sockets: ListenSocket[] = [];
    for (const { draft, text, listen, bind, options } of this.binds) {
      const socket = openListenSocket(listen, options, predecessors);
      if (typeof socket === "string") {
        const kind = draft.section.kind === "listen" ? "proxy" : draft.section.kind;
        diagnostics.error(
          draft.place,
          `Starting ${kind} ${this.proxy.name}: ${socket} for [${text}]`,
          "stop what uses the address, or choose another one",
        );
        continue;
      }
      sockets.push(socket);
      bind.address.copyFrom(socket.address);
      const acceptor = new FrontendAcceptor(this.#engine, this.proxy, bind, this.gate, onFamine);
      const { thread } = this.#engine;
      const listener = new Listener(thread, socket.fd, socket.address, acceptor, acceptMax);
      listener.backlog = options.backlog;
      this.gate.addListener(listener, bind);
      const isOwn = listen.inheritedFd === -1 && options.namespace === undefined;
      if (isOwn) this.#transferable.push(listener);
    }
    return sockets;
  }

  /** Listening sockets that another process may take over: they were not inherited by number. */
  get transferableDescriptors(): readonly number[] {
    return this.#transferable.flatMap(({ fd }) => (fd === -1 ? [] : [fd]));
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
  const { connectionsMax, sessionRateMax } = draft.part(PROXY_OPTIONS);
  state.sessionRateLimit.set(sessionRateMax);
  const limit = connectionsMax > 0 ? connectionsMax : compiler.connectionsMax;
  state.sessionsLimit.set(limit);
  const gate = new FrontendGate(state, compiler.gate, engine.loop);
  const binds: CompiledBind[] = [];
  for (const bindDraft of draft.binds) {
    const first = binds.length;
    for (const word of bindDraft.addresses) {
      const read = readListenAddress(word.text);
      if ("problem" in read) {
        diagnostics.error(word, `'bind' : ${read.problem}`, read.hint);
        continue;
      }
      for (const listen of read) {
        const listenerState = new ListenerState(backends.memory);
        const id = binds.length + 1;
        const placed = withPrefix(listen, compiler.sockets.unixBind.prefix);
        if (placed === undefined) {
          diagnostics.error(
            word,
            `'bind' : the path '${listen.address.path}' is longer than ${UNIX_PATH_SIZE_MAX} bytes with its prefix`,
            "shorten the path, or the prefix of 'unix-bind'",
          );
          continue;
        }
        const place = { listen: placed, text: word.text, nextId: id, sessionsMax: limit };
        binds.push(compileBind(bindDraft, place, listenerState, compiler.sockets));
      }
    }
    const addresses = binds.slice(first).map(({ listen }) => listen.address);
    warnIneffective(bindDraft, addresses, diagnostics);
    judgeClientProtocol(bindDraft.part(BIND).protocol, proxy.options.isHttp, diagnostics);
  }
  return new CompiledFrontend(proxy, gate, binds, engine);
}

/** `unix-bind prefix` stands in front of every path; undefined when the result is too long. */
function withPrefix(listen: ListenAddress, prefix: string): ListenAddress | undefined {
  const { family, path, isAbstract } = listen.address;
  if (prefix === "" || family !== AddressFamily.UNIX || isAbstract) return listen;
  const whole = prefix + path;
  if (Buffer.byteLength(whole) > UNIX_PATH_SIZE_MAX) return undefined;
  return { address: SocketAddress.fromPath(whole, false), inheritedFd: listen.inheritedFd };
}

/** One address of a line: where it is, as it was typed, and its number unless it has one. */
interface BindPlace {
  readonly listen: ListenAddress;
  readonly text: string;
  readonly nextId: number;
  /** Sessions that the frontend serves at once. */
  readonly sessionsMax: number;
}

function compileBind(
  draft: BindDraft,
  { listen, text, nextId, sessionsMax }: BindPlace,
  state: ListenerState,
  defaults: SocketDefaults,
): CompiledBind {
  const settings = draft.part(BIND);
  const { unixBind } = defaults;
  const { connectionsMax, acceptsProxy, netscalerMagic, maxSegmentSize } = settings;
  const id = settings.id > 0 ? settings.id : nextId;
  const hasName = settings.name !== "";
  const ofProxy = draft.section.part(PROXY_OPTIONS);
  return {
    draft,
    text: listen.inheritedFd === -1 ? listen.address.toString() : text,
    listen,
    bind: {
      id,
      name: hasName ? settings.name : `sock-${id}`,
      hasName,
      address: listen.address,
      state,
      acceptsProxy,
      netscalerMagic,
      segmentReduction: Math.max(0, -maxSegmentSize),
      isTransparent: settings.isTransparent,
      namespace: settings.namespace ?? null,
      connectionsMax,
      nice: settings.nice,
    },
    options: {
      backlog: settings.backlog || ofProxy.backlog || connectionsMax || sessionsMax,
      ipv6Only: settings.ipv6Only,
      mode: settings.mode ?? unixBind.mode,
      userId: settings.userId ?? unixBind.userId,
      groupId: settings.groupId ?? unixBind.groupId,
      namespace: settings.namespace,
      reusesPort: defaults.reusesPort,
      tcp: {
        ...settings,
        receiveBufferSize: defaults.receiveBufferSize,
        sendBufferSize: defaults.sendBufferSize,
      },
    },
  };
}
