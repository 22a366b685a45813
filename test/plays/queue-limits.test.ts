import { expect, test } from "bun:test";
import type { Peer } from "../support/peer.ts";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import type { RunningProgram } from "../support/running-program.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage, type Stage } from "../support/stage.ts";

async function ask(stage: Stage, port: number, path: string): Promise<Peer> {
  const client = await stage.client(port, path);
  client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
  return client;
}

/** Waits until so many streams are in the backend, of which so many wait. */
async function untilLoad(proxy: RunningProgram, current: number, waiting: number): Promise<void> {
  await proxy.untilStatistic("be", "BACKEND", "scur", String(current));
  await untilWaiting(proxy, waiting);
}

/** Waits until so many wait in all queues of the backend together. */
async function untilWaiting(proxy: RunningProgram, waiting: number): Promise<void> {
  await proxy.untilStatistic("be", "BACKEND", "qcur", String(waiting));
}

eachProgram("queues", (program) => {
  test(
    "with minconn a server takes more the fuller its backend is",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, {
        backend: "fullconn 8",
        server: "minconn 1 maxconn 4",
      });
      const requests = server.collectRequests();
      const came: number[] = [];
      for (let load = 1; load <= 9; load++) {
        await ask(stage, port, `/${load}`);
        await proxy.untilStatistic("be", "BACKEND", "scur", String(load));
        came.push(Number((await proxy.statistics("be", "s1")).scur));
      }
      // A share of maxconn as large as the share of fullconn that is there, and at least minconn. The
      // reference looks at it once a stream ends.
      if (!program.isOracle) expect(came).toEqual([1, 1, 1, 2, 2, 3, 3, 4, 4]);
      // The one who leaves still counts while its slot is passed on.
      const went: number[] = [];
      for (let load = 8; load >= 0; load--) {
        (await requests.take()).peer.send(okResponse("x"));
        await proxy.untilStatistic("be", "BACKEND", "scur", String(load));
        went.push(Number((await proxy.statistics("be", "s1")).scur));
      }
      expect(went).toEqual([4, 4, 3, 3, 2, 2, 1, 1, 0]);
    }),
  );

  test(
    "fullconn is a tenth of what the frontends let in, unless it is set",
    onStage(program, async (stage) => {
      const { proxy } = await startRelay(stage, {
        frontend: "maxconn 57",
        server: "minconn 1 maxconn 4",
      });
      expect((await proxy.statistics("be", "BACKEND")).slim).toBe("6");
    }),
  );

  test(
    "the columns of statistics tell of queues",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, { server: "maxconn 1 maxqueue 5" });
      const requests = server.collectRequests();
      const clients: Peer[] = [];
      for (let number = 0; number < 4; number++) {
        clients.push(await ask(stage, port, `/${number}`));
        await untilLoad(proxy, number + 1, number);
      }
      const waiting = await proxy.statistics("be", "s1");
      expect([waiting.scur, waiting.slim, waiting.qlimit]).toEqual(["1", "1", "5"]);
      const backend = await proxy.statistics("be", "BACKEND");
      expect([backend.qcur, backend.qmax]).toEqual(["3", "3"]);
      await Bun.sleep(30);
      for (const client of clients) {
        (await requests.take()).peer.send(okResponse("x"));
        await client.head();
      }
      await untilLoad(proxy, 0, 0);
      const after = await proxy.statistics("be", "BACKEND");
      expect([after.qcur, after.qmax]).toEqual(["0", "3"]);
      expect(Number(after.qtime)).toBeGreaterThanOrEqual(10);
      expect(Number(after.qtime_max)).toBeGreaterThanOrEqual(30);
    }),
  );

  test(
    "a full queue of a server of one's own moves one to another server",
    onStage(program, async (stage) => {
      const { port, servers, proxy } = await startRelay(stage, {
        servers: 2,
        defaults: "option redispatch",
        backend: "cookie S insert",
        server: "maxconn 1 maxqueue 1 cookie x",
      });
      for (const server of servers) server.collectRequests();
      const cookie = "Cookie: S=x\r\n";
      for (let number = 0; number < 3; number++) {
        const client = await stage.client(port, `client ${number}`);
        client.send(`GET /${number} HTTP/1.1\r\nHost: a\r\n${cookie}\r\n`);
        await proxy.untilStatistic("be", "BACKEND", "scur", String(number + 1));
      }
      // The first is served, the second waits for the same server, the third has gone elsewhere.
      await proxy.untilStatistic("be", "s2", "scur", "1");
      const first = await proxy.statistics("be", "s1");
      expect([first.scur, first.qcur]).toEqual(["1", "1"]);
    }),
  );

  test(
    "nobody waits behind a server that an operator closes",
    onStage(program, async (stage) => {
      const { port, servers, proxy } = await startRelay(stage, {
        servers: 2,
        defaults: "option redispatch",
        server: "maxconn 1",
      });
      const requests = servers.map((server) => server.collectRequests());
      const clients: Peer[] = [];
      for (let number = 0; number < 4; number++) {
        clients.push(await ask(stage, port, `/${number}`));
        await proxy.untilStatistic("be", "BACKEND", "scur", String(number + 1));
      }
      await untilWaiting(proxy, 2);
      await proxy.command("set server be/s1 state maint");
      // Those who wait are the other server's now, one by one.
      for (let turn = 0; turn < 3; turn++) {
        (await requests[1]!.take()).peer.send(okResponse("x"));
      }
      await untilLoad(proxy, 1, 0);
      (await requests[0]!.take()).peer.send(okResponse("x"));
      for (const client of clients) expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
    }),
  );

  test(
    "a server that comes back takes those who wait at once",
    onStage(program, async (stage) => {
      const { port, servers, proxy } = await startRelay(stage, { servers: 2, server: "maxconn 1" });
      const requests = servers.map((server) => server.collectRequests());
      await proxy.command("set server be/s2 state maint");
      for (let number = 0; number < 3; number++) {
        await ask(stage, port, `/${number}`);
        await proxy.untilStatistic("be", "BACKEND", "scur", String(number + 1));
      }
      await untilWaiting(proxy, 2);
      await proxy.command("set server be/s2 state ready");
      expect((await requests[1]!.take()).head[0]).toBe("GET /1 HTTP/1.1");
      await untilWaiting(proxy, 1);
    }),
  );

  test(
    "a raised maxconn of a server lets those who wait go on",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, { server: "maxconn 1" });
      const requests = server.collectRequests();
      for (let number = 0; number < 3; number++) {
        await ask(stage, port, `/${number}`);
        await untilLoad(proxy, number + 1, number);
      }
      await requests.take();
      await proxy.command("set maxconn server be/s1 3");
      const next = await ask(stage, port, "/3");
      void next;
      // The reference hands the new slots out when the next stream comes or goes.
      await proxy.untilStatistic("be", "s1", "slim", "3");
      if (!program.isOracle) await proxy.untilStatistic("be", "s1", "scur", "3");
    }),
  );

  test(
    "beyond twice what a server can do, goodput stays and waits stay bounded",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, {
        backend: "timeout queue 150ms",
        server: "maxconn 2",
      });
      const requests = server.collectRequests();
      let mostAtOnce = 0;
      let atOnce = 0;
      let served = 0;
      // Each request takes the server 10 ms: two slots make 200 a second.
      const serving = (async () => {
        for (;;) {
          const { peer } = await requests.take(4000).catch(() => ({ peer: null }));
          if (peer === null) return;
          atOnce++;
          mostAtOnce = Math.max(mostAtOnce, atOnce);
          setTimeout(() => {
            atOnce--;
            served++;
            peer.send(okResponse("x"));
          }, 10);
        }
      })();
      const results = await Promise.all(
        Array.from({ length: 60 }, async (_unused, number) => {
          const client = await ask(stage, port, `/${number}`);
          const started = performance.now();
          const status = (await client.head(6000))[0]!.split(" ")[1]!;
          return { status, tookMs: performance.now() - started };
        }),
      );
      const statuses = results.map(({ status }) => status);
      const good = statuses.filter((status) => status === "200").length;
      expect(statuses.every((status) => status === "200" || status === "503")).toBe(true);
      expect(mostAtOnce).toBeLessThanOrEqual(2);
      expect(good).toBe(served);
      expect(good).toBeGreaterThan(4);
      for (const { tookMs } of results) expect(tookMs).toBeLessThan(3000);
      await untilLoad(proxy, 0, 0);
      // Afterwards everything is as it was.
      const client = await ask(stage, port, "/after");
      expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
      void serving;
    }),
  );
});
