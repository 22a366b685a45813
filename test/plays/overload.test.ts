import { expect, test } from "bun:test";
import type { Peer } from "../support/peer.ts";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

eachProgram("overload", (program) => {
  test(
    "out of descriptors it goes on with what it has, and recovers",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, {
        global: "global\n  no strict-limits\n  maxconn 1000",
        defaults: "retries 0",
        run: { descriptorLimit: 64 },
      });
      server.answerAll(okResponse("x"));
      const first = await stage.client(port, "first");
      first.send(REQUEST);
      expect((await first.head())[0]).toBe("HTTP/1.1 200 OK");
      await first.read(1);
      const crowd: Peer[] = [];
      for (let number = 0; number < 120; number++) {
        const client = await stage.client(port, `crowd ${number}`);
        client.send(REQUEST);
        crowd.push(client);
      }
      await until("the crowd to be as served as it gets", async () => {
        const served = () => crowd.filter((client) => client.unread !== "").length;
        const before = served();
        await Bun.sleep(100);
        return before > 3 && served() === before;
      });
      const cpuBefore = proxy.cpuTicks;
      await Bun.sleep(300);
      // A listener that cannot accept must not be asked for it all the time.
      expect(proxy.cpuTicks - cpuBefore).toBeLessThan(15);
      first.send(REQUEST);
      expect((await first.head())[0]).toMatch(/^HTTP\/1\.1 (200|503) /);
      for (const client of crowd) client.close();
      const fresh = await until("a free place", async () => {
        const client = await stage.client(port, "fresh");
        client.send(REQUEST);
        const head = await client.head(500).catch(() => undefined);
        return head?.[0] === "HTTP/1.1 200 OK";
      });
      expect(fresh).toBe(true);
    }),
    10_000,
  );

  test(
    "says once in the log that descriptors have run out",
    onStage(program, async (stage) => {
      const { port } = await startRelay(stage, {
        global: "global\n  no strict-limits\n  maxconn 1000",
        run: { descriptorLimit: 64 },
      });
      const log = await stage.log();
      const first = await stage.client(port, "first");
      first.send("GARBAGE\r\n\r\n");
      await first.rest();
      await log.find(/BADREQ/);
      for (let number = 0; number < 120; number++) await stage.client(port);
      const alert = await log.find(/FD limit|file descriptors|too many open files/i);
      expect(alert.level).toBeLessThanOrEqual(1);
      await Bun.sleep(400);
      const repeated = log.seen.filter((entry) => entry.text === alert.text).length;
      // The reference says it again each time that it tries.
      if (program.isOracle) expect(repeated).toBeGreaterThanOrEqual(1);
      else expect(repeated).toBe(1);
    }),
  );

  test(
    "a slow client costs a place and nothing else",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, { defaults: "timeout client 5s" });
      server.answerAll(okResponse("x"));
      const slow: Peer[] = [];
      for (let number = 0; number < 200; number++) {
        const client = await stage.client(port, `slow ${number}`);
        client.send("GET / HTTP/1.1\r\nHo");
        slow.push(client);
      }
      await proxy.untilStatistic("fe", "FRONTEND", "scur", "200");
      const before = proxy.cpuTicks;
      const quick = await stage.client(port, "quick");
      for (let number = 0; number < 20; number++) {
        for (const client of slow.slice(number * 10, number * 10 + 10)) client.send("s");
        quick.send(REQUEST);
        expect((await quick.head())[0]).toBe("HTTP/1.1 200 OK");
        await quick.read(1);
      }
      expect(proxy.cpuTicks - before).toBeLessThan(30);
      for (const client of slow) client.send("t: a\r\n\r\n");
      await Promise.all(slow.slice(0, 20).map((client) => client.head()));
    }),
  );
});
