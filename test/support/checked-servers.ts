import { createServer, type Socket } from "node:net";
import { readStatistics } from "./runtime-client.ts";
import type { Stage } from "./stage.ts";
import { within } from "./waiting.ts";

/** What a checked server does on each connection, step by step; then it waits. */
export type ServerStep =
  /** Waits until this many bytes, or bytes that end in this text, have come since the last wait. */
  | readonly ["wait", number | string]
  | readonly ["send", string]
  | readonly ["close"]
  | readonly ["reset"];

/** A backend with one checked server, and how that server behaves. */
export interface CheckCase {
  readonly name: string;
  /** Lines of the backend. `%PORT%` stands for the server's port. */
  readonly config?: string;
  /** Words of the `server` line behind `check`. */
  readonly server?: string;
  readonly script?: readonly ServerStep[];
}

/** What a program made of one case. */
export interface CheckObservation {
  readonly name: string;
  /** The state of the server, the outcome's word and code. */
  readonly state: string;
  /** The log line, without what differs from run to run. */
  readonly line: string;
  /** What the server received on each connection that said something; bytes as characters. */
  readonly received: readonly string[];
}

/** A hello up to its random bytes. */
const SSL_HELLO = "\x16\x03\0\0y\x01\0\0u\x03\0";
const SSL_RANDOM_SIZE = 32;

/** One line says how a check went; the number is that of the case. */
const CHECK_LINE = /^Health check for server be(\d+)\/s /;

/** Runs all cases at once in one program, and gives what each came to at its first check. */
export async function observeChecks(
  stage: Stage,
  cases: readonly CheckCase[],
  globalLines = "",
): Promise<CheckObservation[]> {
  const log = await stage.log();
  const received = cases.map((): string[] => []);
  let config = `${globalLines}  max-spread-checks 10ms\ndefaults\n  mode tcp\n  log global\n  option log-health-checks\n  timeout connect 5s\n  timeout client 5s\n  timeout server 5s\n  timeout check 5s\n`;
  for (const [index, { config: lines = "", server = "", script = [] }] of cases.entries()) {
    const port = await listen(stage, script, received[index]!);
    config += `backend be${index}\n${lines.replaceAll("%PORT%", String(port))}\n`;
    config += `  server s 127.0.0.1:${port} check inter 20s fall 1 rise 1 ${server}\n`;
  }
  const program = await stage.start(config);
  const found: string[] = cases.map(() => "");
  for (let left = cases.length; left > 0; ) {
    const { text } = await log.find(CHECK_LINE, 15_000);
    const index = Number(CHECK_LINE.exec(text)![1]);
    if (found[index] === "") left--;
    found[index] ||= text.replace(/check duration: \d+ms/, "took");
  }
  const rows = readStatistics(await program.command("show stat"));
  return cases.map(({ name }, index) => {
    const row = rows.get(`be${index}/s`);
    return {
      name,
      state: `${row?.status} ${row?.check_status} ${row?.check_code}`,
      line: comparable(found[index]!),
      received: received[index]!.filter((text) => text !== "").map(comparable),
    };
  });
}

/** Ports differ from run to run; an SSL hello is mostly chance. */
function comparable(text: string): string {
  if (text.startsWith(SSL_HELLO)) return text.slice(SSL_HELLO.length + SSL_RANDOM_SIZE);
  return text
    .replace(/be\d+/g, "be")
    .replace(/port=\d+/g, "port=N")
    .replace(/connect port \d{3,}/g, "connect port N")
    .replace(/^(PROXY TCP4 \S+ \S+) \d+ \d+/, "$1 N N");
}

async function listen(
  stage: Stage,
  script: readonly ServerStep[],
  received: string[],
): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    void play(socket, script, received).catch(() => socket.destroy());
  });
  stage.onEnd(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const listening = new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await within(listening, () => "a checked server does not listen");
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

async function play(
  socket: Socket,
  script: readonly ServerStep[],
  received: string[],
): Promise<void> {
  const place = received.push("") - 1;
  let wake = (): void => {};
  let isEnded = false;
  const end = (): void => {
    isEnded = true;
    wake();
  };
  socket.on("data", (data) => {
    received[place] += data.toString("latin1");
    wake();
  });
  socket.on("end", end).on("error", end).on("close", end);
  let at = 0;
  for (const [kind, value] of script) {
    if (kind === "send") socket.write(Buffer.from(value, "latin1"));
    else if (kind === "close") socket.end();
    else if (kind === "reset") socket.resetAndDestroy();
    else {
      const isThere = () => endOf(received[place]!, at, value) !== -1;
      while (!isThere() && !isEnded) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      at = endOf(received[place]!, at, value);
      if (at === -1) return;
    }
  }
}

/** Where what is waited for ends, or -1. */
function endOf(text: string, from: number, wanted: number | string): number {
  if (typeof wanted === "number") return text.length >= from + wanted ? from + wanted : -1;
  const found = text.indexOf(wanted, from);
  return found === -1 ? -1 : found + wanted.length;
}
