import { expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { ContinuousLoad } from "../support/continuous-load.ts";
import {
  catchesSignal,
  childrenOf,
  descriptorsOf,
  residentKilobytes,
} from "../support/process-facts.ts";
import { eachProgram, type Program } from "../support/programs.ts";
import { RunningProgram } from "../support/running-program.ts";
import { runCommand } from "../support/runtime-client.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage, type Stage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";

/** Reloads of the long play; a hundred take half a minute. */
const RELOADS = Number(process.env.PLAY_RELOADS ?? 25);

const SIGUSR2 = constants.signals.SIGUSR2;

async function configure(stage: Stage, global = "") {
  const server = await stage.answering(okResponse("ok"));
  const echo = await stage.server("echo");
  const port = stage.port();
  const tcpPort = stage.port();
  const unixPath = join(stage.directory, "web.sock");
  const path = stage.file(
    "cfg",
    `global
  stats socket "${stage.runtimePath}" level admin mode 600 expose-fd listeners
  ${global}
defaults
  mode http
  timeout connect 5s
  timeout client 120s
  timeout server 120s
frontend fe
  bind 127.0.0.1:${port}
  bind unix@${unixPath}
  bind abns@${stage.directory.slice(5)}
  default_backend be
backend be
  server s1 127.0.0.1:${server.port}
listen tcp
  mode tcp
  bind 127.0.0.1:${tcpPort}
  server s2 127.0.0.1:${echo.port}
`,
  );
  return { server, echo, port, tcpPort, unixPath, path };
}

/** Starts a master, and waits until it has written its number. */
async function startMaster(stage: Stage, path: string, args: readonly string[] = []) {
  const pidFile = join(stage.directory, "pid");
  const words = ["-W", ...args, "-f", path, "-p", pidFile];
  const master = new RunningProgram(stage.program, words, stage.runtimePath);
  stage.onEnd(() => master.stop());
  await until(
    "the master to serve",
    () => {
      if (master.exitStatus !== null) throw new Error(master.output);
      return existsSync(pidFile) && readFileSync(pidFile, "utf8") === `${master.pid}\n`;
    },
    15_000,
  );
  await until("its worker to answer", async () =>
    (await master.command("show info").catch(() => "")).includes("Pid:"),
  );
  return master;
}

function showProcesses(socket: string): Promise<string> {
  return runCommand({ path: socket }, "show proc").catch(() => "");
}

async function workerPid(master: RunningProgram): Promise<number> {
  const info = await master.command("show info").catch(() => "");
  return Number(/^Pid: (\d+)$/m.exec(info)?.[1] ?? 0);
}

/** How many workers of a master came to serve. */
function loadCount(master: RunningProgram): number {
  return master.output.split("Loading success.").length - 1;
}

/** Reloads a master, and waits until another worker serves. */
async function reload(master: RunningProgram): Promise<void> {
  const before = loadCount(master);
  await until("the master to listen to signals", () => catchesSignal(master.pid, SIGUSR2));
  master.signal("SIGUSR2");
  await until("another worker to serve", () => loadCount(master) > before, 15_000);
}

/** A connection through the TCP proxy that stays open, and says whether it still works. */
async function longConnection(
  stage: Stage,
  port: number,
  echo: Awaited<ReturnType<Stage["server"]>>,
) {
  const client = await stage.client(port, "long");
  client.send("begin");
  const peer = await echo.accept();
  expect(await peer.readText(5)).toBe("begin");
  return async () => {
    client.send("still");
    expect(await peer.readText(5)).toBe("still");
    peer.send("there");
    expect(await client.readText(5)).toBe("there");
  };
}

eachProgram("reload", (program: Program) => {
  test(
    `${RELOADS} reloads of a master under load lose nothing and leave nothing behind`,
    onStage(program, async (stage) => {
      const { port, tcpPort, echo, path } = await configure(stage);
      const master = await startMaster(stage, path);
      const stillWorks = await longConnection(stage, tcpPort, echo);
      const load = new ContinuousLoad(port, { kept: 4, closed: 4 });
      await reload(master);
      const masterDescriptors = descriptorsOf(master.pid);
      for (let count = 1; count < RELOADS; count++) await reload(master);
      const { completed, failures, repeated } = await load.end();

      expect(failures).toEqual([]);
      expect(completed).toBeGreaterThan(RELOADS);
      expect(repeated).toBeLessThanOrEqual(program.isOracle ? 200 : 10);
      await stillWorks();
      // The first worker is still there, for the long connection alone.
      await until("former workers to be gone", () => childrenOf(master.pid).length === 2, 10_000);
      expect(descriptorsOf(master.pid)).toBeLessThanOrEqual(masterDescriptors + 4);
      if (!program.isOracle) expect(residentKilobytes(master.pid)).toBeLessThan(250_000);
    }),
    120_000,
  );

  test(
    "processes that replace each other with -sf and -x under load lose nothing",
    onStage(program, async (stage) => {
      const { port, tcpPort, echo, path, unixPath } = await configure(stage);
      const first = new RunningProgram(program, ["-db", "-f", path], stage.runtimePath);
      stage.onEnd(() => first.stop());
      await first.ready();
      const stillWorks = await longConnection(stage, tcpPort, echo);
      const load = new ContinuousLoad(port, { kept: 4, closed: 4 });
      let old = first;
      for (let count = 0; count < 8; count++) {
        const words = ["-db", "-f", path, "-x", stage.runtimePath, "-sf", String(old.pid)];
        const young = new RunningProgram(program, words, stage.runtimePath);
        stage.onEnd(() => young.stop());
        await young.ready();
        if (old !== first) expect(await old.exited(10_000)).toBe(0);
        old = young;
      }
      const { failures, completed } = await load.end();

      expect(failures).toEqual([]);
      expect(completed).toBeGreaterThan(8);
      await stillWorks();
      const client = await stage.client({ path: unixPath });
      client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
      expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
    }),
    120_000,
  );

  test(
    "a wrong configuration leaves the worker in place, and the next right one replaces it",
    onStage(program, async (stage) => {
      const { port, path } = await configure(stage);
      const good = readFileSync(path, "utf8");
      const socket = join(stage.directory, "master.sock");
      const master = await startMaster(stage, path, ["-S", socket]);
      const worker = await workerPid(master);
      writeFileSync(path, `${good}  frobnicate\n`);
      await until("the master to listen to signals", () => catchesSignal(master.pid, SIGUSR2));
      await runCommand({ path: socket }, "reload").catch(() => "");
      await until("the reload to fail", () => master.output.includes("Loading failure!"));
      await until("the master to count it", async () =>
        (await showProcesses(socket)).includes("1 [failed: 1]"),
      );
      expect(await workerPid(master)).toBe(worker);
      const load = new ContinuousLoad(port, { kept: 1, closed: 1 });
      await until("it still serves", () => load.completed > 5);
      writeFileSync(path, good);
      await reload(master);
      expect((await load.end()).failures).toEqual([]);
      await until("the master to count it", async () =>
        (await showProcesses(socket)).includes("2 [failed: 0]"),
      );
    }),
    30_000,
  );
});
