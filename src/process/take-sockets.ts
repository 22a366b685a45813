import { takeOver } from "../net/hand-over.ts";
import type { SocketStock } from "../net/socket-stock.ts";
import { RUNTIME } from "../runtime/runtime-part.ts";
import { RuntimeServer } from "../runtime/runtime-server.ts";
import { SeverityOutput } from "../runtime/severity-output.ts";
import { connectBlocking, DescriptorPassing } from "../sys/descriptor-passing.ts";
import { errnoText } from "../sys/errno.ts";
import { closeDescriptor } from "../sys/socket.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import type { Plan } from "./compile.ts";
import type { RunContext } from "./run.ts";
import type { RuntimeLink } from "./runtime-link.ts";
import { MasterLink } from "./worker-link.ts";

/** Sockets were asked for and cannot be had. */
export const FAILED = Symbol("the sockets of the old process cannot be had");

/**
 * Takes the listening sockets of the process that this one replaces: from the master, or with `-x`
 * from the runtime API of a process on its own.
 *
 * @returns Undefined when there is no such process.
 */
export function takeSockets(context: RunContext): SocketStock | undefined | typeof FAILED {
  const { child, commandLine, messages } = context;
  const passing = new DescriptorPassing();
  if (child?.master !== undefined) {
    const { stock: fd } = child.master;
    const stock = takeOver(fd, passing, false);
    closeDescriptor(fd);
    if (typeof stock === "number") return undefined;
    if (stock.count > 0 || commandLine.takesFrom === "") return stock;
  }
  if (commandLine.takesFrom === "") return undefined;
  const path = commandLine.takesFrom.replace(/^unix@/, "");
  const fd = connectBlocking(SocketAddress.fromPath(path, false));
  const stock = fd < 0 ? fd : takeOver(fd, passing);
  if (fd >= 0) closeDescriptor(fd);
  if (typeof stock !== "number") return stock;
  messages.alert("[sluice.main()] Failed to get the sockets from the old process!");
  messages.hint(
    `'${path}': ${errnoText(stock)}; its 'stats socket' line needs 'expose-fd listeners'`,
  );
  return FAILED;
}

/** Serves the runtime API to the master, for as long as this process lives. */
export function serveMaster(linkFd: number, plan: Plan, link: RuntimeLink): void {
  const { thread } = plan.engine;
  const { timeoutMs } = plan.config.global.part(RUNTIME);
  const limits = { timeoutMs, connectionsMax: Number.POSITIVE_INFINITY };
  new MasterLink(linkFd, thread.loop, (fd, level) => {
    const rights = { level, exposesListeners: true, severityOutput: SeverityOutput.NONE };
    new RuntimeServer(thread, link, rights, limits).adopt(fd);
  });
}
