import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

eachProgram("queue", (program) => {
  test(
    "a server at its maxconn lets the rest wait, first come first served",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, { server: "maxconn 1" });
      const requests = server.collectRequests();
      const clients = [];
      for (const path of ["/1", "/2", "/3"]) {
        const client = await stage.client(port, path);
        client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
        const queued = clients.push(client) - 1;
        // The first has the slot before the others come; those wait one behind the other.
        await proxy.untilStatistic("be", "s1", "scur", "1");
        await proxy.untilStatistic("be", "BACKEND", "qcur", String(queued));
      }
      const answered: string[] = [];
      for (let turn = 0; turn < 3; turn++) {
        const { head, peer } = await requests.take();
        answered.push(head[0]!);
        expect((await proxy.statistics("be", "s1")).scur).toBe("1");
        peer.send(okResponse("x"));
        await clients[turn]!.head();
      }
      expect(answered).toEqual(["GET /1 HTTP/1.1", "GET /2 HTTP/1.1", "GET /3 HTTP/1.1"]);
      expect(await stage.logLine()).toMatch(/ 0\/0 "GET \/1 /);
      expect(await stage.logLine()).toMatch(/ 0\/1 "GET \/2 /);
      expect(await stage.logLine()).toMatch(/ 0\/2 "GET \/3 /);
    }),
  );

  test(
    "who waits longer than timeout queue gets a 503",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, {
        server: "maxconn 1",
        backend: "timeout queue 80ms",
      });
      const first = await stage.client(port, "first");
      first.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
      await (await server.accept()).head();
      const second = await stage.client(port, "second");
      second.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
      expect((await second.head())[0]).toBe("HTTP/1.1 503 Service Unavailable");
      expect(await stage.logLine()).toBe(
        'client [date] fe be/<NOSRV> n/n/-1/-1/n 503 B - - sQ-- 2/2/1/0/0 0/1 "GET /2 HTTP/1.1"',
      );
      expect((await proxy.statistics("be", "BACKEND")).qcur).toBe("0");
    }),
  );

  test(
    "timeout connect limits the queue where timeout queue is not set",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        server: "maxconn 1",
        backend: "timeout connect 80ms",
      });
      const first = await stage.client(port, "first");
      first.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
      await (await server.accept()).head();
      const second = await stage.client(port, "second");
      second.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
      expect((await second.head())[0]).toBe("HTTP/1.1 503 Service Unavailable");
      expect(await stage.logLine()).toContain(" 503 B - - sQ-- ");
    }),
  );

  test(
    "a client that leaves the queue frees its place",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, {
        server: "maxconn 1",
        defaults: "option abortonclose",
      });
      const first = await stage.client(port, "first");
      first.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
      await (await server.accept()).head();
      const second = await stage.client(port, "second");
      second.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
      await proxy.untilStatistic("be", "BACKEND", "qcur", "1");
      second.close();
      await proxy.untilStatistic("be", "BACKEND", "qcur", "0");
      expect(await stage.logLine()).toMatch(
        / be\/<NOSRV> n\/n\/-1\/-1\/n (503|400|-1) [0B] - - CQ-- /,
      );
    }),
  );

  test(
    "a frontend at its maxconn leaves further clients in the system's queue",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, { frontend: "maxconn 1" });
      server.answerAll(okResponse("x"));
      const first = await stage.client(port, "first");
      first.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
      await first.head();
      const second = await stage.client(port, "second");
      second.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
      await second.expectSilence(40);
      expect((await proxy.statistics("fe", "FRONTEND")).scur).toBe("1");
      first.close();
      expect((await second.head())[0]).toBe("HTTP/1.1 200 OK");
    }),
  );
});

eachProgram("redispatch", (program) => {
  test(
    "sends a request whose server refuses to another one",
    onStage(program, async (stage) => {
      const { port, servers, proxy } = await startRelay(stage, {
        servers: 2,
        defaults: "option redispatch 1\nretries 2",
      });
      servers[0]!.close();
      servers[1]!.answerAll(okResponse("s2"));
      for (let request = 0; request < 4; request++) {
        const client = await stage.client(port);
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.head();
        expect(await client.readText(2)).toBe("s2");
        // The line counts streams: one that has its answer may not have ended yet.
        await proxy.untilStatistic("be", "BACKEND", "scur", "0");
      }
      expect(await stage.logLine()).toMatch(
        /^client \[date\] fe be\/s2 n\/n\/n\/n\/n 200 B - - ---- \d\/\d\/0\/0\/\+1 0\/0 "GET \/ HTTP\/1.1"$/,
      );
    }),
  );

  test(
    "without it every retry goes to the same server",
    onStage(program, async (stage) => {
      const { port, servers } = await startRelay(stage, {
        servers: 2,
        defaults: "timeout connect 20ms\nretries 1",
      });
      servers[0]!.close();
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      expect((await client.head())[0]).toBe("HTTP/1.1 503 Service Unavailable");
      expect(await stage.logLine()).toContain(" be/s1 n/n/-1/-1/n 503 B - - SC-- 1/1/0/0/1 0/0 ");
      await servers[1]!.expectNoConnection();
    }),
  );
});
