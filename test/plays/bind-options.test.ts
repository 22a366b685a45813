import { expect, test } from "bun:test";
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { HTTP_DEFAULTS, onStage, type Stage } from "../support/stage.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

async function ask(stage: Stage, to: Parameters<Stage["client"]>[0]): Promise<string> {
  const client = await stage.client(to);
  client.send(REQUEST);
  return (await client.head())[0]!;
}

/** A NetScaler header, legacy or standard, around IPv4 and TCP headers that are told or broken. */
function netscaler(isLegacy: boolean, protocol = 6): string {
  const headers = [
    ...[0x45, 0, 0, 40, 0, 0, 0, 0, 64, protocol, 0, 0, 192, 0, 2, 9, 198, 51, 100, 7],
    ...[0x30, 0x39, 0x01, 0xbb, 0, 0, 0, 0, 0, 0, 0, 0, 0x50, 0x10, 0, 0, 0, 0, 0, 0],
  ];
  const head = isLegacy ? [0, 0, 0, 40] : [0, 0, 0, 52, 0, 1, 0, 40];
  return String.fromCharCode(1, 2, 3, 4, ...head, ...headers);
}

eachProgram("bind options", (program) => {
  test(
    "a line with every option of TCP serves",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        bind: "interface lo mss 1200 defer-accept tcp-ut 5s tfo nice 5 maxconn 10 backlog 10 id 7",
      });
      server.answerAll(okResponse("x"));
      expect(await ask(stage, port)).toBe("HTTP/1.1 200 OK");
    }),
  );

  test(
    "a negative mss makes segments smaller, and serves",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { bind: "mss -100" });
      server.answerAll(okResponse("x".repeat(50_000)));
      const client = await stage.client(port);
      client.send(REQUEST);
      await client.head();
      expect(await client.readText(50_000)).toHaveLength(50_000);
    }),
  );

  test(
    "several addresses and a range of ports stand on one line",
    onStage(program, async (stage) => {
      const server = await stage.answering(okResponse());
      const first = stage.portRange(4);
      await stage.start(`
${HTTP_DEFAULTS}
listen fe
  bind 127.0.0.1:${first}-${first + 2},ipv4@127.0.0.1:${first + 3}
  server s1 127.0.0.1:${server.port}
`);
      for (let offset = 0; offset < 4; offset++) {
        expect(await ask(stage, first + offset)).toBe("HTTP/1.1 200 OK");
      }
    }),
  );

  test(
    "an IPv6 wildcard takes IPv4 clients with v4v6 and refuses them with v6only",
    onStage(program, async (stage) => {
      const server = await stage.answering(okResponse());
      const first = stage.portRange(2);
      await stage.start(`
${HTTP_DEFAULTS}
listen fe
  bind [::]:${first} v4v6
  bind [::]:${first + 1} v6only
  server s1 127.0.0.1:${server.port}
`);
      expect(await ask(stage, first)).toBe("HTTP/1.1 200 OK");
      expect(await stage.client(first + 1).catch(() => "refused")).toBe("refused");
    }),
  );

  test(
    "unix-bind sets the place and the rights of unix sockets, and a line its own",
    onStage(program, async (stage) => {
      const server = await stage.answering(okResponse());
      const prefix = join(stage.directory, "p-");
      await stage.start(`
global
  unix-bind prefix ${prefix} mode 640
${HTTP_DEFAULTS}
listen fe
  bind unix@a.sock
  bind unix@b.sock mode 600
  server s1 127.0.0.1:${server.port}
`);
      expect(statSync(`${prefix}a.sock`).mode & 0o777).toBe(0o640);
      expect(statSync(`${prefix}b.sock`).mode & 0o777).toBe(0o600);
      expect(await ask(stage, { path: `${prefix}a.sock` })).toBe("HTTP/1.1 200 OK");
      expect(await ask(stage, { path: `${prefix}b.sock` })).toBe("HTTP/1.1 200 OK");
    }),
  );

  test(
    "an address in use is named with its line, and nothing is left bound",
    onStage(program, async (stage) => {
      const taken = stage.inheritableListener();
      const directory = join(stage.directory, "sockets");
      mkdirSync(directory);
      const path = await stage.configure(`
${HTTP_DEFAULTS}
frontend fe
  bind ${directory}/a.sock
  bind 127.0.0.1:${taken.port}
`);
      const { status, stderr } = await stage.run(["-db", "-f", path]);
      expect(status).toBe(1);
      expect(stderr).toMatch(/Binding \[\S*cfg:\d+\] for frontend fe: cannot bind socket /);
      expect(stderr).toContain(`(Address already in use) for [127.0.0.1:${taken.port}]`);
      // The reference leaves what it made.
      if (!program.isOracle) expect(readdirSync(directory)).toEqual([]);
    }),
  );

  test(
    "a NetScaler header tells the client's address",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        bind: "accept-netscaler-cip 16909060",
        frontend: "option forwardfor",
      });
      server.answerAll(okResponse("x"));
      for (const isLegacy of [true, false]) {
        const client = await stage.client(port);
        client.send(netscaler(isLegacy) + REQUEST);
        expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
        expect(await stage.rawLogLine()).toStartWith("192.0.2.9:12345 ");
      }
    }),
  );

  // The reference wants it in one piece.
  test.skipIf(program.isOracle)(
    "a NetScaler header that comes byte by byte is read",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { bind: "accept-netscaler-cip 16909060" });
      server.answerAll(okResponse("x"));
      const client = await stage.client(port);
      for (const byte of netscaler(false) + REQUEST) client.send(byte);
      expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
      expect(await stage.rawLogLine()).toStartWith("192.0.2.9:12345 ");
    }),
  );

  test(
    "a client without the header that its line expects is turned away",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { bind: "accept-netscaler-cip 16909060" });
      server.answerAll(okResponse("x"));
      for (const sent of [REQUEST, netscaler(true, 17) + REQUEST]) {
        const client = await stage.client(port);
        client.send(sent);
        expect(await client.rest().catch(() => "")).toBe("");
      }
      const log = await stage.log();
      await log.find(/Received an invalid NetScaler Client IP magic number/);
      await log.find(/Received an unhandled protocol in the NetScaler Client IP header/);
    }),
  );

  test(
    "with accept-proxy too the PROXY header comes second and has the last word",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        bind: "accept-proxy accept-netscaler-cip 16909060",
      });
      server.answerAll(okResponse("x"));
      const client = await stage.client(port);
      client.send(`${netscaler(true)}PROXY TCP4 192.0.2.1 192.0.2.2 7 8\r\n${REQUEST}`);
      expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
      expect(await stage.rawLogLine()).toStartWith("192.0.2.1:7 ");
    }),
  );
});
