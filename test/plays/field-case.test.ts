import { expect, test } from "bun:test";
import type { Peer } from "../support/peer.ts";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

/** A head's lines as they came, the fields sorted: programs add them in different places. */
async function linesOf(peer: Peer): Promise<string[]> {
  const [first, ...fields] = (await peer.readUntil("\r\n\r\n")).trimEnd().split("\r\n");
  return [first!, ...fields.sort()];
}

/** Names that are spelled; all others stay as the program writes them. */
const GLOBAL = `global
  h1-case-adjust host HOST
  h1-case-adjust x-foo X-FoO
  h1-case-adjust x-new X-NEW
  h1-case-adjust content-length Content-LENGTH
  h1-case-adjust connection CONNECTION
  h1-case-adjust location LOCATION
  h1-case-adjust link LINK`;

const BOTH = "option h1-case-adjust-bogus-client\n  option h1-case-adjust-bogus-server";

eachProgram("the letter case of field names", (program) => {
  test(
    "is adjusted in requests and responses, in what rules and the program itself add",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        global: GLOBAL,
        defaults: `${BOTH}\n  option httpclose`,
        frontend: "http-request add-header x-new 1\n  http-response add-header x-new 2",
        backend: "http-send-name-header x-foo",
      });
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nhost: a\r\nx-foo: 1\r\nx-other: 2\r\n\r\n");
      const peer = await server.accept();
      expect(await linesOf(peer)).toEqual([
        "GET / HTTP/1.1",
        "CONNECTION: close",
        "HOST: a",
        "X-FoO: s1",
        "X-NEW: 1",
        "x-other: 2",
      ]);
      peer.send("HTTP/1.1 103 Early\r\nlink: 1\r\n\r\n");
      expect(await linesOf(client)).toEqual(["HTTP/1.1 103 Early", "LINK: 1"]);
      peer.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-foo: 1\r\nx-other: 2\r\n\r\nok");
      expect(await linesOf(client)).toEqual([
        "HTTP/1.1 200 OK",
        "CONNECTION: close",
        "Content-LENGTH: 2",
        "X-FoO: 1",
        "X-NEW: 2",
        "x-other: 2",
      ]);
      expect(await client.readText(2)).toBe("ok");
    }),
  );

  test(
    "is adjusted in answers of the program's own, and where protocols are switched",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        global: GLOBAL,
        defaults: BOTH,
        frontend: "http-request redirect location /b if { path /a }",
      });
      const client = await stage.client(port);
      client.send("GET /a HTTP/1.1\r\nhost: a\r\n\r\n");
      expect(await linesOf(client)).toEqual([
        "HTTP/1.1 302 Found",
        "Content-LENGTH: 0",
        "LOCATION: /b",
        "cache-control: no-cache",
      ]);
      client.send("GET /c HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: q\r\n\r\n");
      const peer = await server.accept();
      expect(await linesOf(peer)).toEqual([
        "GET /c HTTP/1.1",
        "CONNECTION: upgrade",
        "HOST: a",
        "upgrade: q",
      ]);
      peer.send("HTTP/1.1 101 Go\r\nconnection: upgrade\r\nupgrade: q\r\nx-foo: 1\r\n\r\nhost: in");
      expect(await linesOf(client)).toEqual([
        "HTTP/1.1 101 Go",
        "CONNECTION: upgrade",
        "X-FoO: 1",
        "upgrade: q",
      ]);
      expect(await client.readText(8)).toBe("host: in");
    }),
  );

  test(
    "is left alone on the side that has no option, and without one in HTTP checks",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        global: GLOBAL,
        frontend: "option h1-case-adjust-bogus-client",
      });
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nhost: a\r\nx-foo: 1\r\n\r\n");
      const peer = await server.accept();
      expect(await linesOf(peer)).toEqual(["GET / HTTP/1.1", "host: a", "x-foo: 1"]);
      peer.send(okResponse("ok", ["x-foo: 1"]));
      expect(await linesOf(client)).toContain("X-FoO: 1");
    }),
  );

  test(
    "is adjusted in HTTP checks",
    onStage(program, async (stage) => {
      const { server } = await startRelay(stage, {
        global: GLOBAL,
        backend: `option h1-case-adjust-bogus-server
  option httpchk GET /c HTTP/1.1
  http-check send hdr x-foo 1 hdr host b`,
        server: "check inter 200",
      });
      const peer = await server.accept();
      expect(await linesOf(peer)).toEqual([
        "GET /c HTTP/1.1",
        "CONNECTION: close",
        "HOST: b",
        "X-FoO: 1",
      ]);
    }),
  );
});
