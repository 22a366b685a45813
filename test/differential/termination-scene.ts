import type { Peer } from "../support/peer.ts";
import type { RunningProgram } from "../support/running-program.ts";
import type { ScriptedServer } from "../support/scripted-server.ts";
import { until } from "../support/waiting.ts";

/** What a case has in its hands: a frontend of its own, with servers of its own. */
export interface Scene {
  /** Names of its frontend and backend. */
  readonly frontend: string;
  readonly backend: string;
  readonly proxy: RunningProgram;
  readonly servers: readonly ScriptedServer[];
  client(): Promise<Peer>;
}

/** One way in which a session ends. */
export interface TerminationCase {
  readonly name: string;
  readonly mode: "http" | "tcp";
  /** Lines of the frontend and of the backend. */
  readonly frontend: readonly string[];
  readonly backend: readonly string[];
  /** The words behind each server's address; `mute` and `refused` stand for addresses of that kind. */
  readonly servers: readonly string[];
  /** One section is both sides: the reference minds `option abortonclose` of the frontend alone. */
  readonly isListen: boolean;
  /** How many lines the log gets. */
  readonly lines: number;
  act(scene: Scene): Promise<unknown>;
}

/** What a case configures. */
export type Options = Partial<
  Pick<TerminationCase, "frontend" | "backend" | "servers" | "lines" | "isListen">
>;
/** A case as the tables below write it. */
export type Row = readonly [
  name: string,
  act: (scene: Scene) => Promise<unknown>,
  options?: Options,
];

/** A request on a connection that stays. */
export const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
/** A request with a body of 1000 bytes. */
export const POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n";
/** A request that is the last one. */
export const CLOSE = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
/** The head of a response with 100 bytes. */
export const HEAD_100 = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n";
/** More than the buffers of the system. */
export const LARGE = Buffer.alloc(1 << 20, "m");
/** How long bytes may take through the proxy, where nobody can tell that they have come. */
export const TRAVEL_MS = 25;
/** A timeout that a case waits for. */
export const SHORT = "80ms";

/** A client that has sent this. */
export async function sending({ client }: Scene, data: string): Promise<Peer> {
  const peer = await client();
  peer.send(data);
  return peer;
}

/** Sends a request and gives both ends once the server has its head. */
export async function requested(scene: Scene, data = GET): Promise<{ client: Peer; server: Peer }> {
  const client = await sending(scene, data);
  const server = await scene.servers[0]!.accept();
  await server.head();
  return { client, server };
}

/** Sends a request and reads to the end of what comes. */
export async function asked(scene: Scene, data = CLOSE): Promise<void> {
  const client = await sending(scene, data);
  await client.rest();
}

/** Sends bytes and gives both ends once the server has them. */
export async function connected(
  scene: Scene,
  data = "hello",
): Promise<{ client: Peer; server: Peer }> {
  const client = await sending(scene, data);
  const server = await scene.servers[0]!.accept();
  await server.read(data.length);
  return { client, server };
}

/** Waits until so many wait in the queues of the backend. */
export function queued({ proxy, backend }: Scene, count: string): Promise<void> {
  return proxy.untilStatistic(backend, "BACKEND", "qcur", count);
}

/** Kills the sessions of the case's frontend by their numbers. */
export async function killSessions({ proxy, frontend }: Scene): Promise<void> {
  const sessions = await proxy.command("show sess");
  for (const line of sessions.split("\n")) {
    if (line.includes(`fe=${frontend} `)) {
      await proxy.command(`shutdown session ${line.split(":")[0]}`);
    }
  }
}

/** Waits until both sides of a case are through. */
export async function settled({ proxy, frontend }: Scene): Promise<void> {
  await until(`${frontend} to have no session`, async () => {
    return (await proxy.statistics(frontend, "FRONTEND")).scur === "0";
  });
}
