import { createServer, type Server, type Socket } from "node:net";
import { Peer } from "./peer.ts";
import { Inbox, within } from "./waiting.ts";

/** A server whose every connection is handed to the play as a `Peer`, in order of arrival. */
export class ScriptedServer {
  readonly name: string;
  readonly #server: Server;
  readonly #arrivals: Inbox<Peer>;
  readonly #peers: Peer[] = [];

  private constructor(name: string) {
    this.name = name;
    this.#arrivals = new Inbox(`server "${name}"`);
    this.#server = createServer({ allowHalfOpen: true }, (socket: Socket) => {
      const peer = new Peer(`${name}#${this.#peers.length + 1}`, socket);
      this.#peers.push(peer);
      this.#arrivals.put(peer);
    });
  }

  /** Listens on a port of loopback (0: any), or on a unix path. */
  static async listen(
    name: string,
    at: { port: number } | { path: string },
  ): Promise<ScriptedServer> {
    const scripted = new ScriptedServer(name);
    const listening = new Promise<void>((resolve, reject) => {
      scripted.#server.once("error", reject);
      if ("path" in at) scripted.#server.listen(at.path, resolve);
      else scripted.#server.listen(at.port, "127.0.0.1", resolve);
    });
    await within(listening, () => `server "${name}" does not listen`);
    return scripted;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** How many connections ever came. */
  get connectionCount(): number {
    return this.#peers.length;
  }

  /** The next connection that nobody took yet. */
  accept(waitMs?: number): Promise<Peer> {
    return this.#arrivals.take(waitMs);
  }

  /** Fails when a connection comes that no play asked for. */
  expectNoConnection(): Promise<void> {
    return this.#arrivals.expectNothing();
  }

  /**
   * Hands out requests instead of connections, in order of arrival, whichever connection they come
   * on. Their bodies must be empty.
   */
  collectRequests(): Inbox<{ head: string[]; peer: Peer }> {
    const requests = new Inbox<{ head: string[]; peer: Peer }>(`server "${this.name}"`);
    const collect = async (peer: Peer): Promise<void> => {
      for (;;) requests.put({ head: await peer.head(60_000), peer });
    };
    const accept = async (): Promise<void> => {
      for (;;) void collect(await this.#arrivals.take(60_000)).catch(() => {});
    };
    void accept().catch(() => {});
    return requests;
  }

  /** Answers every request of every further connection at once, whatever it is, until closed. */
  answerAll(response: string | ((requestHead: string, peer: Peer) => string)): void {
    void this.#answerConnections(response).catch(() => {});
  }

  async #answerConnections(
    response: string | ((head: string, peer: Peer) => string),
  ): Promise<void> {
    for (;;) {
      const peer = await this.#arrivals.take(60_000);
      void answerRequests(peer, response).catch(() => peer.close());
    }
  }

  /** Refuses further connections; those that are open go on. */
  stopListening(): void {
    this.#server.close();
  }

  /** Stops listening and drops every connection. */
  close(): void {
    for (const peer of this.#peers) peer.close();
    this.#server.close();
  }
}

async function answerRequests(
  peer: Peer,
  response: string | ((head: string, peer: Peer) => string),
): Promise<void> {
  for (;;) {
    const head = await peer.readUntil("\r\n\r\n", 60_000);
    const length = /^content-length: *(\d+)/im.exec(head);
    if (length !== null) await peer.read(Number(length[1]));
    peer.send(typeof response === "string" ? response : response(head, peer));
  }
}

/** A complete response with a body and its length. */
export function okResponse(content = "", fields: readonly string[] = []): string {
  const lines = ["HTTP/1.1 200 OK", `Content-Length: ${content.length}`, ...fields, "", content];
  return lines.join("\r\n");
}
