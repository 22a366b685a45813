import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { PROGRAMS } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage, type Stage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";
import { describeTool } from "./tool.ts";

/** What Debian's package tells rsyslog: a socket in the new root, and a file for what comes from it. */
const DEBIAN_FILE = "/etc/rsyslog.d/49-haproxy.conf";

/** rsyslog with Debian's own file, its two paths moved into the play's directory. */
class Rsyslog {
  readonly logFile: string;
  readonly #command: readonly string[];
  #process: Subprocess | undefined;

  constructor(stage: Stage, path: string) {
    this.logFile = join(stage.directory, "haproxy.log");
    mkdirSync(join(stage.directory, "root", "dev"), { recursive: true });
    const own = readFileSync(DEBIAN_FILE, "utf8")
      .replaceAll("/var/lib/haproxy", join(stage.directory, "root"))
      .replaceAll("/var/log/haproxy.log", this.logFile);
    const head = `module(load="imuxsock" SysSock.Use="off")\n$WorkDirectory ${stage.directory}\n`;
    const file = stage.file("rsyslog.conf", head + own);
    this.#command = [path, "-n", "-f", file, "-i", join(stage.directory, "rsyslog.pid")];
    stage.onEnd(() => this.stop());
    this.#socket = join(stage.directory, "root", "dev", "log");
  }

  readonly #socket: string;

  async start(): Promise<void> {
    this.#process = Bun.spawn([...this.#command], { stdio: ["ignore", "ignore", "ignore"] });
    await until("rsyslog to listen", () => existsSync(this.#socket), 8000);
  }

  async stop(): Promise<void> {
    this.#process?.kill();
    await this.#process?.exited;
  }

  /** Lets it open its files anew, as logrotate does. */
  reopen(): void {
    this.#process?.kill("SIGHUP");
  }

  /** Whether the file has such a line. */
  has(pattern: RegExp): boolean {
    return existsSync(this.logFile) && pattern.test(readFileSync(this.logFile, "latin1"));
  }
}

describeTool("rsyslogd", (path) => {
  const isReady = process.getuid?.() === 0 && existsSync(DEBIAN_FILE);
  for (const program of PROGRAMS) {
    test.skipIf(!isReady || program.missing !== undefined)(
      `gets lines from the new root, before and after it was away and its file was rotated (${program.name})`,
      onStage(program, async (stage) => {
        const rsyslog = new Rsyslog(stage, path);
        await rsyslog.start();
        const { proxy, port, server } = await startRelay(stage, {
          global: `global\n  chroot ${stage.directory}/root\n  log /dev/log local1 notice`,
          defaults: "no log\nlog /dev/log local0",
        });
        server.answerAll(okResponse());
        const client = await stage.client(port);
        const request = async (target: string) => {
          client.send(`GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
          await client.head();
        };
        const lineOf = (target: string) =>
          new RegExp(
            `^.* haproxy\\[${proxy.pid}\\]: .* fe be/s1 .* "GET ${target} HTTP/1.1"$`,
            "m",
          );
        /** Sends requests until one of their lines is in the file: rsyslog takes a moment to be there. */
        const heard = async (target: string) => {
          const line = lineOf(`${target}-\\d+`);
          let count = 0;
          await until(
            `a line of ${target}`,
            async () => {
              await request(`${target}-${++count}`);
              await Bun.sleep(10);
              return rsyslog.has(line);
            },
            8000,
          );
        };
        await heard("/first");

        await rsyslog.stop();
        await request("/unheard");
        await rsyslog.start();
        await heard("/second");

        renameSync(rsyslog.logFile, `${rsyslog.logFile}.1`);
        rsyslog.reopen();
        await heard("/third");
        expect(readFileSync(`${rsyslog.logFile}.1`, "latin1")).toMatch(lineOf("/second-1?\\d"));
      }),
      20_000,
    );
  }
});
