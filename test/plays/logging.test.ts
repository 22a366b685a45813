import { expect, test } from "bun:test";
import { join } from "node:path";
import { logTimers } from "../support/log-line.ts";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";
import { UnixSink } from "../support/unix-sink.ts";
import { until } from "../support/waiting.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/** The scheduler of a busy machine may add this much to any timer. */
const LATE_MS = 60;

/** Two clocks in whole milliseconds, and a sleep that may end a little early. */
const EARLY_MS = 5;

eachProgram("logging", (program) => {
  test(
    "a datagram has priority, date, tag, process id and a final newline",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage);
      server.answerAll(okResponse());
      const client = await stage.client(port);
      client.send(REQUEST);
      const entry = await (await stage.log()).take();
      expect(entry.raw).toMatch(
        /^<134>[A-Z][a-z]{2} [ 1-3]\d \d\d:\d\d:\d\d haproxy\[\d+\]: .*\n$/s,
      );
      expect({ pid: entry.pid, facility: entry.facility, level: entry.level }).toEqual({
        pid: proxy.pid,
        facility: 16,
        level: 6,
      });
    }),
  );

  test(
    "log-tag and the facility of the log line are used",
    onStage(program, async (stage) => {
      const sink = await stage.log();
      const { port, server } = await startRelay(stage, {
        global: "global\n  log-tag edge",
        defaults: `no log\nlog 127.0.0.1:${sink.port} daemon`,
      });
      server.answerAll(okResponse());
      const client = await stage.client(port);
      client.send(REQUEST);
      const entry = await sink.take();
      expect({ tag: entry.tag, facility: entry.facility }).toEqual({ tag: "edge", facility: 3 });
    }),
  );

  test(
    "a level on the log line keeps chattier messages away",
    onStage(program, async (stage) => {
      const sink = await stage.log();
      const { port, server } = await startRelay(stage, {
        defaults: `no log\nlog 127.0.0.1:${sink.port} local0 notice`,
      });
      server.answerAll(okResponse());
      const client = await stage.client(port);
      client.send(REQUEST);
      await client.head();
      await sink.expectNothing();
    }),
  );

  test(
    "option dontlog-normal keeps quiet about what went well",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        defaults: "option dontlog-normal\nretries 0",
      });
      const client = await stage.client(port);
      client.send(REQUEST);
      const peer = await server.accept();
      await peer.head();
      peer.send(okResponse());
      await client.head();
      client.send("GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
      await peer.head();
      peer.send("garbage\r\n\r\n");
      expect(await stage.logLine()).toContain('"GET /second HTTP/1.1"');
    }),
  );

  test(
    "logs to a unix socket",
    onStage(program, async (stage) => {
      const path = join(stage.directory, "log.sock");
      const sink = new UnixSink(path);
      stage.onEnd(() => sink.close());
      const { port, server } = await startRelay(stage, {
        defaults: `no log\nlog ${path} local1`,
      });
      server.answerAll(okResponse());
      const client = await stage.client(port);
      client.send(REQUEST);
      const text = await until("a datagram", () => sink.receive());
      expect(text).toMatch(/^<142>.* \w+\[\d+\]: 127\.0\.0\.1:\d+ \[.* "GET \/ HTTP\/1\.1"\n$/s);
    }),
  );

  test(
    "logs raw lines to the standard output",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, {
        defaults: "no log\nlog stdout format raw local0",
      });
      server.answerAll(okResponse());
      const client = await stage.client(port);
      client.send(REQUEST);
      await until("the line", () =>
        /^127\.0\.0\.1:\d+ \[.*"GET \/ HTTP\/1\.1"$/m.test(proxy.output),
      );
    }),
  );

  test(
    "control characters and quotes of a request are written in hexadecimal",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      server.answerAll(okResponse());
      const client = await stage.client(port);
      client.send('GET /a"b#c HTTP/1.1\r\nHost: a\r\n\r\n'.replace("#c", "c"));
      await client.head();
      expect(await stage.rawLogLine()).toEndWith('"GET /a#22bc HTTP/1.1"');
    }),
  );

  test(
    "a line is cut at the longest that a datagram may be",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      server.answerAll(okResponse());
      const client = await stage.client(port);
      client.send(`GET /${"x".repeat(4000)} HTTP/1.1\r\nHost: a\r\n\r\n`);
      await client.head();
      const entry = await (await stage.log()).take();
      expect(entry.raw.length).toBeLessThanOrEqual(1025);
      expect(entry.raw.length).toBeGreaterThan(1000);
    }),
  );

  test(
    "the timers tell who was slow: the client, the queue, the server",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, { server: "maxconn 1" });
      const first = await stage.client(port, "first");
      first.send("GET /1 HTTP/1.1\r\n");
      await Bun.sleep(100);
      first.send("Host: a\r\n\r\n");
      const peer = await server.accept();
      await peer.head();
      const second = await stage.client(port, "second");
      second.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
      await proxy.untilStatistic("be", "BACKEND", "qcur", "1");
      await Bun.sleep(150);
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\na");
      await Bun.sleep(80);
      peer.send("b");
      peer.halfClose();
      const [request, queue, connect, response, active] = logTimers(await stage.rawLogLine());
      expect(request).toBeWithin(100 - EARLY_MS, 100 + LATE_MS);
      expect(queue).toBeWithin(0, LATE_MS);
      expect(connect).toBeWithin(0, LATE_MS);
      expect(response).toBeWithin(150 - EARLY_MS, 150 + LATE_MS);
      expect(active).toBeWithin(330 - EARLY_MS, 330 + 2 * LATE_MS);
      const next = await server.accept();
      await next.head();
      next.send(okResponse());
      const [, waited] = logTimers(await stage.rawLogLine());
      expect(waited).toBeWithin(225 - EARLY_MS, 225 + 2 * LATE_MS);
    }),
  );
});
