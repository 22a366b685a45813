import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Messages } from "./messages.ts";

const LAUNCHER = join(import.meta.dir, "../../bin/sluice");
const PATIENCE_MS = Math.max(5000, Number(process.env.PLAY_WAIT_MS ?? 0));

/** What a run of the program left behind. */
export interface Outcome {
  readonly status: number | null;
  readonly signal: string | number | null;
  readonly out: string;
  readonly err: string;
}

/** A directory for the files of one test, with the program to run in it. */
export class Workshop {
  readonly path = mkdtempSync(join(tmpdir(), "sluice-"));

  /** Writes a configuration and returns its path. */
  write(name: string, text: string): string {
    const path = join(this.path, name);
    writeFileSync(path, text);
    return path;
  }

  read(name: string): string {
    return readFileSync(join(this.path, name), "utf8");
  }

  /** Starts the program; the caller ends it. */
  start(words: readonly string[], program = LAUNCHER, environment: Record<string, string> = {}) {
    return Bun.spawn([program, ...words], {
      cwd: this.path,
      env: { ...process.env, ...environment },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
    });
  }

  /** Runs the program to its end. */
  async run(words: readonly string[], program = LAUNCHER): Promise<Outcome> {
    return outcomeOf(this.start(words, program));
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Waits for the end of a program. */
export async function outcomeOf(child: ReturnType<Workshop["start"]>): Promise<Outcome> {
  const [out, err] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  await child.exited;
  return { status: child.exitCode, signal: child.signalCode, out, err };
}

/** What a program has printed so far. */
export class ToldText {
  #text = "";

  constructor(stream: ReadableStream<Uint8Array>) {
    void this.#read(stream);
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const chunk of stream) this.#text += Buffer.from(chunk).toString();
  }

  /** Waits until it has printed something. */
  eventually(pattern: RegExp): Promise<boolean> {
    return eventually(`${pattern} in ${this.#text}`, () => pattern.test(this.#text));
  }
}

/** Asks again and again until the answer is no longer undefined. */
export async function eventually<T>(
  what: string,
  ask: () => T | Promise<T>,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + PATIENCE_MS;
  while (performance.now() < deadline) {
    const answer = await Promise.resolve(ask()).catch(() => undefined);
    if (answer !== undefined && answer !== null && answer !== false)
      return answer as NonNullable<T>;
    await Bun.sleep(10);
  }
  throw new Error(`It did not happen: ${what}`);
}

/** A port of loopback that nothing listens on. */
export function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

/** A configuration that answers each request with 503 by itself. */
export function configurationWithoutServers(port: number, global = ""): string {
  return `global
    maxconn 100
${global}
defaults
    mode http
    timeout client 5s
    timeout connect 1s
    timeout server 5s
frontend web
    bind 127.0.0.1:${port}
    default_backend none
backend none
`;
}

/** A server that takes requests and answers none until it is told to. */
export class HesitantServer {
  readonly #listener = Bun.listen<undefined>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data: (socket) => {
        this.#sockets.push(socket);
        this.#arrived();
      },
    },
  });
  readonly #sockets: { end(text: string): void }[] = [];
  #arrived: () => void = () => {};
  /** Kept once the first request has come. */
  readonly arrival = new Promise<void>((resolve) => {
    this.#arrived = resolve;
  });

  get port(): number {
    return this.#listener.port;
  }

  /** Answers all that came. */
  answer(): void {
    for (const socket of this.#sockets.splice(0)) {
      socket.end("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    }
  }

  stop(): void {
    this.#listener.stop(true);
  }
}

/** The status of an answer from a port of loopback; undefined while nothing listens there. */
export async function statusAt(port: number): Promise<number | undefined> {
  const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: "close" } });
  await answer.text();
  return answer.status;
}

/** Keeps what a command within this process prints. */
export class Heard extends Messages {
  out = "";
  err = "";

  constructor() {
    super(1, "v", "p");
  }

  override answer(text: string): void {
    this.out += text;
  }

  override help(text: string): void {
    this.err += text;
  }

  override lines(byteText: string): void {
    this.err += byteText;
  }
}
