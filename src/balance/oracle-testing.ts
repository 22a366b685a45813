import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Socket } from "bun";

/** Whether the reference is installed: tests that compare with it are skipped where it is not. */
export const hasOracle = Bun.which("haproxy") !== null;

/** What to ask the reference for. */
export interface OracleCase {
  /** What stands behind `balance`. */
  readonly balance: string;
  /** What stands behind each server's address. */
  readonly servers: readonly string[];
}

/** The reference, running, with servers that say who they are. */
export interface Oracle {
  /** Connects as a client with this address; gives the position of the server that answered. */
  connect(client: string): Promise<OracleConnection>;
  close(): void;
}

/** A connection through the reference, held until it is closed. */
export interface OracleConnection {
  readonly server: number;
  close(): void;
}

/** Starts the reference with one server per line. It listens on a unix socket, so no port is guessed. */
export async function startOracle({ balance, servers }: OracleCase): Promise<Oracle> {
  const origins = servers.map((_, index) =>
    Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: { open: (socket) => void socket.write(`${index}\n`), data: () => {} },
    }),
  );
  const base = join(tmpdir(), `oracle-${process.pid}-${performance.now()}`);
  const lines = [
    "defaults",
    "  mode tcp",
    "  timeout client 30s",
    "  timeout server 30s",
    "  timeout connect 2s",
    "listen l",
    `  bind unix@${base}.sock accept-proxy`,
    `  balance ${balance}`,
    ...servers.map((more, index) => `  server s${index} 127.0.0.1:${origins[index]!.port} ${more}`),
  ];
  writeFileSync(`${base}.cfg`, `${lines.join("\n")}\n`);
  const child = Bun.spawn(["haproxy", "-db", "-f", `${base}.cfg`], {
    stdout: "ignore",
    stderr: "ignore",
  });
  const close = () => {
    child.kill();
    for (const origin of origins) origin.stop(true);
    for (const kind of ["cfg", "sock"]) rmSync(`${base}.${kind}`, { force: true });
  };
  return { connect: (client) => connect(`${base}.sock`, client), close };
}

/** The reference takes a moment to listen: tries again until it does. */
async function connect(path: string, client: string): Promise<OracleConnection> {
  for (let tries = 0; ; tries++) {
    try {
      return await open(path, client);
    } catch (error) {
      if (tries > 300) throw error;
      await Bun.sleep(10);
    }
  }
}

function open(path: string, client: string): Promise<OracleConnection> {
  const { promise, resolve, reject } = Promise.withResolvers<OracleConnection>();
  const family = client.includes(":") ? "TCP6 " : "TCP4 ";
  const self = client.includes(":") ? "::1" : "127.0.0.1";
  const close = (socket: Socket) => socket.terminate();
  Bun.connect({
    unix: path,
    socket: {
      open: (socket) => void socket.write(`PROXY ${family}${client} ${self} 1000 80\r\n`),
      data: (socket, data) =>
        resolve({ server: Number(data.toString()), close: () => close(socket) }),
      close: () => reject(new Error("closed without an answer")),
      error: (_socket, error) => reject(error),
      connectError: (_socket, error) => reject(error),
    },
  }).catch(reject);
  return promise;
}
