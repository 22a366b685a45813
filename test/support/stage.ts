import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { classifyLogLine } from "./log-line.ts";
import { Peer, type PeerAddress } from "./peer.ts";
import type { Program } from "./programs.ts";
import { RawListener } from "./raw-listener.ts";
import { RunningProgram, type RunOptions } from "./running-program.ts";
import { ScriptedServer } from "./scripted-server.ts";
import { SyslogSink } from "./syslog-sink.ts";

/** Defaults of most plays: HTTP, its log format, and timeouts that only a broken play reaches. */
export const HTTP_DEFAULTS = `
defaults
  mode http
  log global
  option httplog
  timeout connect 3s
  timeout client 3s
  timeout server 3s
`;

/** The same for TCP. */
export const TCP_DEFAULTS = HTTP_DEFAULTS.replace("mode http", "mode tcp").replace(
  "option httplog",
  "option tcplog",
);

/**
 * Everything one play opens: a program, its configuration, servers, clients, the log's receiver.
 * All of it is closed when the play ends, however it ends.
 */
export class Stage {
  readonly program: Program;
  /** A directory of this play alone. */
  readonly directory: string = mkdtempSync("/tmp/play-");
  readonly #closers: (() => void | Promise<void>)[] = [];
  #log: SyslogSink | undefined;

  constructor(program: Program) {
    this.program = program;
  }

  /** Registers something to be closed at the end; the last one first. */
  onEnd(close: () => void | Promise<void>): void {
    this.#closers.push(close);
  }

  /** A port of loopback that nobody uses now, below the range the system hands out by itself. */
  port(): number {
    for (;;) {
      const port = 12_000 + Math.floor(Math.random() * 18_000);
      if (isPortFree(port)) return port;
    }
  }

  /** The first of several free ports in a row. */
  portRange(count: number): number {
    for (;;) {
      const first = this.port();
      let free = 1;
      while (free < count && isPortFree(first + free)) free++;
      if (free === count) return first;
    }
  }

  async log(): Promise<SyslogSink> {
    if (this.#log === undefined) {
      const sink = await SyslogSink.open();
      this.onEnd(() => sink.close());
      this.#log = sink;
    }
    return this.#log;
  }

  /** The next traffic log line, with addresses, dates and timers made comparable. */
  async logLine(waitMs?: number): Promise<string> {
    return classifyLogLine(await this.rawLogLine(waitMs));
  }

  /** The next traffic log line as it came, without its prefix. Notices and alerts are skipped. */
  async rawLogLine(waitMs?: number): Promise<string> {
    const sink = await this.log();
    return (await sink.find(/^\S+:\d+ \[/, waitMs)).text;
  }

  async server(name = "server", port = 0): Promise<ScriptedServer> {
    const server = await ScriptedServer.listen(name, { port });
    this.onEnd(() => server.close());
    return server;
  }

  async unixServer(path: string): Promise<ScriptedServer> {
    const server = await ScriptedServer.listen(path, { path });
    this.onEnd(() => server.close());
    return server;
  }

  /** A server that answers every request at once with this text. */
  async answering(response: string, name = "server"): Promise<ScriptedServer> {
    const server = await this.server(name);
    server.answerAll(response);
    return server;
  }

  /**
   * An address of loopback that answers no connection request, as a blackhole would: a listener
   * that nobody accepts from, its queue filled.
   */
  muteAddress(): string {
    const mute = new RawListener(0);
    this.onEnd(() => mute.close());
    mute.fill();
    return `127.0.0.1:${mute.port}`;
  }

  /** A listening socket that the program can inherit and nobody else accepts from. */
  inheritableListener(): RawListener {
    const listener = new RawListener(100);
    this.onEnd(() => listener.close());
    return listener;
  }

  async client(to: number | PeerAddress, name = "client"): Promise<Peer> {
    const peer = await Peer.connect(name, typeof to === "number" ? { port: to } : to);
    this.onEnd(() => peer.close());
    return peer;
  }

  file(name: string, content: string): string {
    const path = join(this.directory, name);
    writeFileSync(path, content);
    return path;
  }

  /** The path of the stats socket that every program on this stage has. */
  get runtimePath(): string {
    return join(this.directory, "runtime.sock");
  }

  /** Writes the configuration with a stats socket and the log's receiver in front of it. */
  async configure(text: string): Promise<string> {
    const sink = await this.log();
    const head =
      `global\n  stats socket "${this.runtimePath}" level admin mode 600\n` +
      `  log 127.0.0.1:${sink.port} local0\n`;
    return this.file("cfg", `${head}${text}\n`);
  }

  /** Starts the program and waits until it serves. */
  async start(
    text: string,
    options: RunOptions & { readonly args?: readonly string[] } = {},
  ): Promise<RunningProgram> {
    const path = await this.configure(text);
    const args = ["-db", ...(options.args ?? []), "-f", path];
    const running = new RunningProgram(this.program, args, this.runtimePath, options);
    this.onEnd(() => running.stop());
    await running.ready();
    return running;
  }

  /** Runs the program to its end and gives its status and what it printed. */
  async run(args: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }> {
    const child = Bun.spawn([this.program.path, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 10_000,
    });
    const [stdout, stderr, status] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return { status, stdout, stderr };
  }

  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const close of this.#closers.reverse()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    rmSync(this.directory, { recursive: true, force: true });
    if (failures.length > 0) throw failures[0];
  }
}

function isPortFree(port: number): boolean {
  try {
    Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } }).stop(true);
    return true;
  } catch {
    return false;
  }
}

/** Makes a play a test body: gives it a stage and clears it away afterwards. */
export function onStage(program: Program, play: (stage: Stage) => Promise<void>) {
  return async (): Promise<void> => {
    const stage = new Stage(program);
    let failure: unknown;
    try {
      await play(stage);
    } catch (error) {
      failure = error;
    }
    try {
      await stage.close();
    } catch (error) {
      failure ??= error;
    }
    if (failure !== undefined) throw failure;
  };
}
