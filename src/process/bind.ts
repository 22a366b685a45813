import { Diagnostics } from "../config/diagnostics.ts";
import {
  discardSocket,
  type ListenSocket,
  openListenSocket,
  publishSocket,
} from "../net/listen-socket.ts";
import { Listener } from "../net/listener.ts";
import type { Predecessors } from "../net/port-claim.ts";
import { COMMANDS } from "../registry/commands.ts";
import { CommandIndex } from "../runtime/command-index.ts";
import { RUNTIME, type RuntimeSocketDraft } from "../runtime/runtime-part.ts";
import { RuntimeServer } from "../runtime/runtime-server.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import type { Plan } from "./compile.ts";
import type { Messages } from "./messages.ts";
import { TUNING } from "./process-part.ts";
import { RuntimeLink } from "./runtime-link.ts";

/** Sessions of the runtime API accepted a turn. */
const RUNTIME_ACCEPT_MAX = 4;

/** What listens once everything is bound. */
export interface BoundSockets {
  /** Those of the runtime API. */
  readonly runtime: readonly Listener[];
  /** What the runtime API reaches. */
  readonly link: RuntimeLink;
}

/** Who is told of what happens to listeners. */
export interface BindWatcher {
  /** A frontend cannot accept for want of descriptors or memory. */
  onFamine(frontend: string, error: number): void;
}

/**
 * Opens all listeners; none accepts yet. What cannot be bound is told in the reference's words.
 *
 * @param predecessors - Processes that this one replaces.
 * @returns What listens, or undefined when something could not be bound.
 */
export function bindAll(
  plan: Plan,
  watcher: BindWatcher,
  messages: Messages,
  predecessors?: Predecessors,
): BoundSockets | undefined {
  const diagnostics = new Diagnostics();
  const { acceptMax } = plan.config.global.part(TUNING);
  const opened: ListenSocket[] = [];
  for (const { frontend, proxy } of plan.proxies) {
    const onFamine = (error: number) => watcher.onFamine(proxy.name, error);
    opened.push(...(frontend?.bind(diagnostics, onFamine, acceptMax, predecessors) ?? []));
  }
  const link = new RuntimeLink(plan, new CommandIndex(COMMANDS));
  const runtime = bindRuntime(plan, link, { diagnostics, opened, predecessors });
  if (diagnostics.errorCount === 0) publishAll(opened, diagnostics);
  if (diagnostics.errorCount === 0) return { runtime, link };
  for (const socket of opened) discardSocket(socket);
  for (const { at, message, hint } of diagnostics.list) {
    const place = at === undefined ? "" : `[${at.source.path}:${at.line}] `;
    messages.alert(`Binding ${place}for ${message.replace(/^Starting /, "")}`);
    if (hint !== undefined) messages.hint(hint);
  }
  messages.alert("[sluice.main()] Some protocols failed to start their listeners! Exiting.");
  return undefined;
}

/** Unix sockets take the places of older ones only once everything could be bound. */
function publishAll(sockets: readonly ListenSocket[], diagnostics: Diagnostics): void {
  for (const socket of sockets) {
    const problem = publishSocket(socket);
    if (problem !== undefined) {
      diagnostics.error(undefined, `Starting ${problem} for [${socket.address.toString()}]`);
    }
  }
}

interface Binding {
  readonly diagnostics: Diagnostics;
  readonly opened: ListenSocket[];
  readonly predecessors: Predecessors | undefined;
}

function bindRuntime(plan: Plan, link: RuntimeLink, binding: Binding): Listener[] {
  const { sockets, timeoutMs, connectionsMax } = plan.config.global.part(RUNTIME);
  const { thread } = plan.engine;
  const listeners: Listener[] = [];
  for (const draft of sockets) {
    const socket = openRuntimeSocket(draft, binding.predecessors);
    if (typeof socket === "string") {
      binding.diagnostics.error(draft.at, `frontend GLOBAL: ${socket} [${draft.text}]`);
      continue;
    }
    binding.opened.push(socket);
    link.sockets.push({ address: socketName(draft, socket.address), level: draft.level });
    const limits = { timeoutMs, connectionsMax: draft.connectionsMax || connectionsMax };
    const server = new RuntimeServer(thread, link, draft, limits);
    const { fd, address } = socket;
    const listener = new Listener(thread, fd, address, server, RUNTIME_ACCEPT_MAX);
    listener.backlog = draft.backlog;
    listeners.push(listener);
    if (draft.endpoint.kind === "address") link.transferable.push(listener);
  }
  return listeners;
}

/** Opens a socket of a runtime API, or says why it cannot. */
export function openRuntimeSocket(
  draft: RuntimeSocketDraft,
  predecessors: Predecessors | undefined,
) {
  const { endpoint, mode, userId, groupId, backlog } = draft;
  const inheritedFd = endpoint.kind === "descriptor" ? endpoint.fd : -1;
  const address = endpoint.kind === "address" ? endpoint.address : new SocketAddress();
  const options = {
    backlog,
    mode: mode === -1 ? undefined : mode,
    userId: userId === -1 ? undefined : userId,
    groupId: groupId === -1 ? undefined : groupId,
  };
  return openListenSocket({ address, inheritedFd }, options, predecessors);
}

/** As `show cli sockets` prints it. */
export function socketName(draft: RuntimeSocketDraft, address: SocketAddress): string {
  const text = address.toString();
  if (draft.endpoint.kind === "address" && text.startsWith("/")) return `unix@${text}`;
  if (text.startsWith("[")) return `ipv6@${text}`;
  return /^\d/.test(text) ? `ipv4@${text}` : text;
}
