import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { HTTP_DEFAULTS, onStage } from "../support/stage.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

eachProgram("addresses that rules set", (program) => {
  test(
    "a server at 0.0.0.0 is the one that set-dst and set-dst-port name, request by request",
    onStage(program, async (stage) => {
      const first = await stage.answering(okResponse("one"));
      const second = await stage.answering(okResponse("two"));
      const port = stage.port();
      await stage.start(`${HTTP_DEFAULTS}
frontend fe
  bind 127.0.0.1:${port}
  http-request set-dst req.hdr(x-to)
  http-request set-dst-port req.hdr(x-port)
  default_backend be
backend be
  http-reuse always
  server s 0.0.0.0:0`);
      for (let client = 0; client < 2; client++) {
        const peer = await stage.client(port);
        for (const [to, text] of [
          [first.port, "one"],
          [second.port, "two"],
          [second.port, "two"],
          [first.port, "one"],
        ] as const) {
          peer.send(GET.replace("\r\n\r\n", `\r\nX-To: 127.0.0.1\r\nX-Port: ${to}\r\n\r\n`));
          expect((await peer.readUntil(text)).endsWith(text)).toBe(true);
        }
        peer.close();
      }
    }),
  );

  test(
    "an idle connection serves only clients that came to the same port, where servers follow it",
    onStage(program, async (stage) => {
      const port = stage.portRange(4);
      (await stage.server("first", port + 2)).answerAll(okResponse("one"));
      (await stage.server("second", port + 3)).answerAll(okResponse("two"));
      await stage.start(`${HTTP_DEFAULTS}
listen l
  http-reuse always
  bind 127.0.0.1:${port}
  bind 127.0.0.1:${port + 1}
  server s 127.0.0.1:+2`);
      for (const [to, text] of [
        [port, "one"],
        [port + 1, "two"],
        [port, "one"],
      ] as const) {
        const client = await stage.client(to);
        client.send(GET);
        expect((await client.readUntil(text)).endsWith(text)).toBe(true);
        client.close();
      }
    }),
  );

  test(
    "the source that a rule sets is the one that usesrc presents",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        frontend: "http-request set-src req.hdr(x-from)",
        backend: "source 127.0.0.1 usesrc clientip",
      });
      const client = await stage.client(port);
      for (const from of ["127.0.0.77", "127.0.0.78"]) {
        client.send(GET.replace("\r\n\r\n", `\r\nX-From: ${from}\r\n\r\n`));
        const peer = await server.accept();
        expect(peer.remote.address).toBe(from);
        await peer.head();
        peer.send(okResponse("x"));
        await client.readUntil("x");
      }
    }),
  );

  test(
    "balance source follows it",
    onStage(program, async (stage) => {
      const { port, servers } = await startRelay(stage, {
        frontend: "http-request set-src req.hdr(x-from)",
        backend: "balance source",
        servers: 2,
      });
      for (const [index, server] of servers.entries()) {
        server.answerAll(okResponse(`s${index}.`));
      }
      const client = await stage.client(port);
      const answered = new Set<string>();
      for (let last = 1; last < 10; last++) {
        client.send(GET.replace("\r\n\r\n", `\r\nX-From: 192.0.2.${last}\r\n\r\n`));
        answered.add((await client.readUntil(".")).slice(-3));
      }
      expect(answered.size).toBeGreaterThan(1);
    }),
  );

  test(
    "%fi and %fp tell where a client of a wildcard came to",
    onStage(program, async (stage) => {
      const server = await stage.answering(okResponse("x"));
      const port = stage.port();
      await stage.start(`${HTTP_DEFAULTS}
frontend fe
  bind :${port}
  log-format "%ci:%cp [%t] %fi:%fp"
  default_backend be
backend be
  server s 127.0.0.1:${server.port}`);
      const client = await stage.client({ port, host: "127.0.0.5" });
      client.send(GET);
      await client.readUntil("x");
      expect(await stage.rawLogLine()).toEndWith(` 127.0.0.5:${port}`);
    }),
  );

  test(
    "formats of rules hold nothing where lines of the log have a dash",
    onStage(program, async (stage) => {
      const port = stage.port();
      await stage.start(`${HTTP_DEFAULTS}
frontend fe
  bind 127.0.0.1:${port}
  unique-id-format "%bi|%CC|%ci"
  http-request set-var-fmt(txn.raw) "%bi|%{+X}bp|%{+E}CC|%{+Q}CC|%[req.hdr(x-none)]"
  http-request return status 200 content-type text/plain lf-string "%bi|%sp|%CS|%[unique-id] %[var(txn.raw)] end"`);
      const client = await stage.client(port);
      client.send(GET);
      const answer = await client.readUntil(" end");
      expect(answer).toEndWith('\r\n\r\n|||||127.0.0.1 |||""| end');
    }),
  );

  test(
    "formats of rules tell addresses that lines of the log do not",
    onStage(program, async (stage) => {
      const server = await stage.answering(okResponse("x"));
      const port = stage.port();
      await stage.start(`${HTTP_DEFAULTS}
frontend fe
  bind :${port}
  log-format "%ci"
  tcp-request connection set-var-fmt(sess.new) "%ci>%fi:%fp"
  http-response set-header X-New %[var(sess.new)]
  http-response set-header X-Way "%ci>%fi:%fp %bi>%si"
  default_backend be
backend be
  server s 127.0.0.1:${server.port}`);
      const client = await stage.client({ port, host: "127.0.0.5" });
      client.send(GET);
      const answer = (await client.readUntil("\r\n\r\nx")).toLowerCase();
      expect(answer).toContain(`x-new: 127.0.0.1>127.0.0.5:${port}\r\n`);
      expect(answer).toContain(`x-way: 127.0.0.1>127.0.0.5:${port} 127.0.0.1>127.0.0.1\r\n`);
    }),
  );
});
