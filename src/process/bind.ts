import { Diagnostics } from "../config/diagnostics.ts";
import {
  discardSocket,
  type ListenSocket,
  openListenSocket,
  publishSocket,
} from "../net/listen-socket.ts";
import { Listener } from "../net/listener.ts";
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
}

/** Who is told of what happens to listeners. */
export interface BindWatcher {
  /** A frontend cannot accept for want of descriptors or memory. */
  onFamine(frontend: string, error: number): void;
}

/**
 * Opens all listeners; none accepts yet. What cannot be bound is told in the reference's words.
 *
 * @returns What listens, or undefined when something could not be bound.
 */
export function bindAll(
  plan: Plan,
  watcher: BindWatcher,
  messages: Messages,
): BoundSockets | undefined {
  const diagnostics = new Diagnostics();
  const { acceptMax } = plan.config.global.part(TUNING);
  const opened: ListenSocket[] = [];
  for (const { frontend, proxy } of plan.proxies) {
    const onFamine = (error: number) => watcher.onFamine(proxy.name, error);
    opened.push(...(frontend?.bind(diagnostics, onFamine, acceptMax) ?? []));
  }
  const runtime = bindRuntime(plan, diagnostics, opened);
  if (diagnostics.errorCount === 0) publishAll(opened, diagnostics);
  if (diagnostics.errorCount === 0) return { runtime };
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

function bindRuntime(plan: Plan, diagnostics: Diagnostics, opened: ListenSocket[]): Listener[] {
  const { sockets, timeoutMs, connectionsMax } = plan.config.global.part(RUNTIME);
  const { thread } = plan.engine;
  const listeners: Listener[] = [];
  const link = new RuntimeLink(plan, new CommandIndex(COMMANDS));
  for (const draft of sockets) {
    const socket = openRuntimeSocket(draft);
    if (typeof socket === "string") {
      diagnostics.error(draft.at, `frontend GLOBAL: ${socket} [${draft.text}]`);
      continue;
    }
    opened.push(socket);
    link.sockets.push({ address: socketName(draft, socket.address), level: draft.level });
    const limits = { timeoutMs, connectionsMax };
    const server = new RuntimeServer(thread, link, draft.level, limits);
    listeners.push(new Listener(thread, socket.fd, socket.address, server, RUNTIME_ACCEPT_MAX));
  }
  return listeners;
}

function openRuntimeSocket(draft: RuntimeSocketDraft) {
  const { endpoint, mode, userId, groupId } = draft;
  const inheritedFd = endpoint.kind === "descriptor" ? endpoint.fd : -1;
  const address = endpoint.kind === "address" ? endpoint.address : new SocketAddress();
  return openListenSocket(
    { address, inheritedFd },
    {
      backlog: 10,
      mode: mode === -1 ? undefined : mode,
      userId: userId === -1 ? undefined : userId,
      groupId: groupId === -1 ? undefined : groupId,
    },
  );
}

/** As `show cli sockets` prints it. */
function socketName(draft: RuntimeSocketDraft, address: SocketAddress): string {
  const text = address.toString();
  if (draft.endpoint.kind === "address" && text.startsWith("/")) return `unix@${text}`;
  if (text.startsWith("[")) return `ipv6@${text}`;
  return /^\d/.test(text) ? `ipv4@${text}` : text;
}
