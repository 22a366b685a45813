import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

eachProgram("messages", (program) => {
  test(
    "relays 100 Continue and then the body",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send(
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n",
      );
      const peer = await server.accept();
      expect(await peer.head()).toEqual([
        "POST / HTTP/1.1",
        "host: a",
        "content-length: 4",
        "expect: 100-continue",
      ]);
      peer.send("HTTP/1.1 100 Continue\r\n\r\n");
      expect(await client.head()).toEqual(["HTTP/1.1 100 Continue"]);
      client.send("body");
      expect(await peer.readText(4)).toBe("body");
      peer.send(okResponse("done"));
      expect(await client.head()).toEqual(["HTTP/1.1 200 OK", "content-length: 4"]);
      expect(await client.readText(4)).toBe("done");
      expect(await stage.logLine()).toMatch(/^client \[date\] fe be\/s1 n\/n\/n\/n\/n 200 /);
      client.send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
      expect((await peer.head())[0]).toBe("GET /next HTTP/1.1");
    }),
  );

  test(
    "relays any interim answer before the final one",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      const peer = await server.accept();
      await peer.head();
      peer.send("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n");
      expect(await client.head()).toEqual(["HTTP/1.1 103 Early Hints", "link: </style.css>"]);
      peer.send(`HTTP/1.1 102 Processing\r\n\r\n${okResponse("x")}`);
      expect(await client.head()).toEqual(["HTTP/1.1 102 Processing"]);
      expect(await client.head()).toEqual(["HTTP/1.1 200 OK", "content-length: 1"]);
      expect(await client.readText(1)).toBe("x");
      expect(await stage.logLine()).toContain(" 200 ");
    }),
  );

  for (const { because, request, response, wanted } of [
    {
      because: "an answer to HEAD has no body whatever its length field says",
      request: "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
      response: "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n",
      wanted: ["HTTP/1.1 200 OK", "content-length: 1234"],
    },
    {
      because: "an answer to HEAD has no body though it names a transfer coding",
      request: "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n",
      response: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
      wanted: ["HTTP/1.1 200 OK", "transfer-encoding: chunked"],
    },
    {
      because: "204 has no body",
      request: "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
      response: "HTTP/1.1 204 No Content\r\n\r\n",
      wanted: ["HTTP/1.1 204 No Content"],
    },
    {
      because: "304 has no body though it may tell a length",
      request: "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
      response: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 55\r\nETag: "x"\r\n\r\n',
      wanted: ["HTTP/1.1 304 Not Modified", "content-length: 55", 'etag: "x"'],
    },
  ]) {
    test(
      because,
      onStage(program, async (stage) => {
        const { port, server } = await startRelay(stage);
        const client = await stage.client(port);
        client.send(request);
        const peer = await server.accept();
        expect(await peer.head()).toHaveLength(2);
        peer.send(response);
        expect(await client.head()).toEqual(wanted);
        await stage.logLine();
        client.send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
        expect((await peer.head())[0]).toBe("GET /next HTTP/1.1");
        peer.send(okResponse());
        expect(await client.head()).toEqual(["HTTP/1.1 200 OK", "content-length: 0"]);
      }),
    );
  }

  test(
    "relays chunked bodies with trailers both ways",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
      client.send("5\r\nhello\r\n");
      const peer = await server.accept();
      expect(await peer.head()).toEqual([
        "POST / HTTP/1.1",
        "host: a",
        "transfer-encoding: chunked",
      ]);
      client.send("6;name=value\r\n world\r\n0\r\nX-Sum: 11\r\n\r\n");
      expect(await peer.chunkedBody()).toEqual({
        content: "hello world",
        trailers: ["x-sum: 11"],
      });
      peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
      expect(await client.head()).toEqual(["HTTP/1.1 200 OK", "transfer-encoding: chunked"]);
      expect(await client.chunk()).toBe("abc");
      peer.send("0A\r\n0123456789\r\n0\r\nX-T: 1\r\nX-U: 2\r\n\r\n");
      expect(await client.chunkedBody()).toEqual({
        content: "0123456789",
        trailers: ["x-t: 1", "x-u: 2"],
      });
      expect(await stage.logLine()).toMatch(/ 200 B - - ---- 1\/1\/0\/0\/0 0\/0 "POST \/ HTTP/);
      client.send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
      expect((await peer.head())[0]).toBe("GET /next HTTP/1.1");
    }),
  );

  test(
    "passes a chunk on before the next one comes, cut at any byte",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      const peer = await server.accept();
      await peer.head();
      await peer.sendSlowly(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwiki\r\n5\r\npedia\r\n0\r\n\r\n",
        0,
      );
      await client.head();
      expect((await client.chunkedBody()).content).toBe("wikipedia");
    }),
  );

  test(
    "ends a close-delimited answer to an HTTP/1.0 client by closing",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");
      const peer = await server.accept();
      await peer.head();
      peer.send("HTTP/1.0 200 OK\r\n\r\nall of it");
      expect(await client.head()).toEqual(["HTTP/1.0 200 OK"]);
      peer.halfClose();
      expect(await client.rest()).toBe("all of it");
      expect(await stage.logLine()).toMatch(
        /^client \[date\] fe be\/s1 n\/n\/n\/n\/n 200 B - - ---- /,
      );
    }),
  );

  test(
    "ends a close-delimited answer to an HTTP/1.1 client by closing, and says so",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      const peer = await server.accept();
      await peer.head();
      peer.send("HTTP/1.1 200 OK\r\n\r\nall of it");
      peer.halfClose();
      expect(await client.head()).toEqual(["HTTP/1.1 200 OK", "connection: close"]);
      expect(await client.rest()).toBe("all of it");
    }),
  );

  test(
    "leaves a chunked answer to an HTTP/1.0 client as it is, and closes",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send("GET / HTTP/1.0\r\n\r\n");
      const peer = await server.accept();
      expect((await peer.head())[0]).toBe("GET / HTTP/1.0");
      peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
      expect(await client.head()).toEqual([
        "HTTP/1.1 200 OK",
        "transfer-encoding: chunked",
        "connection: close",
      ]);
      expect(await client.rest()).toBe("3\r\nabc\r\n0\r\n\r\n");
    }),
  );

  test(
    "turns CONNECT into a tunnel after 200",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n");
      const peer = await server.accept();
      expect((await peer.head())[0]).toBe("CONNECT a:443 HTTP/1.1");
      peer.send("HTTP/1.1 200 Connected\r\n\r\n");
      expect(await client.head()).toEqual(["HTTP/1.1 200 Connected"]);
      client.send("\x16\x03\x01 up");
      expect(await peer.readText(6)).toBe("\x16\x03\x01 up");
      peer.send("\x16\x03\x03 down");
      expect(await client.readText(8)).toBe("\x16\x03\x03 down");
      peer.halfClose();
      await client.expectEnding();
      client.halfClose();
      expect(await stage.logLine()).toMatch(
        /^client \[date\] fe be\/s1 n\/n\/n\/n\/n 200 B - - ---- 1\/1\/0\/0\/0 0\/0 "CONNECT a:443 HTTP\/1.1"$/,
      );
    }),
  );

  test(
    "turns an accepted Upgrade into a tunnel, both directions half-closed on their own",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send(
        "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
      );
      const peer = await server.accept();
      const head = await peer.head();
      expect(head).toContain("connection: Upgrade");
      expect(head).toContain("upgrade: websocket");
      peer.send(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
          "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n\x81\x05hello",
      );
      const answer = await client.head();
      expect(answer[0]).toBe("HTTP/1.1 101 Switching Protocols");
      expect(answer).toContain("upgrade: websocket");
      expect(await client.readText(7)).toBe("\x81\x05hello");
      client.send("\x81\x83mask");
      expect(await peer.readText(6)).toBe("\x81\x83mask");
      client.halfClose();
      await peer.expectEnding();
      peer.send("\x88\x00");
      expect(await client.readText(2)).toBe("\x88\x00");
      peer.halfClose();
      await client.expectEnding();
      expect(await stage.logLine()).toMatch(/ be\/s1 n\/n\/n\/n\/n 101 B - - ---- .*"GET \/chat/);
    }),
  );

  test(
    "goes on with HTTP when the server declines the Upgrade",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n",
      );
      const peer = await server.accept();
      await peer.head();
      await peer.expectSilence(30);
      peer.send(okResponse("no"));
      await client.head();
      expect(await client.readText(2)).toBe("no");
      expect((await peer.head())[0]).toBe("GET /2 HTTP/1.1");
    }),
  );

  test(
    "carries a large body both ways, byte for byte",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const body = Buffer.alloc(3_000_000);
      for (let i = 0; i < body.length; i += 4)
        body.writeUInt32LE(Math.imul(i, 2654435761) >>> 0, i);
      const sum = Bun.hash(body);
      const client = await stage.client(port);
      client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`);
      client.send(body);
      const peer = await server.accept();
      await peer.head();
      expect(Bun.hash(await peer.read(body.length))).toBe(sum);
      peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`);
      peer.send(body);
      await client.head();
      expect(Bun.hash(await client.read(body.length))).toBe(sum);
    }),
  );

  test(
    "answers while the client still sends its body, and closes",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nonly a part");
      const peer = await server.accept();
      await peer.head();
      expect(await peer.readText(11)).toBe("only a part");
      peer.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
      peer.halfClose();
      const head = await client.head();
      expect(head[0]).toBe("HTTP/1.1 413 Too Large");
      expect(await client.readText(2)).toBe("no");
    }),
  );
});
