import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

eachProgram("keep-alive", (program) => {
  test(
    "carries several requests over one connection on each side",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage);
      const client = await stage.client(port);
      client.send("GET /one HTTP/1.1\r\nHost: a\r\nX-Mixed: Case\r\n\r\n");
      const peer = await server.accept();
      for (const path of ["/one", "/two", "/three"]) {
        if (path !== "/one")
          client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\nX-Mixed: Case\r\n\r\n`);
        expect(await peer.head()).toEqual([`GET ${path} HTTP/1.1`, "host: a", "x-mixed: Case"]);
        peer.send(okResponse("hello", ["X-Answer: Yes"]));
        expect(await client.head()).toEqual([
          "HTTP/1.1 200 OK",
          "content-length: 5",
          "x-answer: Yes",
        ]);
        expect(await client.readText(5)).toBe("hello");
        expect(await stage.logLine()).toBe(
          `client [date] fe be/s1 n/n/n/n/n 200 B - - ---- 1/1/0/0/0 0/0 "GET ${path} HTTP/1.1"`,
        );
      }
      expect(server.connectionCount).toBe(1);
      const row = await proxy.statistics("be", "s1");
      expect({ requests: row.req_tot, connects: row.connect, reuses: row.reuse }).toEqual({
        requests: "3",
        connects: "1",
        reuses: "2",
      });
    }),
  );

  test(
    "answers pipelined requests in order, one at a time towards the server",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send(
        ["/1", "/2", "/3"].map((path) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`).join(""),
      );
      const peer = await server.accept();
      for (const path of ["/1", "/2", "/3"]) {
        expect(await peer.head()).toEqual([`GET ${path} HTTP/1.1`, "host: a"]);
        await peer.expectSilence(20);
        peer.send(okResponse(path));
        expect(await client.head()).toEqual(["HTTP/1.1 200 OK", "content-length: 2"]);
        expect(await client.readText(2)).toBe(path);
      }
      for (const path of ["/1", "/2", "/3"]) {
        expect(await stage.logLine()).toContain(`"GET ${path} HTTP/1.1"`);
      }
    }),
  );

  test(
    "answers a pipelined request that follows a body",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send(
        "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbodyGET /2 HTTP/1.1\r\nHost: a\r\n\r\n",
      );
      const peer = await server.accept();
      expect(await peer.head()).toEqual(["POST /1 HTTP/1.1", "host: a", "content-length: 4"]);
      expect(await peer.readText(4)).toBe("body");
      peer.send(okResponse("x"));
      expect(await peer.head()).toEqual(["GET /2 HTTP/1.1", "host: a"]);
      peer.send(okResponse("y"));
      await client.head();
      expect(await client.readText(1)).toBe("x");
      await client.head();
      expect(await client.readText(1)).toBe("y");
    }),
  );

  test(
    "skips the empty lines that a client sends before a request",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
      const peer = await server.accept();
      expect(await peer.head()).toEqual(["GET / HTTP/1.1", "host: a"]);
      peer.send(okResponse());
      expect(await client.head()).toEqual(["HTTP/1.1 200 OK", "content-length: 0"]);
    }),
  );

  test(
    "closes after the answer when the client asks for it",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      const peer = await server.accept();
      expect(await peer.head()).toEqual(["GET / HTTP/1.1", "host: a"]);
      peer.send(okResponse("bye"));
      expect(await client.head()).toEqual([
        "HTTP/1.1 200 OK",
        "content-length: 3",
        "connection: close",
      ]);
      expect(await client.rest()).toBe("bye");
    }),
  );

  test(
    "closes after the answer when the server asks for it",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
      const peer = await server.accept();
      await peer.head();
      peer.send(okResponse("one", ["Connection: close"]));
      peer.halfClose();
      expect(await client.head()).toEqual(["HTTP/1.1 200 OK", "content-length: 3"]);
      expect(await client.readText(3)).toBe("one");
      client.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
      const next = await server.accept();
      await next.head();
      next.send(okResponse("two"));
      await client.head();
      expect(await client.readText(3)).toBe("two");
    }),
  );

  test(
    "removes the hop-by-hop fields that Connection names and keeps all others",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\nKeep-Alive: 5\r\nConnection: keep-alive\r\n\r\n");
      const peer = await server.accept();
      expect(await peer.head()).toEqual(["GET / HTTP/1.1", "host: a", "keep-alive: 5"]);
      peer.send(okResponse("", ["Connection: keep-alive"]));
      expect(await client.head()).toEqual(["HTTP/1.1 200 OK", "content-length: 0"]);
    }),
  );

  test(
    "opens a new server connection when the server closed the idle one",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage);
      const client = await stage.client(port);
      client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
      const first = await server.accept();
      await first.head();
      first.send(okResponse("one"));
      await client.head();
      await client.readText(3);
      first.halfClose();
      await first.expectEnding();
      client.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
      const second = await server.accept();
      expect(await second.head()).toEqual(["GET /2 HTTP/1.1", "host: a"]);
      second.send(okResponse("two"));
      await client.head();
      expect(await client.readText(3)).toBe("two");
      expect((await proxy.statistics("be", "s1")).connect).toBe("2");
    }),
  );

  test(
    "closes an idle client connection after timeout http-keep-alive, without a word",
    onStage(program, async (stage) => {
      const { port } = await startRelayThatAnswers(stage, "timeout http-keep-alive 60ms");
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      await client.head();
      await stage.logLine();
      await client.expectEnding();
      await (await stage.log()).expectNothing();
    }),
  );

  test(
    "closes an idle client connection after timeout client where nothing else is set",
    onStage(program, async (stage) => {
      const { port } = await startRelayThatAnswers(stage, "timeout client 60ms");
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      await client.head();
      await stage.logLine();
      await client.expectEnding();
      await (await stage.log()).expectNothing();
    }),
  );

  test(
    "says nothing in the log of a client that closes between two requests",
    onStage(program, async (stage) => {
      const { port } = await startRelayThatAnswers(stage, "");
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      await client.head();
      await stage.logLine();
      client.halfClose();
      await client.expectEnding();
      await (await stage.log()).expectNothing();
    }),
  );
});

async function startRelayThatAnswers(stage: Parameters<typeof startRelay>[0], defaults: string) {
  const relay = await startRelay(stage, { defaults });
  relay.server.answerAll(okResponse());
  return relay;
}
