import type { Peer } from "../support/peer.ts";
import type { RunningProgram } from "../support/running-program.ts";
import type { ScriptedServer } from "../support/scripted-server.ts";
import type { Stage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";
import type { Exchange } from "./exchange.ts";

/** What the world saw of one exchange through one program. */
export interface Observation {
  /** Heads and contents that the client got, interim answers first. */
  readonly client: readonly string[];
  /** Heads and contents that the server got. */
  readonly server: readonly string[];
  readonly log: string;
}

/** One program with its own server, through which exchanges are sent and watched. */
export class Observer {
  readonly #stage: Stage;
  readonly #port: number;
  #current: Exchange | undefined;
  #client: Peer | undefined;
  #seen: string[] = [];

  private constructor(stage: Stage, port: number, server: ScriptedServer) {
    this.#stage = stage;
    this.#port = port;
    void this.#serve(server).catch(() => {});
  }

  /** Starts the program with the configuration that both get, ports aside. */
  static async start(
    stage: Stage,
    lines: string,
  ): Promise<{ observer: Observer; proxy: RunningProgram }> {
    const server = await stage.server("origin");
    const port = stage.port();
    const proxy = await stage.start(configurationOf(port, server.port, lines));
    return { observer: new Observer(stage, port, server), proxy };
  }

  async #serve(server: ScriptedServer): Promise<void> {
    for (;;) {
      const peer = await server.accept(60_000);
      void this.#serveConnection(peer).catch(() => peer.close());
    }
  }

  async #serveConnection(peer: Peer): Promise<void> {
    for (;;) {
      const head = await peer.head(60_000);
      const content = await readContent(peer, head, true);
      this.#seen.push(head.join("\n"), content);
      const exchange = this.#current;
      if (exchange === undefined) return peer.close();
      const isHead = exchange.method === "HEAD";
      peer.send(isHead ? headOf(exchange.response) : exchange.response);
      if (exchange.serverCloses) return peer.halfClose();
    }
  }

  /** Sends one exchange through the program and gives what all sides saw of it. */
  async observe(exchange: Exchange): Promise<Observation> {
    this.#current = exchange;
    this.#seen = [];
    const client = await this.#clientFor(exchange);
    client.send(exchange.request);
    const answers: string[] = [];
    for (;;) {
      const head = await client.head().catch(() => undefined);
      if (head === undefined) {
        answers.push(`no answer, ${client.ending ?? "open"}, ${JSON.stringify(client.unread)}`);
        break;
      }
      const status = Number(head[0]!.split(" ")[1]);
      answers.push(head.join("\n"));
      if (status >= 100 && status < 200) continue;
      const isBodiless = exchange.method === "HEAD" || status === 204 || status === 304;
      answers.push(isBodiless ? "" : await readContent(client, head, false));
      break;
    }
    // A connection that was used before may be closed without an answer and without a line.
    const isSilent = answers.at(-1)!.startsWith("no answer");
    const line = await this.#stage.logLine(isSilent ? 60 : undefined).catch((error: Error) => {
      if (isSilent) return "no line";
      throw new Error(`case ${exchange.number}: ${error.message}`);
    });
    const log = withoutConnectionCounts(line);
    if (!exchange.keepsClient || !mayGoOn(exchange, answers)) this.#leave();
    return { client: answers, server: this.#seen, log };
  }

  async #clientFor(exchange: Exchange): Promise<Peer> {
    const kept = this.#client;
    const isUsable = kept !== undefined && kept.ending === undefined;
    if (isUsable && !exchange.wantsFreshClient) return kept;
    this.#leave();
    const client = await this.#stage.client(this.#port, `case ${exchange.number}`);
    this.#client = client;
    return client;
  }

  #leave(): void {
    this.#client?.close();
    this.#client = undefined;
  }

  /** Waits until no client is left, so that counters stand still. */
  async settle(proxy: RunningProgram): Promise<void> {
    this.#leave();
    await until("no client to be left", async () => {
      return (await proxy.statistics("fe", "FRONTEND")).scur === "0";
    });
  }
}

/**
 * Whether the client's connection can take another request for sure. Where the server has just
 * closed, the next request would race with its end.
 */
function mayGoOn(exchange: Exchange, answers: readonly string[]): boolean {
  const head = answers.at(-2) ?? "";
  const isLastOfOldClient =
    exchange.request.includes(" HTTP/1.0\r\n") && !/^connection: keep-alive/m.test(head);
  return (
    exchange.spoilt === "" &&
    !exchange.serverCloses &&
    !isLastOfOldClient &&
    !/^connection: close/m.test(head) &&
    /^HTTP\/1\.[01] [2345]/.test(head)
  );
}

/** Whether the client before is counted still depends on when its end was seen. */
function withoutConnectionCounts(line: string): string {
  return line.replace(/ \d+\/\d+\/(\d+\/\d+\/\+?\d+ )/, " ././$1");
}

/** The response without its content: all heads, interim ones first. */
function headOf(message: string): string {
  const isInterim = message.startsWith("HTTP/1.1 1");
  const interimEnd = isInterim ? message.indexOf("\r\n\r\n") + 4 : 0;
  const end = message.indexOf("\r\n\r\n", interimEnd);
  return end < 0 ? message : message.slice(0, end + 4);
}

/** The content as the receiver understands it: chunks joined, trailers behind a bar. */
async function readContent(
  peer: Peer,
  head: readonly string[],
  isRequest: boolean,
): Promise<string> {
  const fields = head.join("\n");
  if (/^transfer-encoding: *chunked/m.test(fields)) {
    const body = await peer.chunkedBody().catch((error: Error) => broken(error));
    return body.trailers.length === 0 ? body.content : `${body.content}|${body.trailers.join("|")}`;
  }
  const length = /^content-length: *(\d+)/m.exec(fields);
  if (length !== null) {
    return peer.readText(Number(length[1])).catch(() => `cut off: ${peer.unread}`);
  }
  return isRequest ? "" : peer.rest();
}

function broken(error: Error): { content: string; trailers: string[] } {
  return { content: `broken: ${error.message.slice(0, 20)}`, trailers: [] };
}

function configurationOf(port: number, serverPort: number, lines: string): string {
  return `
defaults
  mode http
  log global
  option httplog
  option forwardfor
  ${lines}
  retries 0
  timeout connect 1s
  timeout client 1s
  timeout server 1s
frontend fe
  bind 127.0.0.1:${port}
  default_backend be
backend be
  cookie SRV insert indirect nocache
  server s1 127.0.0.1:${serverPort} cookie one
`;
}
