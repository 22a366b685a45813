import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

eachProgram("rules on connections and content", (program) => {
  test(
    "tcp-request connection closes what it rejects, and counts it",
    onStage(program, async (stage) => {
      const { port, proxy } = await startRelay(stage, {
        frontend: "tcp-request connection reject if { always_true }",
      });
      // The reset may come while the client still connects.
      const client = await stage.client(port).catch(() => undefined);
      await client?.expectEnding("any");
      await proxy.untilStatistic("fe", "FRONTEND", "dcon", "1");
    }),
  );

  test(
    "tcp-request session closes what it rejects, and counts it",
    onStage(program, async (stage) => {
      const { port, proxy } = await startRelay(stage, {
        frontend: "tcp-request session reject unless { always_false }",
      });
      const client = await stage.client(port);
      await client.expectEnding("any");
      expect((await proxy.statistics("fe", "FRONTEND")).dses).toBe("1");
    }),
  );

  test(
    "tcp-request content waits for bytes within inspect-delay",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        mode: "tcp",
        frontend:
          "tcp-request inspect-delay 2s\ntcp-request content accept if { req.len ge 4 }\ntcp-request content reject",
      });
      const client = await stage.client(port);
      client.send("ab");
      await client.expectSilence();
      client.send("cd");
      const peer = await server.accept();
      expect(await peer.readText(4)).toBe("abcd");
      peer.send("answer");
      expect(await client.readText(6)).toBe("answer");
    }),
  );

  test(
    "tcp-request content rejects once inspect-delay is over",
    onStage(program, async (stage) => {
      const { port } = await startRelay(stage, {
        mode: "tcp",
        frontend:
          "tcp-request inspect-delay 80ms\ntcp-request content accept if { req.len ge 4 }\ntcp-request content reject",
      });
      const client = await stage.client(port);
      client.send("ab");
      await client.expectEnding("any");
      expect(await stage.logLine()).toMatch(/ fe fe\/<NOSRV> -1\/-1\/n .* PR /);
    }),
  );

  test(
    "wait_end holds a stream back for the whole of inspect-delay",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        mode: "tcp",
        backend: "tcp-request inspect-delay 150ms\ntcp-request content accept if WAIT_END",
      });
      const client = await stage.client(port);
      client.send("hello");
      const started = performance.now();
      const peer = await server.accept();
      expect(performance.now() - started).toBeGreaterThan(100);
      expect(await peer.readText(5)).toBe("hello");
    }),
  );

  test(
    "a client that ends its side ends the wait",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        mode: "tcp",
        frontend: "tcp-request inspect-delay 3s\ntcp-request content accept if WAIT_END",
      });
      const client = await stage.client(port);
      client.send("hello");
      client.close();
      const peer = await server.accept(1500);
      expect(await peer.readText(5)).toBe("hello");
    }),
  );

  test(
    "rules on content run for each request in HTTP mode",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        frontend: "tcp-request content reject if { path /no }",
      });
      const client = await stage.client(port);
      client.send("GET /yes HTTP/1.1\r\nHost: a\r\n\r\n");
      const peer = await server.accept();
      await peer.head();
      peer.send(okResponse("x"));
      expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
      await client.read(1);
      client.send("GET /no HTTP/1.1\r\nHost: a\r\n\r\n");
      await client.expectEnding("any");
    }),
  );
});
