import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse, type ScriptedServer } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

/** Answers every check with the status that the returned object holds now. */
function answerChecks(server: ScriptedServer): { status: string; heads: string[] } {
  const behaviour = { status: "200 OK", heads: [] as string[] };
  server.answerAll((head, peer) => {
    behaviour.heads.push(head);
    setTimeout(() => peer.halfClose(), 0);
    return `HTTP/1.1 ${behaviour.status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`;
  });
  return behaviour;
}

eachProgram("health checks", (program) => {
  test(
    "a TCP check marks a server down after `fall` failures and up after `rise` successes",
    onStage(program, async (stage) => {
      const { proxy, server, port } = await startRelay(stage, {
        server: "check inter 40ms fall 2 rise 3",
      });
      await proxy.untilStatistic("be", "s1", "check_status", "L4OK");
      expect((await proxy.statistics("be", "s1")).status).toBe("UP");
      const log = await stage.log();
      const serverPort = server.port;
      server.close();
      await proxy.untilStatistic("be", "s1", "status", "DOWN");
      expect((await log.find(/is DOWN/)).text).toMatch(
        /^Server be\/s1 is DOWN, reason: Layer4 connection problem, info: "Connection refused( at initial connection step of tcp-check)?", check duration: \d+ms\. 0 active and 0 backup servers left\. 0 sessions active, 0 requeued, 0 remaining in queue\.$/,
      );
      expect((await log.find(/^backend/)).text).toBe("backend be has no server available!");
      const down = await proxy.statistics("be", "s1");
      expect({ fail: down.chkfail, down: down.chkdown, code: down.check_status }).toEqual({
        fail: "2",
        down: "1",
        code: "L4CON",
      });
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      expect((await client.head())[0]).toStartWith("HTTP/1.1 503 ");
      expect(await stage.logLine()).toContain(" be/<NOSRV> n/-1/-1/-1/n 503 B - - SC-- ");

      await stage.server("again", serverPort);
      await proxy.untilStatistic("be", "s1", "status", "UP");
      expect((await log.find(/is UP/)).text).toMatch(
        /^Server be\/s1 is UP, reason: Layer4 check passed, check duration: \d+ms\. 1 active and 0 backup servers online\. 0 sessions requeued, 0 total in queue\.$/,
      );
    }),
  );

  test(
    "levels of the messages: alert for down, notice for up, emergency for the last server",
    onStage(program, async (stage) => {
      const { server } = await startRelay(stage, { server: "check inter 30ms fall 1 rise 1" });
      const log = await stage.log();
      const serverPort = server.port;
      server.close();
      expect((await log.find(/is DOWN/)).level).toBe(1);
      expect((await log.find(/no server available/)).level).toBe(0);
      await stage.server("again", serverPort);
      expect((await log.find(/is UP/)).level).toBe(5);
    }),
  );

  test(
    "option httpchk asks with OPTIONS and takes 2xx and 3xx as healthy",
    onStage(program, async (stage) => {
      const { proxy, server } = await startRelay(stage, {
        backend: "option httpchk",
        server: "check inter 40ms fall 1 rise 1",
      });
      const behaviour = answerChecks(server);
      await proxy.untilStatistic("be", "s1", "check_status", "L7OK");
      expect(behaviour.heads[0]).toMatch(/^OPTIONS \/ HTTP\/1\.0\r\n/);
      const good = await proxy.statistics("be", "s1");
      expect({ code: good.check_code, status: good.status }).toEqual({
        code: "200",
        status: "UP",
      });
      behaviour.status = "302 Found";
      await proxy.untilStatistic("be", "s1", "check_code", "302");
      expect((await proxy.statistics("be", "s1")).status).toBe("UP");
      behaviour.status = "500 Oops";
      await proxy.untilStatistic("be", "s1", "status", "DOWN");
      expect((await (await stage.log()).find(/is DOWN/)).text).toMatch(
        /^Server be\/s1 is DOWN, reason: Layer7 wrong status, code: 500, info: "Oops", check duration: \d+ms\. /,
      );
      expect((await proxy.statistics("be", "s1")).check_status).toBe("L7STS");
    }),
  );

  test(
    "option httpchk takes a method, a path and a version",
    onStage(program, async (stage) => {
      const { proxy, server } = await startRelay(stage, {
        backend: "option httpchk GET /health HTTP/1.1\\r\\nHost:\\ www",
        server: "check inter 40ms",
      });
      const behaviour = answerChecks(server);
      await proxy.untilStatistic("be", "s1", "check_status", "L7OK");
      expect(behaviour.heads[0]).toMatch(/^GET \/health HTTP\/1\.1\r\n/);
      expect(behaviour.heads[0]!.toLowerCase()).toContain("host: www\r\n");
    }),
  );

  test(
    "a check that gets no answer fails after timeout check",
    onStage(program, async (stage) => {
      const { proxy } = await startRelay(stage, {
        backend: "option httpchk\ntimeout check 60ms",
        server: "check inter 50ms fall 1",
      });
      await proxy.untilStatistic("be", "s1", "check_status", "L7TOUT");
      expect((await proxy.statistics("be", "s1")).status).toBe("DOWN");
    }),
  );

  test(
    "`port` sends checks elsewhere than traffic",
    onStage(program, async (stage) => {
      const checked = await stage.server("checked");
      const { proxy, server, port } = await startRelay(stage, {
        server: `check inter 30ms port ${checked.port}`,
      });
      await proxy.untilStatistic("be", "s1", "check_status", "L4OK");
      server.answerAll(okResponse("x"));
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
      expect(server.connectionCount).toBe(1);
      checked.close();
      await proxy.untilStatistic("be", "s1", "status", "DOWN");
    }),
  );

  test(
    "requests that wait for a server that goes down are given to another",
    onStage(program, async (stage) => {
      const { proxy, servers, port } = await startRelay(stage, {
        servers: 2,
        defaults: "option redispatch",
        server: "check inter 40ms fall 1",
      });
      servers[1]!.answerAll(okResponse("s2"));
      await proxy.untilStatistic("be", "s1", "check_status", "L4OK");
      servers[0]!.close();
      await proxy.untilStatistic("be", "s1", "status", "DOWN");
      for (let request = 0; request < 3; request++) {
        const client = await stage.client(port);
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.head();
        expect(await client.readText(2)).toBe("s2");
      }
    }),
  );
});
