import { connectedPair } from "../sys/testing.ts";
import { Connection, type ConnectionOwner } from "./connection.ts";
import { Thread } from "./thread.ts";

/** Small enough that a test can use everything up. */
export const SMALL_TUNING = {
  bufferSize: 4096,
  rewriteSize: 256,
  buffersMax: 8,
  pipesMax: 4,
} as const;

/** A thread whose buffers and pipes can all be used up. */
export function smallThread(): Thread {
  return new Thread(0, SMALL_TUNING);
}

/** Lets a thread turn until something holds; fails after a second. */
export function turnUntil(thread: Thread, what: string, holds: () => boolean): void {
  const deadline = performance.now() + 1000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`waited for ${what}`);
    thread.loop.turn(1);
  }
}

/** Lets a thread turn a few times: for what must not happen. */
export function turnOften(thread: Thread, turns = 20): void {
  for (let turn = 0; turn < turns; turn++) thread.loop.turn(0);
}

/** Puts text where a thread may send it from; returns its size. */
export function putText(thread: Thread, text: string): number {
  thread.region.bytes.set(Buffer.from(text, "latin1"), thread.buffers.scratchStart);
  return text.length;
}

/** The unread bytes of a connection. */
export function unreadText({ thread, start, end }: Connection): string {
  return Buffer.from(thread.region.bytes.slice(start, end)).toString("latin1");
}

/** An owner that writes down what it is told. */
export class RecordingOwner implements ConnectionOwner {
  readonly told: string[] = [];
  /** Done when something is to be read; reads it by default. */
  onRead: (connection: Connection) => void = (connection) => connection.receive(0);

  onReadable(connection: Connection): void {
    this.told.push("readable");
    this.onRead(connection);
  }

  onWritable(connection: Connection): void {
    this.told.push("writable");
    connection.watchWriting(false);
  }

  onBroken(connection: Connection): void {
    this.told.push("broken");
    connection.close();
  }

  onFault(error: unknown): void {
    this.told.push(`fault: ${(error as Error).message}`);
  }
}

/** A connection with the bare descriptor of its other end. */
export function openConnection(
  thread: Thread,
  owner: ConnectionOwner,
  mask: number,
): { connection: Connection; far: number } {
  const { near, far } = connectedPair();
  const connection = new Connection(thread);
  connection.open(near, owner, mask);
  return { connection, far };
}
