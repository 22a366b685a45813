import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { HTTP_DEFAULTS, onStage } from "../support/stage.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

eachProgram("routing", (program) => {
  test(
    "use_backend without a condition wins over default_backend",
    onStage(program, async (stage) => {
      const [wanted, other] = [await stage.server("wanted"), await stage.server("other")];
      wanted.answerAll(okResponse("wanted"));
      other.answerAll(okResponse("other"));
      const port = stage.port();
      await stage.start(`
${HTTP_DEFAULTS}
frontend fe
  bind 127.0.0.1:${port}
  use_backend b2
  default_backend b1
backend b1
  server s1 127.0.0.1:${other.port}
backend b2
  server s1 127.0.0.1:${wanted.port}
`);
      const client = await stage.client(port);
      client.send(REQUEST);
      await client.head();
      expect(await client.readText(6)).toBe("wanted");
      expect(await stage.logLine()).toContain(" fe b2/s1 ");
    }),
  );

  test(
    "two frontends share a backend, each counts its own",
    onStage(program, async (stage) => {
      const server = await stage.answering(okResponse());
      const [one, two] = [stage.port(), stage.port()];
      const proxy = await stage.start(`
${HTTP_DEFAULTS}
frontend one
  bind 127.0.0.1:${one}
  default_backend be
frontend two
  bind 127.0.0.1:${two}
  default_backend be
backend be
  server s1 127.0.0.1:${server.port}
`);
      for (const port of [one, one, two]) {
        const client = await stage.client(port);
        client.send(REQUEST);
        await client.head();
        await stage.logLine();
      }
      expect((await proxy.statistics("one", "FRONTEND")).req_tot).toBe("2");
      expect((await proxy.statistics("two", "FRONTEND")).req_tot).toBe("1");
      expect((await proxy.statistics("be", "BACKEND")).stot).toBe("3");
    }),
  );

  test(
    "a frontend without a backend answers 503",
    onStage(program, async (stage) => {
      const port = stage.port();
      await stage.start(`
${HTTP_DEFAULTS}
frontend fe
  bind 127.0.0.1:${port}
`);
      const client = await stage.client(port);
      client.send(REQUEST);
      expect((await client.head())[0]).toStartWith("HTTP/1.1 503 ");
      expect(await stage.logLine()).toBe(
        'client [date] fe fe/<NOSRV> -1/-1/-1/-1/n 503 B - - SC-- 1/1/0/0/0 0/0 "GET / HTTP/1.1"',
      );
    }),
  );

  test(
    "named defaults, later defaults and `no` reach the sections that follow them",
    onStage(program, async (stage) => {
      const server = await stage.server();
      const [one, two] = [stage.port(), stage.port()];
      await stage.start(`
${HTTP_DEFAULTS}
  option forwardfor
listen one
  bind 127.0.0.1:${one}
  server s1 127.0.0.1:${server.port}
defaults later
  mode http
  timeout connect 1s
  timeout client 1s
  timeout server 1s
listen two
  bind 127.0.0.1:${two}
  no option http-server-close
  server s1 127.0.0.1:${server.port}
`);
      for (const { port, fields } of [
        { port: one, fields: ["host: a", "x-forwarded-for: 127.0.0.1"] },
        { port: two, fields: ["host: a"] },
      ]) {
        const client = await stage.client(port);
        client.send(REQUEST);
        const peer = await server.accept();
        expect(await peer.head()).toEqual(["GET / HTTP/1.1", ...fields]);
        peer.send(okResponse());
        await client.head();
      }
    }),
  );

  test(
    "a request with a body whose first server refuses reaches the next one whole",
    onStage(program, async (stage) => {
      const { port, servers } = await startRelay(stage, {
        servers: 2,
        defaults: "option redispatch 1\nretries 2",
      });
      servers[0]!.close();
      const body = "0123456789".repeat(900);
      for (let turn = 0; turn < 2; turn++) {
        const client = await stage.client(port);
        client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
        const peer = await servers[1]!.accept();
        await peer.head();
        expect(await peer.readText(body.length)).toBe(body);
        peer.send(okResponse("got it", ["Connection: close"]));
        peer.halfClose();
        expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
      }
    }),
  );

  test(
    "a head just below the buffer's limit passes whole",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      const value = "v".repeat(14_800);
      client.send(`GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${value}\r\n\r\n`);
      const peer = await server.accept();
      expect(await peer.head()).toEqual(["GET / HTTP/1.1", "host: a", `x-long: ${value}`]);
      peer.send(`HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Long: ${value}\r\n\r\n`);
      expect(await client.head()).toContain(`x-long: ${value}`);
    }),
  );

  test(
    "the first request of another client does not ride on a used server connection",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const first = await stage.client(port, "first");
      first.send(REQUEST);
      const one = await server.accept();
      await one.head();
      one.send(okResponse());
      await first.head();
      const second = await stage.client(port, "second");
      second.send(REQUEST);
      const two = await server.accept();
      await two.head();
      two.send(okResponse());
      await second.head();
      expect(server.connectionCount).toBe(2);
    }),
  );

  test(
    "option accept-invalid-http-request lets odd names pass, and no more",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        frontend: "option accept-invalid-http-request",
      });
      const client = await stage.client(port);
      client.send('GET /a"{}|b HTTP/1.1\r\nHost: a\r\nX(odd): y\r\n\r\n');
      const peer = await server.accept();
      expect(await peer.head()).toEqual(['GET /a"{}|b HTTP/1.1', "host: a", "x(odd): y"]);
      peer.send(okResponse());
      await client.head();
      const other = await stage.client(port, "other");
      other.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx");
      expect((await other.head())[0]).toStartWith("HTTP/1.1 400 ");
    }),
  );
});
