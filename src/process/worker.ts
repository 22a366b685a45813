import { handOver, takeOver } from "../net/hand-over.ts";
import type { SocketStock } from "../net/socket-stock.ts";
import { AccessLevel } from "../runtime/level.ts";
import type { DescriptorPassing } from "../sys/descriptor-passing.ts";
import { closeDescriptor } from "../sys/socket.ts";
import { type StartedChild, startChild } from "./serving-child.ts";
import { connectedPair, WorkerLink } from "./worker-link.ts";

/** A worker as its master knows it. */
export class Worker {
  readonly pid: number;
  readonly child: StartedChild;
  readonly link: WorkerLink;
  readonly startedMs = performance.now();
  /** Reloads that it has lived through. */
  reloadCount = 0;
  /** A newer one has taken over. */
  isFormer = false;

  constructor(child: StartedChild, link: WorkerLink) {
    this.child = child;
    this.pid = child.process.pid;
    this.link = link;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.process.kill(signal);
  }

  /** Asks for copies of its listening sockets; undefined when it does not answer. */
  copySockets(passing: DescriptorPassing): SocketStock | undefined {
    const fd = this.link.connect(AccessLevel.ADMIN);
    if (fd === -1) return undefined;
    const stock = takeOver(fd, passing);
    closeDescriptor(fd);
    return typeof stock === "number" ? undefined : stock;
  }
}

/** How a worker is started. */
export interface WorkerStart {
  readonly role: "worker" | "daemon-worker";
  readonly programName: string;
  /** Descriptors that the configuration names by their numbers. */
  readonly inherited: readonly number[];
  /** Listening sockets for it, copies of which stay with the master. */
  readonly sockets: readonly number[];
}

/** Starts a worker; undefined when the system has no descriptors left. */
export function startWorker(start: WorkerStart, passing: DescriptorPassing): Worker | undefined {
  const link = connectedPair();
  const stock = connectedPair();
  if (link === undefined || stock === undefined) return undefined;
  // The kernel keeps them for the worker, which reads them once it is up.
  handOver(stock.ours, start.sockets, passing, false);
  closeDescriptor(stock.ours);
  const descriptors = { link: link.theirs, stock: stock.theirs };
  const child = startChild(start.role, start.programName, start.inherited, descriptors);
  closeDescriptor(link.theirs);
  closeDescriptor(stock.theirs);
  if (child === undefined) {
    closeDescriptor(link.ours);
    return undefined;
  }
  return new Worker(child, new WorkerLink(link.ours, passing));
}
