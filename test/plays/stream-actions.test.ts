import { expect, test } from "bun:test";
import type { Peer } from "../support/peer.ts";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/** What the kernel tells of the program's connections that come from a port of its own. */
async function socketsOf(port: number): Promise<string> {
  const child = Bun.spawn(
    ["ss", "-Htne", "--tos", "state", "established", `( sport = :${port} )`],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  return await new Response(child.stdout).text();
}

eachProgram("actions on streams", (program) => {
  test(
    "queues are served by class, then by time and offset, then in turn",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, {
        server: "maxconn 1",
        frontend:
          "http-request set-priority-class req.hdr(x-class)\n" +
          "http-request set-priority-offset req.hdr(x-offset)",
      });
      const requests = server.collectRequests();
      const waiting: readonly (readonly [string, string])[] = [
        ["/first", ""],
        ["/nice", "x-class: 10\r\n"],
        ["/plain", ""],
        ["/late", "x-offset: 20000\r\n"],
        ["/urgent-late", "x-class: -5\r\nx-offset: 20000\r\n"],
        ["/urgent", "x-class: -5\r\n"],
        ["/early", "x-offset: -20000\r\n"],
        ["/too-urgent", "x-class: -9999\r\n"],
        ["/plain-too", ""],
      ];
      for (const [index, [path, fields]] of waiting.entries()) {
        const client = await stage.client(port, path);
        client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`);
        await proxy.untilStatistic("be", "s1", "scur", "1");
        await proxy.untilStatistic("be", "BACKEND", "qcur", String(index));
      }
      const served: string[] = [];
      const logged: string[] = [];
      for (let turn = 0; turn < waiting.length; turn++) {
        const { head, peer } = await requests.take();
        served.push(head[0]!.split(" ")[1]!);
        peer.send(okResponse("x"));
        logged.push((await stage.logLine()).replace(/^.* (\d+\/\d+) "GET (\S+) .*$/, "$2 $1"));
      }
      expect(served).toEqual([
        ...["/first", "/too-urgent", "/urgent", "/urgent-late", "/early"],
        ...["/plain", "/plain-too", "/late", "/nice"],
      ]);
      expect(logged).toEqual(served.map((path, turn) => `${path} 0/${turn}`));
    }),
  );

  test(
    "who waits for one server and who waits for any are compared by class",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, {
        server: "maxconn 1 cookie one",
        backend: "cookie SRV insert\nhttp-request set-priority-class req.hdr(x-class)",
      });
      const requests = server.collectRequests();
      const ask = async (path: string, fields: string, queued: readonly [string, string]) => {
        const client = await stage.client(port, path);
        client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`);
        await proxy.untilStatistic("be", "s1", "scur", "1");
        await proxy.untilStatistic("be", queued[0], "qcur", queued[1]);
      };
      await ask("/first", "", ["s1", "0"]);
      await ask("/bound", "Cookie: SRV=one\r\n", ["s1", "1"]);
      await ask("/any-urgent", "x-class: -1\r\n", ["BACKEND", "1"]);
      await ask("/bound-urgent", "Cookie: SRV=one\r\nx-class: -2\r\n", ["s1", "2"]);
      const served: string[] = [];
      for (let turn = 0; turn < 4; turn++) {
        const { head, peer } = await requests.take();
        served.push(head[0]!.split(" ")[1]!);
        peer.send(okResponse("x"));
      }
      expect(served).toEqual(["/first", "/bound-urgent", "/any-urgent", "/bound"]);
    }),
  );

  test(
    "streams of bytes have priorities as well",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, {
        mode: "tcp",
        server: "maxconn 1",
        frontend:
          "tcp-request inspect-delay 5s\n" +
          "tcp-request content set-priority-class req.payload(0,2),lower if { req.len ge 2 }\n" +
          "tcp-request content accept if { req.len ge 2 }",
      });
      const clients = new Map<string, Peer>();
      for (const [index, text] of ["00", "09", "-1"].entries()) {
        const client = await stage.client(port, text);
        clients.set(text, client);
        client.send(text);
        await proxy.untilStatistic("be", "s1", "scur", "1");
        await proxy.untilStatistic("be", "BACKEND", "qcur", String(index));
      }
      const served: string[] = [];
      for (let turn = 0; turn < 3; turn++) {
        const peer = await server.accept();
        const text = await peer.readText(2);
        served.push(text);
        clients.get(text)!.close();
        peer.close();
      }
      expect(served).toEqual(["00", "-1", "09"]);
    }),
  );

  test(
    "set-timeout gives one stream a time of its own for its server",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        backend: "http-request set-timeout server 80ms if { path /short }",
      });
      const client = await stage.client(port);
      client.send("GET /short HTTP/1.1\r\nHost: a\r\n\r\n");
      await (await server.accept()).head();
      expect((await client.head())[0]).toBe("HTTP/1.1 504 Gateway Time-out");
      const other = await stage.client(port);
      other.send(GET);
      const peer = await server.accept();
      await peer.head();
      await other.expectSilence(160);
      peer.send(okResponse("x"));
      expect((await other.head())[0]).toBe("HTTP/1.1 200 OK");
    }),
  );

  test(
    "set-timeout gives one tunnel a time of its own",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        backend: "timeout tunnel 10s\nhttp-request set-timeout tunnel int(80)",
      });
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
      const peer = await server.accept();
      await peer.head();
      peer.send("HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
      expect((await client.head())[0]).toBe("HTTP/1.1 101 Switching");
      await client.expectEnding();
    }),
  );

  test(
    "disable-l7-retry lets a server see a request once",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        backend:
          "retries 2\nretry-on empty-response\nhttp-request disable-l7-retry if { path /once }",
      });
      const once = await stage.client(port);
      once.send("GET /once HTTP/1.1\r\nHost: a\r\n\r\n");
      const peer = await server.accept();
      await peer.head();
      peer.close();
      expect((await once.head())[0]).toBe("HTTP/1.1 502 Bad Gateway");
      const again = await stage.client(port);
      again.send("GET /again HTTP/1.1\r\nHost: a\r\n\r\n");
      const refused = await server.accept();
      await refused.head();
      refused.close();
      const second = await server.accept();
      expect((await second.head())[0]).toBe("GET /again HTTP/1.1");
      second.send(okResponse("x"));
      expect((await again.head())[0]).toBe("HTTP/1.1 200 OK");
    }),
  );

  test(
    "early hints go out while the server has not answered",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        frontend:
          "http-request early-hint Link </a.css>;rel=preload\nhttp-request early-hint X-B %[method]",
      });
      const client = await stage.client(port);
      for (let turn = 0; turn < 2; turn++) {
        client.send(GET);
        expect(await client.head()).toEqual([
          "HTTP/1.1 103 Early Hints",
          "link: </a.css>;rel=preload",
          "x-b: GET",
        ]);
        const peer = await server.accept();
        await peer.head();
        await client.expectSilence();
        peer.send(okResponse("x", ["connection: close"]));
        peer.halfClose();
        expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
        expect(await client.readText(1)).toBe("x");
      }
    }),
  );

  test.skipIf(Bun.which("ss") === null)(
    "set-tos marks packets to the client",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        frontend:
          "tcp-request connection set-tos 0x20\n" +
          "http-request set-tos 64 if { path /request }\n" +
          "http-response set-tos 0x60 if { res.hdr(x-b) -m found }",
      });
      server.answerAll(okResponse("x", ["x-b: 1"]));
      const client = await stage.client(port);
      await client.expectSilence();
      expect(await socketsOf(port)).toContain("tos:0x20");
      const other = await stage.client(port);
      other.send("GET /request HTTP/1.1\r\nHost: a\r\n\r\n");
      await other.head();
      expect(await socketsOf(port)).toContain("tos:0x60");
    }),
  );

  test.skipIf(Bun.which("ss") === null)(
    "rules on the content of responses mark packets to the client as well",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        mode: "tcp",
        backend: "tcp-response content set-tos 0x48\ntcp-response content set-nice 10",
      });
      const client = await stage.client(port);
      client.send("hello");
      const peer = await server.accept();
      expect(await peer.readText(5)).toBe("hello");
      peer.send("answer");
      expect(await client.readText(6)).toBe("answer");
      expect(await socketsOf(port)).toContain("tos:0x48");
    }),
  );

  test.skipIf(Bun.which("ss") === null || process.getuid?.() !== 0)(
    "set-mark marks packets to the client",
    onStage(program, async (stage) => {
      const { port } = await startRelay(stage, {
        frontend: "tcp-request session set-mark 0xfffffff1",
      });
      const client = await stage.client(port);
      await client.expectSilence();
      expect(await socketsOf(port)).toContain("fwmark:0xfffffff1");
    }),
  );

  test(
    "of what comes at once, urgent streams are served first and nice ones last",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, {
        global: "nbthread 1",
        frontend:
          "http-request set-nice 1024 if { path_beg /nice }\n" +
          "http-request set-nice -1024 if { path_beg /urgent }",
      });
      const paths = ["/nice-1", "/plain-1", "/urgent-1", "/nice-2", "/plain-2", "/urgent-2"];
      const peers = [];
      for (const path of paths) {
        const client = await stage.client(port, path);
        client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
        const peer = await server.accept();
        await peer.head();
        peers.push(peer);
      }
      process.kill(proxy.pid, "SIGSTOP");
      for (const peer of peers) peer.send(okResponse("x"));
      await Bun.sleep(30);
      process.kill(proxy.pid, "SIGCONT");
      const order: string[] = [];
      for (const _ of paths) {
        order.push((await stage.logLine()).replace(/^.*"GET \/([a-z]+)-\d .*$/, "$1"));
      }
      expect(order).toEqual(["urgent", "urgent", "plain", "plain", "nice", "nice"]);
    }),
  );
});
