import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage, TCP_DEFAULTS } from "../support/stage.ts";

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

  test(
    "tcp-response content holds the server's bytes back within inspect-delay",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        mode: "tcp",
        backend:
          "tcp-response inspect-delay 2s\ntcp-response content accept if { res.payload(0,2) -m str OK }\n" +
          "tcp-response content reject if { res.len ge 2 }",
      });
      const client = await stage.client(port);
      client.send("hello");
      const peer = await server.accept();
      expect(await peer.readText(5)).toBe("hello");
      peer.send("O");
      await client.expectSilence();
      peer.send("K then");
      expect(await client.readText(7)).toBe("OK then");
      peer.send(" more");
      expect(await client.readText(5)).toBe(" more");
      client.send("bye");
      expect(await peer.readText(3)).toBe("bye");
      const other = await stage.client(port);
      other.send("hello");
      const bad = await server.accept();
      await bad.readText(5);
      bad.send("NO");
      await other.expectEnding("end");
      expect(await stage.logLine()).toMatch(/ be\/s1 n\/n\/n 2 PD /);
    }),
  );

  test(
    "tcp-response content close ends the server's side, and the client gets what came",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        mode: "tcp",
        backend:
          "tcp-response inspect-delay 2s\ntcp-response content close if { res.payload(0,3) -m str BYE }",
      });
      const client = await stage.client(port);
      client.send("hello");
      const peer = await server.accept();
      await peer.readText(5);
      peer.send("BYE");
      expect(await client.rest()).toBe("BYE");
      await peer.expectEnding("any");
      expect(await stage.logLine()).toMatch(/ be\/s1 n\/n\/n 3 -- /);
    }),
  );

  test(
    "tcp-response content sees heads in HTTP mode, and rejects without an answer",
    onStage(program, async (stage) => {
      const { port, proxy, server } = await startRelay(stage, {
        backend:
          "tcp-response inspect-delay 2s\ntcp-response content reject if { res.hdr(x-secret) -m found }",
      });
      server.answerAll((head) =>
        head.startsWith("GET /no") ? okResponse("x", ["X-Secret: 1"]) : okResponse("y"),
      );
      const client = await stage.client(port);
      client.send("GET /yes HTTP/1.1\r\nHost: a\r\n\r\n");
      await client.readUntil("y");
      client.send("GET /no HTTP/1.1\r\nHost: a\r\n\r\n");
      expect(await client.rest()).toBe("");
      const row = await proxy.statistics("be", "s1");
      expect(row.dresp).toBe("1");
    }),
  );

  test(
    "use_backend of a TCP frontend finds hosts in HTTP requests, once content has been waited for",
    onStage(program, async (stage) => {
      const first = await stage.answering(okResponse("one"));
      const second = await stage.answering(okResponse("two"));
      const port = stage.port();
      await stage.start(`${TCP_DEFAULTS}
frontend fe
  bind 127.0.0.1:${port}
  tcp-request inspect-delay 2s
  tcp-request content accept if { req.hdr(host) -m found }
  use_backend one if { req.hdr(host) one.test }
  default_backend two
backend one
  server s 127.0.0.1:${first.port}
backend two
  server s 127.0.0.1:${second.port}`);
      for (const name of ["one", "two"]) {
        const client = await stage.client(port);
        client.send("GET / HTTP/1.1\r\n");
        await client.expectSilence();
        client.send(`Host: ${name}.test\r\n\r\n`);
        expect((await client.readUntil(name)).endsWith(name)).toBe(true);
      }
    }),
  );
});
