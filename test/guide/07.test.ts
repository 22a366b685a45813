import { expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ContinuousLoad } from "../support/continuous-load.ts";
import {
  ask,
  exampleText,
  GUIDE_FOLDER,
  observed,
  onGuideStage,
  startMachines,
} from "../support/guide.ts";
import type { Peer } from "../support/peer.ts";
import type { Stage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";

const CONNECTIONS = 1000;
const isRoot = process.getuid?.() === 0;
/** Where root runs it: nothing of the file system is seen, and no privilege is left. */
const JAIL = isRoot ? "\n        chroot /var/empty\n        uid 65534\n        gid 65534" : "";

interface Scene {
  readonly port: number;
  readonly configPath: string;
  readonly pidFile: string;
  readonly text: string;
}

async function configure(stage: Stage): Promise<Scene> {
  const port = stage.portRange(2);
  await startMachines(stage, ["A", "B"], (index) => `127.1.7.${11 + index}`, port);
  const jail = join(stage.directory, "jail");
  Bun.spawnSync(["mkdir", "-p", jail]);
  const text = exampleText("7-hot-reconfiguration.cfg", { port })
    .replace("127.1.7.1:", "127.0.0.1:")
    .replace(
      "daemon",
      `daemon\n        stats socket ${stage.runtimePath} expose-fd listeners${JAIL.replace("/var/empty", jail)}`,
    );
  const configPath = stage.file("config", text);
  return { port, configPath, pidFile: join(stage.directory, "pid"), text };
}

async function start(stage: Stage, { configPath, pidFile }: Scene, args: readonly string[] = []) {
  const started = await stage.run(["-p", pidFile, "-f", configPath, ...args]);
  expect([started.status, started.stderr.includes("ALERT")]).toEqual([0, false]);
  const pid = Number(readFileSync(pidFile, "utf8"));
  stage.onEnd(() => {
    if (existsSync(`/proc/${pid}`)) process.kill(pid, "SIGKILL");
  });
  return pid;
}

/** Connections that have sent a part of a request: whoever cuts one of them is found out. */
async function openConnections(stage: Stage, port: number): Promise<Peer[]> {
  const peers: Peer[] = [];
  for (let count = 0; count < CONNECTIONS; count += 50) {
    peers.push(...(await Promise.all(Array.from({ length: 50 }, () => stage.client(port)))));
  }
  for (const peer of peers) peer.send("GET / HTTP/1.1\r\nHost: a\r\n");
  return peers;
}

/** Ends every request; gives how many were answered. */
async function finish(peers: readonly Peer[]): Promise<number> {
  for (const peer of peers) peer.send("Connection: close\r\n\r\n");
  const answers = await Promise.all(peers.map((peer) => peer.rest(10_000).catch(() => "")));
  return answers.filter((answer) => answer.startsWith("HTTP/1.1 200 ")).length;
}

function hasEnded(pid: number): boolean {
  return !existsSync(`/proc/${pid}`);
}

/** Runs the guide's script on a new configuration, and gives its exit status. */
async function reconfigure(stage: Stage, scene: Scene, next: string) {
  writeFileSync(`${scene.configPath}.new`, next);
  const script = Bun.spawn(["sh", join(GUIDE_FOLDER, "hot-reconfiguration.sh")], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      SLUICE: stage.program.path,
      CONFIG: scene.configPath,
      PIDFILE: scene.pidFile,
    },
  });
  const text = await new Response(script.stdout).text();
  return { status: await script.exited, text };
}

test(
  `the guide's script replaces a process with ${CONNECTIONS} connections: none is cut`,
  onGuideStage(async (stage) => {
    const scene = await configure(stage);
    const old = await start(stage, scene);
    const peers = await openConnections(stage, scene.port);
    const outcome = await reconfigure(stage, scene, `# second\n${scene.text}`);
    expect(outcome.text).toContain("New instance successfully loaded");
    expect(outcome.status).toBe(0);
    const pid = Number(readFileSync(scene.pidFile, "utf8"));
    stage.onEnd(() => {
      if (!hasEnded(pid)) process.kill(pid, "SIGKILL");
    });
    expect(pid).not.toBe(old);
    expect((await ask({ host: "127.0.0.1", port: scene.port })).status).toBe("200");
    expect(hasEnded(old)).toBe(false);
    expect(await finish(peers)).toBe(CONNECTIONS);
    await until("the old process to end with its last connection", () => hasEnded(old));
    observed(
      7,
      "SIGTTOU, a new process, SIGUSR1: no connection is cut",
      `${CONNECTIONS} of ${CONNECTIONS} requests that were half sent were answered${isRoot ? ", chrooted and without privileges" : ""}`,
    );
  }),
  40_000,
);

test(
  "when the new configuration is refused, SIGTTIN restores the listeners, without privileges",
  onGuideStage(async (stage) => {
    const scene = await configure(stage);
    const old = await start(stage, scene);
    const client = await stage.client(scene.port);
    client.send("GET / HTTP/1.1\r\nHost: a\r\n");
    const outcome = await reconfigure(stage, scene, `${scene.text}\n  nonsense\n`);
    expect(outcome.text).toContain("New instance failed to start");
    expect(outcome.status).toBe(1);
    expect(Number(readFileSync(scene.pidFile, "utf8"))).toBe(old);
    await until("the port to be served again", async () => {
      const answer = await ask({ host: "127.0.0.1", port: scene.port }).catch(() => undefined);
      return answer?.status === "200";
    });
    expect(await finish([client])).toBe(1);
    observed(
      7,
      "a refused configuration leaves the old process serving",
      "the script said so, the port answered 200, no connection was cut",
    );

    process.kill(old, "SIGTERM");
    await until("SIGTERM to end what is left", () => hasEnded(old));
  }),
  20_000,
);

test(
  "-sf with -x under load: nothing that arrives in between is refused, nothing is cut",
  onGuideStage(async (stage) => {
    const scene = await configure(stage);
    let pid = await start(stage, scene);
    const peers = await openConnections(stage, scene.port);
    const load = new ContinuousLoad(scene.port, { kept: 8, closed: 8 });
    await until("some traffic", () => load.completed > 100);
    const first = pid;
    for (let round = 0; round < 3; round++) {
      const last = pid;
      pid = await start(stage, scene, ["-x", stage.runtimePath, "-sf", String(last)]);
      const soFar = load.completed;
      await until("more traffic", () => load.completed > soFar + 50);
      if (last !== first) await until("the former process to end", () => hasEnded(last), 8000);
    }
    const { completed, failures } = await load.end();
    expect(failures).toEqual([]);
    expect(await finish(peers)).toBe(CONNECTIONS);
    await until("the first process to end", () => hasEnded(first));
    process.kill(pid, "SIGTERM");
    observed(
      7,
      "-sf with -x refuses nothing and cuts nothing",
      `three processes in turn, ${completed} requests, ${failures.length} failures, ${CONNECTIONS} of ${CONNECTIONS} open connections answered`,
    );
  }),
  60_000,
);
