import type { Peer } from "../support/peer.ts";
import type { RunningProgram } from "../support/running-program.ts";
import { ScriptedServer } from "../support/scripted-server.ts";
import type { Stage } from "../support/stage.ts";
import { WAIT_MS } from "../support/waiting.ts";
import type { WalkConfiguration } from "./configuration.ts";

/** A request that a server of the walk has read. */
export interface ServedRequest {
  readonly method: string;
  readonly peer: Peer;
}

/** What a server does about a request once it has read it. */
export interface Reaction {
  readonly name: string;
  /** The body is left where it is. */
  readonly leavesBody?: boolean;
  act(request: ServedRequest): unknown;
}

/** How long a log line may take that comes at all. */
const LOG_MS = Number(process.env.PLAY_WAIT_MS ?? 500);
/** How often to look, in ms. */
const LOOK_MS = 2;

const ANSWER: Reaction = {
  name: "ok",
  act: ({ method, peer }) =>
    peer.send(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n${method === "HEAD" ? "" : "ok"}`),
};

/** A server of a walk: it does what the step says, request by request. */
class WalkServer {
  readonly name: string;
  readonly #scene: WalkScene;
  readonly #isTcp: boolean;
  readonly #port: number;
  readonly peers: Peer[] = [];
  #listening: ScriptedServer | undefined;

  constructor(scene: WalkScene, name: string, isTcp: boolean, server: ScriptedServer) {
    this.#scene = scene;
    this.name = name;
    this.#isTcp = isTcp;
    this.#port = server.port;
    this.#listening = server;
    void this.#serve(server).catch(() => {});
  }

  async #serve(server: ScriptedServer): Promise<void> {
    for (;;) {
      const peer = await server.accept(600_000);
      this.peers.push(peer);
      const serving = this.#isTcp ? this.#serveTcp(peer) : this.#serveHttp(peer);
      void serving.catch(() => peer.close());
    }
  }

  async #serveHttp(peer: Peer): Promise<void> {
    for (;;) {
      const head = await peer.head(600_000);
      const reaction = this.#scene.nextReaction();
      const content = reaction.leavesBody ? "" : await readContent(peer, head, true);
      this.#scene.note("server", `${this.name} got ${head.join(" | ")} ${content}`);
      this.#scene.served++;
      // The program may end it before the reaction is over.
      const reacting = async () => reaction.act({ method: head[0]!.split(" ")[0]!, peer });
      await reacting().catch(() => {});
    }
  }

  async #serveTcp(peer: Peer): Promise<void> {
    this.#scene.note("server", `${this.name} accepted`);
    this.#scene.served++;
    this.#scene.nextReaction(SILENT).act({ method: "", peer });
  }

  /** Refuses connections and drops those it has. */
  die(): void {
    this.#listening?.close();
    this.#listening = undefined;
  }

  async rise(): Promise<void> {
    if (this.#listening !== undefined) return;
    const server = await ScriptedServer.listen(this.name, { port: this.#port });
    this.#listening = server;
    void this.#serve(server).catch(() => {});
  }

  /** How many of its connections are open. */
  get openCount(): number {
    return this.peers.filter((peer) => peer.ending === undefined && !peer.isClosed).length;
  }

  close(): void {
    this.die();
    for (const peer of this.peers) peer.close();
  }
}

const SILENT: Reaction = { name: "silent", act: () => {} };

/** Both ends of a program under a walk: its clients, its servers, what was seen so far. */
export class WalkScene {
  readonly frontend: string;
  readonly backend: string;
  readonly proxy: RunningProgram;
  /** Requests are sent again after bad answers. */
  readonly repeats: boolean;
  readonly servers: readonly WalkServer[];
  readonly #stage: Stage;
  readonly #port: number;
  readonly #closesServers: boolean;
  readonly #clients: (Peer | undefined)[] = [];
  readonly #notes: Record<string, string[]> = { client: [], server: [], log: [] };
  #reactions: Reaction[] = [];
  /** How many requests, or connections in TCP, servers have got. */
  served = 0;
  /** How many lines the log has got. */
  logged = 0;

  constructor(
    stage: Stage,
    proxy: RunningProgram,
    number: number,
    port: number,
    servers: readonly ScriptedServer[],
    configuration: WalkConfiguration,
  ) {
    const isTcp = configuration.mode === "tcp";
    this.repeats = configuration.repeatsRequests;
    this.#closesServers = isTcp || configuration.closesServers;
    this.frontend = `f${number}`;
    this.backend = `b${number}`;
    this.proxy = proxy;
    this.#stage = stage;
    this.#port = port;
    this.servers = servers.map((server, index) => {
      return new WalkServer(this, `s${index + 1}`, isTcp, server);
    });
  }

  /** What everybody saw, in order of each one's own. */
  get notes(): Readonly<Record<string, readonly string[]>> {
    return this.#notes;
  }

  note(actor: string, text: string): void {
    this.#notes[actor]!.push(text);
  }

  takeLogLine(line: string): void {
    this.note("log", line);
    this.logged++;
  }

  nextReaction(otherwise: Reaction = ANSWER): Reaction {
    return this.#reactions.shift() ?? otherwise;
  }

  /** Says what the servers do about the next requests, whichever server gets them. */
  react(...reactions: readonly Reaction[]): void {
    this.#reactions = [...reactions];
  }

  /** The client in this place: the one that is connected, or a new one. */
  async client(place: number): Promise<Peer> {
    const kept = this.#clients[place];
    if (kept !== undefined && kept.ending === undefined && !kept.isClosed) return kept;
    this.leave(place);
    const client = await this.#stage.client(this.#port, `${this.frontend} client ${place}`);
    this.#clients[place] = client;
    return client;
  }

  leave(place: number): void {
    this.#clients[place]?.close();
    this.#clients[place] = undefined;
  }

  leaveAll(): void {
    this.#clients.forEach((_client, place) => {
      this.leave(place);
    });
  }

  /** Reads what answers one request and notes it; false when nothing more will come. */
  async answer(client: Peer, method = "GET"): Promise<boolean> {
    for (;;) {
      const head = await client.head().catch(() => undefined);
      if (head === undefined) {
        this.note("client", `no answer, ${endOf(client)}, ${brief(client.unread)}`);
        return false;
      }
      const status = Number(head[0]!.split(" ")[1]);
      this.note("client", head.map(withoutDate).join(" | "));
      if (status === 101) return true;
      if (status >= 100 && status < 200) continue;
      const isBodiless = method === "HEAD" || status === 204 || status === 304;
      if (method === "CONNECT" && status === 200) return true;
      if (!isBodiless) this.note("client", await readContent(client, head, false));
      return client.ending === undefined;
    }
  }

  /** Reads an interim answer. */
  async interim(client: Peer): Promise<string> {
    const head = await client.head().catch(() => [`no interim answer, ${endOf(client)}`]);
    this.note("client", head.join(" | "));
    return head[0]!;
  }

  /** Waits until the log has got as many lines more as there should be, for a while. */
  async untilLogged(count: number): Promise<void> {
    await this.eventually(() => this.logged >= count, LOG_MS);
  }

  /** Waits until something holds; goes on all the same when it does not. */
  async eventually(holds: () => boolean | Promise<boolean>, waitMs = WAIT_MS): Promise<void> {
    const deadline = performance.now() + waitMs;
    while (!(await holds()) && performance.now() < deadline) await Bun.sleep(LOOK_MS);
  }

  /** Runs a command of the runtime API and notes its answer. */
  async command(text: string): Promise<void> {
    const answer = await this.proxy.command(text.replaceAll("$b", this.backend));
    this.note("client", `${text}: ${answer.trim()}`);
  }

  /** How many wait in the queues of the backend and its servers. */
  async queued(): Promise<number> {
    return Number((await this.proxy.statistics(this.backend, "BACKEND")).qcur);
  }

  /** Lets the program handle whatever has reached its descriptors. */
  async settle(): Promise<void> {
    await this.proxy.command("show version");
    await Bun.sleep(LOOK_MS);
    await this.proxy.command("show version");
    await Bun.sleep(LOOK_MS);
  }

  /** Notes which connections are open: those to servers only where the mode closes them. */
  noteConnections(): void {
    const clients = this.#clients.map((client) => {
      if (client === undefined) return "-";
      return client.ending === undefined ? "open" : client.ending;
    });
    this.note("client", `clients ${clients.join(" ")}`);
    this.#clients.forEach((client, place) => {
      if (client?.ending !== undefined) this.leave(place);
    });
    if (!this.#closesServers) return;
    const open = this.servers.map(({ name, openCount }) => `${name}:${openCount}`);
    this.note("server", `connections ${open.join(" ")}`);
  }

  close(): void {
    this.leaveAll();
    for (const server of this.servers) server.close();
  }
}

function endOf(client: Peer): string {
  return client.ending ?? "open";
}

/** What came and was not asked for, with fields as both programs write them. */
export function plain(text: string): string {
  const [head = "", ...content] = text.split("\r\n\r\n");
  const [first = "", ...fields] = head.split("\r\n");
  const sorted = fields.map((field) => field.toLowerCase()).sort();
  return JSON.stringify([first, ...sorted, "", ...content].join("\r\n"));
}

function withoutDate(field: string): string {
  return field.replace(/^date: .*/, "date: now");
}

/** Text as it is, or its size when it is long. */
export function brief(text: string): string {
  return text.length <= 80 ? JSON.stringify(text) : `${text.length} bytes, ${Bun.hash(text)}`;
}

/** The content as the receiver understands it: chunks joined, trailers behind a bar. */
async function readContent(
  peer: Peer,
  head: readonly string[],
  isRequest: boolean,
): Promise<string> {
  const fields = head.join("\n");
  if (/^transfer-encoding: *chunked/m.test(fields)) {
    try {
      const { content, trailers } = await peer.chunkedBody();
      return `chunks ${brief(content)}${trailers.map((line) => ` | ${line}`).join("")}`;
    } catch {
      return `broken chunks, ${peer.ending ?? "open"}`;
    }
  }
  const size = /^content-length: *(\d+)/m.exec(fields)?.[1];
  if (size !== undefined) {
    const text = await peer.readText(Number(size)).catch(() => undefined);
    return text === undefined ? `cut off, ${peer.ending ?? "open"}` : brief(text);
  }
  if (isRequest) return "";
  const text = await peer.rest().catch(() => undefined);
  return text === undefined ? "no end" : `${brief(text)} up to the ${peer.ending}`;
}
