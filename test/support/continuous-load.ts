import type { Socket } from "bun";

/** What became of the requests of a load. */
export interface LoadResult {
  readonly completed: number;
  /** Each failure with its reason; empty when all went well. */
  readonly failures: readonly string[];
  /** Requests sent on a kept connection that was closing at that moment, and sent again. */
  readonly repeated: number;
}

const REQUEST_KEPT = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
const REQUEST_CLOSED = "GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";

/**
 * Clients that send requests without a pause: some keep their connection as long as they may, some
 * open one for each request. A kept connection that closes before the first byte of an answer is
 * what RFC 9112 section 9.3.1 lets a client repeat, so that is counted apart.
 */
export class ContinuousLoad {
  readonly #port: number;
  readonly #failures: string[] = [];
  #completed = 0;
  #repeated = 0;
  #isOver = false;
  readonly #clients: Promise<void>[] = [];

  constructor(port: number, counts: { readonly kept: number; readonly closed: number }) {
    this.#port = port;
    for (let index = 0; index < counts.kept; index++) this.#clients.push(this.#run(true));
    for (let index = 0; index < counts.closed; index++) this.#clients.push(this.#run(false));
  }

  get completed(): number {
    return this.#completed;
  }

  /** Lets every client finish what it does, and tells how it went. */
  async end(): Promise<LoadResult> {
    this.#isOver = true;
    await Promise.all(this.#clients);
    return { completed: this.#completed, failures: this.#failures, repeated: this.#repeated };
  }

  async #run(isKept: boolean): Promise<void> {
    let connection: LoadConnection | undefined;
    while (!this.#isOver) {
      const isReused = connection !== undefined;
      try {
        connection ??= await LoadConnection.open(this.#port);
        const answer = await connection.ask(isKept ? REQUEST_KEPT : REQUEST_CLOSED);
        if (!answer.startsWith("HTTP/1.1 200 ")) throw new Error(answer.split("\r\n")[0]);
        this.#completed++;
        if (isKept && !/\r\nconnection: close\r\n/i.test(answer)) continue;
      } catch (error) {
        if (isReused && connection?.hasAnswered === false) this.#repeated++;
        else this.#failures.push(String((error as Error).message));
        if (this.#failures.length > 20) this.#isOver = true;
      }
      connection?.close();
      connection = undefined;
    }
    connection?.close();
  }
}

class LoadConnection {
  /** Has the answer in hand begun? */
  hasAnswered = false;
  readonly #socket: Promise<Socket>;
  #text = "";
  #settle: ((outcome: Error | undefined) => void) | undefined;
  #problem: Error | undefined;

  private constructor(port: number) {
    this.#socket = Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        data: (_socket, data) => this.#receive(data.toString("latin1")),
        close: () => this.#fail(new Error("closed without an answer")),
        error: (_socket, error) => this.#fail(error),
      },
    });
  }

  static async open(port: number): Promise<LoadConnection> {
    const connection = new LoadConnection(port);
    await connection.#socket;
    return connection;
  }

  ask(request: string): Promise<string> {
    this.hasAnswered = false;
    this.#text = "";
    if (this.#problem !== undefined) return Promise.reject(this.#problem);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("no answer in 5 s")), 5000);
      this.#settle = (problem) => {
        clearTimeout(timer);
        this.#settle = undefined;
        if (problem === undefined) resolve(this.#text);
        else reject(problem);
      };
      void this.#socket.then((socket) => socket.write(request));
    });
  }

  close(): void {
    void this.#socket.then((socket) => socket.end());
  }

  #receive(text: string): void {
    this.hasAnswered = true;
    this.#text += text;
    const head = this.#text.indexOf("\r\n\r\n");
    if (head === -1) return;
    const size = Number(/\r\ncontent-length: *(\d+)/i.exec(this.#text)?.[1] ?? 0);
    if (this.#text.length >= head + 4 + size) this.#settle?.(undefined);
  }

  #fail(problem: Error): void {
    this.#problem = problem;
    this.#settle?.(problem);
  }
}
