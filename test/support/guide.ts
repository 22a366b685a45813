import { appendFileSync, readFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { Peer } from "./peer.ts";
import { BOTH, PROJECT_ROOT } from "./programs.ts";
import { RunningProgram } from "./running-program.ts";
import { onStage, type Stage } from "./stage.ts";
import { until, within } from "./waiting.ts";

/** Where the examples of the Architecture Guide are. */
export const GUIDE_FOLDER = join(PROJECT_ROOT, "examples/architecture-guide");

/** A test body with a stage for our own program: the reference runs few of the guide's files. */
export function onGuideStage(play: (stage: Stage) => Promise<void>): () => Promise<void> {
  return onStage(BOTH.sluice, play);
}

/** Tells `npm run guide` what was promised and what was seen; says nothing in other runs. */
export function observed(scenario: number, promise: string, seen: string): void {
  const path = process.env.GUIDE_REPORT;
  if (path === undefined) return;
  appendFileSync(path, `${JSON.stringify({ scenario, promise, seen })}\n`);
}

/** How an example is started for a test. */
export interface ExampleOptions {
  /** Stands in the place of port 8080; 8081 is the one behind it. */
  readonly port: number;
  /** Times of the example are divided by it: seconds are too slow for a test. */
  readonly haste?: number;
  /** Other texts to put in the place of some of the example's. */
  readonly replace?: Readonly<Record<string, string>>;
  /** The name of the process, where one example runs more than once. */
  readonly as?: string;
  /** Lines for the global section. */
  readonly global?: string;
}

/** The text of an example with the ports and times of a test; the directives stay. */
export function exampleText(name: string, options: ExampleOptions): string {
  const { port, haste = 20, replace = {} } = options;
  let text = readFileSync(join(GUIDE_FOLDER, name), "utf8");
  for (const [from, to] of Object.entries(replace)) text = text.replaceAll(from, to);
  return text
    .replace(/\b8080\b/g, String(port))
    .replace(/\b8081\b/g, String(port + 1))
    .replace(/\b(inter|grace) (\d+)/g, (_, word, ms) => `${word} ${Math.ceil(Number(ms) / haste)}`);
}

/** Starts an example in the foreground, with a stats socket and time-outs in front of it. */
export async function startExample(
  stage: Stage,
  name: string,
  options: ExampleOptions,
): Promise<RunningProgram> {
  const socket = join(stage.directory, `${options.as ?? name}.sock`);
  const head = `global
  stats socket "${socket}" level admin
  ${options.global ?? ""}
defaults
  timeout connect 2s
  timeout client 10s
  timeout server 10s
  default-server inter 100ms
`;
  const path = stage.file(options.as ?? name, head + exampleText(name, options));
  const running = new RunningProgram(stage.program, ["-db", "-f", path], socket);
  stage.onEnd(() => running.stop());
  await running.ready();
  return running;
}

/** One machine of the guide: answers requests, remembers those that are no checks. */
export class Machine {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Heads of requests as they came, checks left out. */
  readonly heads: string[] = [];
  /** Request lines of checks. */
  readonly checks: string[] = [];
  /** Where connections came from. */
  readonly sources: string[] = [];
  /** Fields of each answer, each with its line end. */
  fields = "";
  /** The status of answers to checks. */
  checkStatus = "200 OK";
  #server: Server | null = null;
  readonly #sockets = new Set<Socket>();

  constructor(name: string, host: string, port: number) {
    this.name = name;
    this.host = host;
    this.port = port;
  }

  /** Starts to listen, the first time or again. */
  async listen(): Promise<void> {
    const server = createServer((socket) => this.#serve(socket));
    this.#server = server;
    const listening = new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.port, this.host, resolve);
    });
    await within(listening, () => `${this.name} does not listen on ${this.host}:${this.port}`);
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    this.sources.push(socket.remoteAddress ?? "");
    let text = "";
    socket.on("close", () => this.#sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    socket.on("data", (data) => {
      text += data.toString("latin1");
      for (let end = text.indexOf("\r\n\r\n"); end !== -1; end = text.indexOf("\r\n\r\n")) {
        this.#answer(socket, text.slice(0, end + 2));
        text = text.slice(end + 4);
      }
    });
  }

  #answer(socket: Socket, head: string): void {
    const line = head.slice(0, head.indexOf("\r\n"));
    const isOld = line.endsWith("HTTP/1.0");
    const version = isOld ? "HTTP/1.0" : "HTTP/1.1";
    if (line.startsWith("HEAD ")) {
      this.checks.push(line);
      socket.end(`${version} ${this.checkStatus}\r\n\r\n`);
      return;
    }
    this.heads.push(head);
    const size = `Content-Length: ${this.name.length}\r\n`;
    socket.write(`${version} 200 OK\r\n${this.fields}${size}\r\n${this.name}`);
    if (isOld || /\r\nconnection: close\r\n/i.test(head)) socket.end();
  }

  /** The machine is off: nothing listens, connections are gone. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve) ?? resolve(0));
    for (const socket of this.#sockets) socket.destroy();
    this.#server = null;
    await within(closed, () => `${this.name} does not stop`);
  }
}

/** Machines A, B, C ... on one address after another. */
export async function startMachines(
  stage: Stage,
  names: readonly string[],
  hostOf: (index: number) => string,
  port: number,
): Promise<Machine[]> {
  const machines = names.map((name, index) => new Machine(name, hostOf(index), port));
  for (const machine of machines) {
    await machine.listen();
    stage.onEnd(() => machine.stop().catch(() => {}));
  }
  return machines;
}

/** What a client got. */
export interface Answer {
  readonly status: string;
  readonly head: string;
  /** The name of the machine that answered. */
  readonly body: string;
  /** Value of `set-cookie`, or "". */
  readonly cookie: string;
}

/** Sends one request on a connection of its own and reads the answer to its end. */
export async function ask(
  at: { readonly host: string; readonly port: number; readonly from?: string },
  fields = "",
  line = "GET /URI HTTP/1.0",
): Promise<Answer> {
  const client = await Peer.connect(`client of ${at.host}`, at);
  try {
    client.send(`${line}\r\nHost: guide\r\n${fields}\r\n`);
    return answerOf(await client.rest(8000));
  } finally {
    client.close();
  }
}

/** Cuts an answer into what tests look at. */
export function answerOf(text: string): Answer {
  const end = text.indexOf("\r\n\r\n");
  const head = text.slice(0, end + 2);
  return {
    status: head.split(" ")[1] ?? "",
    head,
    body: text.slice(end + 4),
    cookie: /\r\nset-cookie: ([^\r]*)/i.exec(head)?.[1] ?? "",
  };
}

/** Waits until a server of a proxy has a state such as `UP` or `DOWN`. */
export async function untilState(
  program: RunningProgram,
  proxy: string,
  server: string,
  state: string,
): Promise<void> {
  let seen = "";
  await until(
    `${proxy}/${server} to be ${state}`,
    async () => {
      seen = (await program.statistics(proxy, server)).status!;
      return seen.startsWith(state);
    },
    10_000,
  ).catch((error) => {
    throw new Error(`${(error as Error).message}, which is ${seen}`);
  });
}
