import { expect, test } from "bun:test";
import type { Peer } from "../support/peer.ts";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { HTTP_DEFAULTS, onStage } from "../support/stage.ts";

/** What 1.9 wrote, and what replaces it for the reference, which has dropped these rules. */
eachProgram("rules on lines", (program) => {
  const lines = (old: readonly string[], today: readonly string[]) =>
    (program.isOracle ? today : old).join("\n  ");

  test(
    "rewrite both ways on a connection that stays, the frontend before the backend",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        frontend: lines(
          [
            "reqrep ^([^\\ :]*)\\ /static/(.*) \\1\\ /\\2",
            "reqiallow ^host:\\ good",
            "reqideny ^host:\\ (good|bad)",
            "reqadd x-order:\\ front",
            "rspirep ^(location):\\ http://in(.*) \\1:\\ \\2",
          ],
          [
            "http-request replace-pathq ^/static/(.*) /\\1",
            "http-request deny if { hdr(host) -m beg bad }",
            "http-request add-header x-order front",
            "http-response replace-header location http://in(.*) \\1",
          ],
        ),
        backend: lines(
          ["reqirep ^x-order:\\ (.*) x-order:\\ \\1,back", "rspidel ^server:"],
          ["http-request set-header x-order front,back", "http-response del-header server"],
        ),
      });
      const client = await stage.client(port);
      let peer: Peer | undefined;
      for (const path of ["/a", "/b?c"]) {
        client.send(`GET /static${path} HTTP/1.1\r\nhost: good\r\n\r\n`);
        peer ??= await server.accept();
        expect(await peer.head()).toEqual([
          `GET ${path} HTTP/1.1`,
          "host: good",
          "x-order: front,back",
        ]);
        peer.send(
          "HTTP/1.1 302 Found\r\nserver: x\r\nlocation: http://in/y\r\ncontent-length: 0\r\n\r\n",
        );
        expect(await client.head()).toEqual([
          "HTTP/1.1 302 Found",
          "location: /y",
          "content-length: 0",
        ]);
      }
      client.send("GET / HTTP/1.1\r\nhost: bad\r\n\r\n");
      expect((await client.head())[0]).toBe("HTTP/1.1 403 Forbidden");
      expect(await stage.logLine()).toMatch(/ 302 /);
      expect(await stage.logLine()).toMatch(/ 302 /);
      expect(await stage.logLine()).toMatch(/ fe fe\/<NOSRV> .* 403 .* PR-- /);
    }),
  );

  test(
    "reqsetbe chooses a backend before use_backend does, and the first that matches wins",
    onStage(program, async (stage) => {
      const names = ["one", "two", "three", "four"];
      const ports = await Promise.all(
        names.map(async (name) => (await stage.answering(okResponse(name))).port),
      );
      const port = stage.port();
      const backends = names.map((name, index) => {
        return `backend ${name}\n  server s 127.0.0.1:${ports[index]}\n`;
      });
      await stage.start(`
${HTTP_DEFAULTS}
frontend fe
  bind 127.0.0.1:${port}
  ${lines(
    ["reqisetbe ^[^\\ ]*\\ /(img|css) one", "reqisetbe ^host:\\ b two", "reqsetbe ^Host: four"],
    ["use_backend one if { path_beg -i /img /css }", "use_backend two if { hdr_beg(host) b }"],
  )}
  use_backend three if { path /three /img/three }
  default_backend four
${backends.join("")}`);
      const client = await stage.client(port);
      for (const [path, host, wanted] of [
        ["/IMG/x", "a", "one"],
        ["/img/three", "b", "one"],
        ["/three", "b", "two"],
        ["/three", "a", "three"],
        ["/", "a", "four"],
      ]) {
        client.send(`GET ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
        await client.head();
        expect(await client.readText(wanted!.length)).toBe(wanted!);
      }
    }),
  );

  test(
    "a tarpit holds the client for its time, then answers 500",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        defaults: "timeout tarpit 150ms",
        frontend: lines(
          ["reqipass ^user-agent:.*mozilla", "reqitarpit ^user-agent:"],
          ["http-request tarpit if { hdr(user-agent) -m found }"],
        ),
      });
      const client = await stage.client(port);
      const startMs = performance.now();
      client.send("GET / HTTP/1.1\r\nhost: a\r\nuser-agent: bot\r\n\r\n");
      expect((await client.head())[0]).toMatch(/^HTTP\/1\.1 500 /);
      expect(performance.now() - startMs).toBeGreaterThan(140);
      await server.expectNoConnection();
      expect(await stage.logLine()).toMatch(/ 500 .* PT-- /);
    }),
  );

  test(
    "a listen section runs its rules once",
    onStage(program, async (stage) => {
      const server = await stage.server();
      const port = stage.port();
      await stage.start(`
${HTTP_DEFAULTS}
listen fe
  bind 127.0.0.1:${port}
  ${lines(
    ["cliexp ^x:(.*) x:\\ +\\1", "reqadd y:\\ 1", "srvexp ^z:(.*) z:\\ +\\1"],
    [
      "http-request replace-header x (.*) '+ \\1'",
      "http-request add-header y 1",
      "http-response replace-header z (.*) '+ \\1'",
    ],
  )}
  server s1 127.0.0.1:${server.port}
`);
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nhost: a\r\nx: 1\r\n\r\n");
      const peer = await server.accept();
      expect(await peer.head()).toEqual(["GET / HTTP/1.1", "host: a", "x: + 1", "y: 1"]);
      peer.send("HTTP/1.1 200 OK\r\nz: 2\r\ncontent-length: 0\r\n\r\n");
      expect(await client.head()).toContain("z: + 2");
    }),
  );
});
