import { expect, test } from "bun:test";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { ContinuousLoad } from "../support/continuous-load.ts";
import { Peer } from "../support/peer.ts";
import { childrenOf } from "../support/process-facts.ts";
import { BOTH, eachProgram } from "../support/programs.ts";
import { relayConfiguration, startRelay } from "../support/relay.ts";
import { RunningProgram } from "../support/running-program.ts";
import { okResponse } from "../support/scripted-server.ts";
import { HTTP_DEFAULTS, onStage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

async function isRefused(port: number): Promise<boolean> {
  const peer = await Peer.connect("probe", { port }).catch(() => undefined);
  peer?.close();
  return peer === undefined;
}

eachProgram("ports", (program) => {
  test(
    "SIGTTOU frees the port while connections live on, SIGTTIN takes it again",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage);
      server.answerAll(okResponse("x"));
      const client = await stage.client(port);
      client.send(REQUEST);
      await client.head();
      expect(await client.readText(1)).toBe("x");
      proxy.signal("SIGTTOU");
      await until("the port to be free", () => isRefused(port));
      const other = await stage.server("other", port);
      client.send(REQUEST);
      expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
      proxy.signal("SIGTTIN");
      await until("the failure to be told", () => /refused to resume/.test(proxy.output));
      await other.close();
      proxy.signal("SIGTTOU");
      proxy.signal("SIGTTIN");
      await until("the port to be taken again", async () => {
        proxy.signal("SIGTTIN");
        return !(await isRefused(port));
      });
      const late = await stage.client(port);
      late.send(REQUEST);
      expect((await late.head())[0]).toBe("HTTP/1.1 200 OK");
    }),
  );

  test(
    "with noreuseport a new process asks the old one for the port",
    onStage(program, async (stage) => {
      const server = await stage.answering(okResponse());
      const port = stage.port();
      const path = await stage.configure(
        `global\n  noreuseport\n${relayConfiguration(port, [server])}`,
      );
      const old = new RunningProgram(program, ["-db", "-f", path], stage.runtimePath);
      stage.onEnd(() => old.stop());
      await old.ready();
      const words = ["-db", "-f", path, "-sf", String(old.pid)];
      const young = new RunningProgram(program, words, stage.runtimePath);
      stage.onEnd(() => young.stop());
      await young.ready();
      expect(await old.exited(8000)).toBe(0);
      const client = await stage.client(port);
      client.send(REQUEST);
      expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
    }),
    20_000,
  );
});

if (BOTH.sluice.missing === undefined) {
  test(
    "a master replaces workers that are killed one after the other, and no client is refused",
    onStage(BOTH.sluice, async (stage) => {
      const server = await stage.answering(okResponse("ok"));
      const port = stage.port();
      const pidFile = join(stage.directory, "pid");
      const path = await stage.configure(
        `global\n  master-worker no-exit-on-failure\n${relayConfiguration(port, [server])}`,
      );
      const master = new RunningProgram(
        BOTH.sluice,
        ["-f", path, "-p", pidFile],
        stage.runtimePath,
      );
      stage.onEnd(() => master.stop());
      await until("the master to serve", () => existsSync(pidFile), 15_000);
      for (let count = 0; count < 5; count++) {
        const [worker] = childrenOf(master.pid);
        process.kill(worker!, "SIGKILL");
        // Whoever comes now waits in the queue that the master keeps open.
        const client = await stage.client(port);
        client.send(REQUEST);
        expect((await client.head(15_000))[0]).toBe("HTTP/1.1 200 OK");
        client.close();
        expect(childrenOf(master.pid)).not.toContain(worker!);
      }
    }),
    60_000,
  );

  test.skipIf(process.getuid?.() !== 0)(
    "workers in a chroot and without privileges log, check, answer and hand over",
    onStage(BOTH.sluice, async (stage) => {
      const server = await stage.answering(okResponse("ok"));
      const port = stage.port();
      const pidFile = join(stage.directory, "pid");
      const path = await stage.configure(
        `global
  chroot ${stage.directory}
  uid 65534
  gid 65534
${HTTP_DEFAULTS}
listen fe
  bind 127.0.0.1:${port}
  server s1 127.0.0.1:${server.port} check inter 50ms
`,
      );
      const master = new RunningProgram(
        BOTH.sluice,
        ["-W", "-f", path, "-p", pidFile],
        stage.runtimePath,
      );
      stage.onEnd(() => master.stop());
      await until("the master to serve", () => existsSync(pidFile), 15_000);
      const load = new ContinuousLoad(port, { kept: 1, closed: 1 });
      const [first] = childrenOf(master.pid);
      expect(statSync(`/proc/${first}`).uid).toBe(65534);
      master.signal("SIGUSR2");
      await until(
        "another worker",
        () => master.output.split("Loading success.").length === 3,
        15_000,
      );
      const enough = load.completed + 20;
      await until("requests to be answered", () => load.completed > enough);
      expect((await load.end()).failures).toEqual([]);
      expect(await stage.logLine()).toContain("GET / HTTP/1.1");
      expect(await master.command("show info")).toContain("Uptime:");
      const [last] = childrenOf(master.pid).slice(-1);
      expect(readFileSync(`/proc/${last}/status`, "latin1")).toContain("NoNewPrivs:\t1");
    }),
    30_000,
  );
}
