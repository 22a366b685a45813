import { chmodSync, chownSync, renameSync, unlinkSync } from "node:fs";
import type { Diagnostics } from "../config/diagnostics.ts";
import { Listener } from "../net/listener.ts";
import type { Thread } from "../net/thread.ts";
import { errnoText } from "../sys/errno.ts";
import {
  bindSocket,
  closeDescriptor,
  listenSocket,
  localAddress,
  setNonBlocking,
  streamSocket,
} from "../sys/socket.ts";
import { AddressFamily, SocketAddress } from "../sys/socket-address.ts";
import { SocketOptions, setOption } from "../sys/socket-option.ts";
import type { RuntimeContext } from "./context.ts";
import type { RuntimeSocketDraft } from "./runtime-part.ts";
import { type RuntimeLimits, RuntimeServer } from "./runtime-server.ts";
import type { RuntimeSocketSettings } from "./socket-settings.ts";

/** Clients that may wait to be accepted. */
const BACKLOG = 16;

/** How addresses of each family are told apart; a path carries its own prefix. */
const FAMILY_PREFIXES: Readonly<Record<number, string>> = {
  [AddressFamily.INET]: "ipv4@",
  [AddressFamily.INET6]: "ipv6@",
};

/** A socket of the runtime API that listens already. */
export interface OpenRuntimeSocket extends RuntimeSocketSettings {
  readonly fd: number;
  readonly listenAddress: SocketAddress;
}

/**
 * Opens the sockets of the runtime API. What cannot be opened is reported; the rest stays open for
 * the caller to close.
 */
export function openRuntimeSockets(
  drafts: readonly RuntimeSocketDraft[],
  diagnostics: Diagnostics,
): OpenRuntimeSocket[] {
  const sockets: OpenRuntimeSocket[] = [];
  for (const draft of drafts) {
    const fd = openOne(draft);
    if (fd < 0) {
      diagnostics.error(
        draft.at,
        `Starting GLOBAL: cannot listen on '${draft.text}' (${errnoText(-fd)})`,
        "Check that its directory exists, and that nothing else listens there",
      );
      continue;
    }
    sockets.push(describe(fd, draft));
  }
  return sockets;
}

/** Starts serving the runtime API on its sockets. */
export function serveRuntime(
  thread: Thread,
  context: RuntimeContext,
  sockets: readonly OpenRuntimeSocket[],
  limits: RuntimeLimits,
): Listener[] {
  return sockets.map(({ fd, listenAddress, level }) => {
    const server = new RuntimeServer(thread, context, level, limits);
    const listener = new Listener(thread, fd, listenAddress, server);
    listener.resume();
    return listener;
  });
}

function describe(fd: number, { endpoint, level }: RuntimeSocketDraft): OpenRuntimeSocket {
  const listenAddress = new SocketAddress();
  // The kernel knows a path only by the temporary name that it was bound under.
  if (endpoint.kind === "address") listenAddress.copyFrom(endpoint.address);
  else localAddress(fd, listenAddress);
  const prefix = FAMILY_PREFIXES[listenAddress.family] ?? "";
  return { fd, listenAddress, level, address: `${prefix}${listenAddress}` };
}

/** Opens one socket; returns its descriptor or a negated errno. */
function openOne({ endpoint, mode, userId, groupId }: RuntimeSocketDraft): number {
  if (endpoint.kind === "descriptor") {
    const failed = setNonBlocking(endpoint.fd);
    return failed < 0 ? failed : endpoint.fd;
  }
  const { address } = endpoint;
  if (address.family !== AddressFamily.UNIX || address.isAbstract) return listenOn(address);
  // Bound under another name and moved into place: a path that is in use is replaced in one step,
  // and nobody connects before the owner and the permissions are right.
  const temporary = SocketAddress.fromPath(`${address.path}.${process.pid}.tmp`, false);
  unlinkIfThere(temporary.path);
  const fd = listenOn(temporary);
  if (fd < 0) return fd;
  try {
    if (mode !== -1) chmodSync(temporary.path, mode);
    if (userId !== -1 || groupId !== -1) chownSync(temporary.path, userId, groupId);
    renameSync(temporary.path, address.path);
    return fd;
  } catch (error) {
    closeDescriptor(fd);
    unlinkIfThere(temporary.path);
    return (error as { errno?: number }).errno ?? -1;
  }
}

function listenOn(address: SocketAddress): number {
  const fd = streamSocket(address.family);
  if (fd < 0) return fd;
  if (address.family !== AddressFamily.UNIX) setOption(fd, SocketOptions.REUSE_ADDRESS, 1);
  const bound = bindSocket(fd, address);
  const result = bound < 0 ? bound : listenSocket(fd, BACKLOG);
  if (result < 0) closeDescriptor(fd);
  return result < 0 ? result : fd;
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Nothing was there, or binding will say what is wrong.
  }
}
