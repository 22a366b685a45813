import type { Connection, ConnectionOwner } from "../net/connection.ts";
import type { ClientContext } from "./client-context.ts";
import type { Engine } from "./engine.ts";

/** Reads the PROXY header that a client's connection starts with. */
export class ProxyHandshake implements ConnectionOwner {
  constructor(_engine: Engine, _context: ClientContext, _connection: Connection, _fd: number) {}
  onReadable(): void {}
  onWritable(): void {}
  onBroken(): void {}
  onFault(): void {}
}
