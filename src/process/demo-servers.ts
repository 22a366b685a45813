import type { Server } from "bun";

/** The four servers of the demonstration, in the order of its configuration. */
export const DEMO_SERVERS = ["blue", "green", "orange", "violet"] as const;

/** How long a server that was asked to break stays away. */
const BROKEN_MS = 15_000;
const SLOW_MS = 2000;

/**
 * Runs the web servers of the demonstration, each on a free port of loopback, and prints their
 * ports on one line. It ends with its standard input, and so with the process that started it.
 */
export async function runDemoServers(): Promise<number> {
  const ports = DEMO_SERVERS.map((name) => new DemoServer(name).port);
  process.stdout.write(`${JSON.stringify(ports)}\n`);
  process.on("SIGINT", () => {});
  for await (const _chunk of Bun.stdin.stream());
  return 0;
}

/** One web server: it says who it is, and can be made slow or broken. */
class DemoServer {
  readonly #name: string;
  #server: Server<undefined>;
  #requestCount = 0;

  constructor(name: string) {
    this.#name = name;
    this.#server = this.#listen(0);
  }

  get port(): number {
    return this.#server.port ?? 0;
  }

  #listen(port: number): Server<undefined> {
    return Bun.serve({
      hostname: "127.0.0.1",
      port,
      development: false,
      fetch: (request) => this.#answer(request),
    });
  }

  async #answer(request: Request): Promise<Response> {
    // A request of HTTP/1.0 may come without a host.
    const { pathname } = new URL(request.url, "http://demo");
    if (pathname === "/health") return new Response("fine\n");
    this.#requestCount++;
    if (pathname === "/slow") await Bun.sleep(SLOW_MS);
    if (pathname === "/break") this.#break();
    const from = request.headers.get("x-forwarded-for") ?? "nobody";
    const note = pathname === "/break" ? `It leaves now, for ${BROKEN_MS / 1000} seconds.\n` : "";
    return new Response(
      `${request.method} ${pathname} was answered by server "${this.#name}", ` +
        `its request number ${this.#requestCount}, for ${from}.\n${note}`,
    );
  }

  /** Closes the port for a while, after this answer. */
  #break(): void {
    const port = this.port;
    setTimeout(() => void this.#server.stop(true), 50);
    setTimeout(() => {
      this.#server = this.#listen(port);
    }, BROKEN_MS);
  }
}
