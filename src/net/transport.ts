import { receive, Shutdown, send, shutdownSocket } from "../sys/socket.ts";
import type { Connection } from "./connection.ts";

/**
 * How bytes reach the peer of a connection: plainly, or through TLS. What lies above a connection
 * never asks which.
 */
export interface Transport {
  /** True when the kernel may move bytes from socket to socket without the program seeing them. */
  readonly canSplice: boolean;
  /** Reads into the thread's region; as `sys/socket.ts` `receive`. */
  receive(connection: Connection, offset: number, sizeMax: number): number;
  /** Writes from the thread's region; as `sys/socket.ts` `send`. */
  send(connection: Connection, offset: number, size: number, more: boolean): number;
  /** Tells the peer that nothing follows. */
  shutdownWrite(connection: Connection): void;
}

/** Bytes as they are. */
export const PLAIN_TRANSPORT: Transport = {
  canSplice: true,
  /** @hot */
  receive(connection, offset, sizeMax) {
    return receive(connection.fd, connection.thread.region, offset, sizeMax);
  },
  /** @hot */
  send(connection, offset, size, more) {
    return send(connection.fd, connection.thread.region, offset, size, more);
  },
  shutdownWrite(connection) {
    shutdownSocket(connection.fd, Shutdown.WRITE);
  },
};
