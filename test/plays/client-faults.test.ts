import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/** What a client sends first, and how it is refused. The server never sees any of it. */
const REFUSALS: readonly {
  because: string;
  defaults?: string;
  send: string;
  halfClose?: boolean;
  status?: number;
  log: string | undefined;
}[] = [
  {
    because: "a request line of one word is a 400",
    send: "GARBAGE\r\n\r\n",
    status: 400,
    log: 'client [date] fe fe/<NOSRV> -1/-1/-1/-1/n 400 0 - - PR-- 1/1/0/0/0 0/0 "<BADREQ>"',
  },
  {
    because: "a request of HTTP/0.9 is a 400",
    send: "GET /\r\n",
    status: 400,
    log: 'client [date] fe fe/<NOSRV> -1/-1/-1/-1/n 400 0 - - PR-- 1/1/0/0/0 0/0 "<BADREQ>"',
  },
  {
    because: "a version of no HTTP is a 400",
    send: "GET / HTPP/1.1\r\nHost: a\r\n\r\n",
    status: 400,
    log: 'client [date] fe fe/<NOSRV> -1/-1/-1/-1/n 400 0 - - PR-- 1/1/0/0/0 0/0 "<BADREQ>"',
  },
  {
    because: "a field without a colon is a 400",
    send: "GET / HTTP/1.1\r\nHost a\r\n\r\n",
    status: 400,
    log: 'client [date] fe fe/<NOSRV> -1/-1/-1/-1/n 400 0 - - PR-- 1/1/0/0/0 0/0 "<BADREQ>"',
  },
  {
    because: "a head larger than the buffer is a 400",
    send: `GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${"x".repeat(17_000)}\r\n\r\n`,
    status: 400,
    log: 'client [date] fe fe/<NOSRV> -1/-1/-1/-1/n 400 0 - - PR-- 1/1/0/0/0 0/0 "<BADREQ>"',
  },
  {
    because: "more header fields than tune.http.maxhdr is a 400",
    send: `GET / HTTP/1.1\r\nHost: a\r\n${"X: y\r\n".repeat(110)}\r\n`,
    status: 400,
    log: 'client [date] fe fe/<NOSRV> -1/-1/-1/-1/n 400 0 - - PR-- 1/1/0/0/0 0/0 "<BADREQ>"',
  },
  {
    because: "a head that never ends is a 408 after timeout http-request",
    defaults: "timeout http-request 80ms",
    send: "GET / HTTP/1.1\r\nHost:",
    status: 408,
    log: 'client [date] fe fe/<NOSRV> -1/-1/-1/-1/n 408 0 - - cR-- 1/1/0/0/0 0/0 "<BADREQ>"',
  },
  {
    because: "a head that never ends is a 408 after timeout client",
    defaults: "timeout client 80ms",
    send: "GET / HTTP/1.1\r\nHost:",
    status: 408,
    log: 'client [date] fe fe/<NOSRV> -1/-1/-1/-1/n 408 0 - - cR-- 1/1/0/0/0 0/0 "<BADREQ>"',
  },
  {
    because: "a client that says nothing at all is a 408 after timeout http-request",
    defaults: "timeout http-request 80ms",
    send: "",
    status: 408,
    log: 'client [date] fe fe/<NOSRV> -1/-1/-1/-1/n 408 0 - - cR-- 1/1/0/0/0 0/0 "<BADREQ>"',
  },
  {
    because: "a client that closes without a byte is logged as a bad request",
    send: "",
    halfClose: true,
    status: 400,
    log: 'client [date] fe fe/<NOSRV> -1/-1/-1/-1/n 400 0 - - CR-- 1/1/0/0/0 0/0 "<BADREQ>"',
  },
  {
    because: "option dontlognull keeps quiet about a client that closes without a byte",
    defaults: "option dontlognull",
    send: "",
    halfClose: true,
    status: 400,
    log: undefined,
  },
  {
    because: "option http-ignore-probes keeps quiet about a client that says nothing in time",
    defaults: "option http-ignore-probes\ntimeout http-request 80ms",
    send: "",
    log: undefined,
  },
  {
    because: "a client that closes within the head is a 400",
    send: "GET / HTTP/1.1\r\nHost:",
    halfClose: true,
    status: 400,
    log: 'client [date] fe fe/<NOSRV> -1/-1/-1/-1/n 400 0 - - CR-- 1/1/0/0/0 0/0 "<BADREQ>"',
  },
];

eachProgram("client faults", (program) => {
  for (const refusal of REFUSALS) {
    test(
      refusal.because,
      onStage(program, async (stage) => {
        const { port, server } = await startRelay(stage, { defaults: refusal.defaults ?? "" });
        const client = await stage.client(port);
        if (refusal.send !== "") client.send(refusal.send);
        if (refusal.halfClose === true) client.halfClose();
        if (refusal.status === undefined) {
          expect(await client.rest()).toBe("");
        } else {
          const head = await client.head();
          expect(head[0]).toStartWith(`HTTP/1.1 ${refusal.status} `);
          expect(head).toContain("connection: close");
          expect(await client.rest()).toStartWith(`<html><body><h1>${refusal.status} `);
        }
        if (refusal.log === undefined) await (await stage.log()).expectNothing();
        else expect(await stage.logLine()).toBe(refusal.log);
        expect(server.connectionCount).toBe(0);
      }),
    );
  }

  test(
    "a head that comes byte by byte is served",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { defaults: "timeout http-request 3s" });
      const client = await stage.client(port);
      await client.sendSlowly(REQUEST, 1);
      const peer = await server.accept();
      expect(await peer.head()).toEqual(["GET / HTTP/1.1", "host: a"]);
      peer.send(okResponse());
      await client.head();
      expect(await stage.logLine()).toContain(" 200 ");
    }),
  );

  test(
    "timeout http-request counts from the first byte, however busy the client",
    onStage(program, async (stage) => {
      const { port } = await startRelay(stage, { defaults: "timeout http-request 120ms" });
      const client = await stage.client(port);
      const dripping = client.sendSlowly("GET / HTTP/1.1\r\nX: yyyyyyyyyyyyyyyy", 10);
      expect((await client.head())[0]).toStartWith("HTTP/1.1 408 ");
      client.close();
      await dripping.catch(() => {});
      expect(await stage.logLine()).toContain(" 408 0 - - cR-- ");
    }),
  );

  test(
    "option abortonclose gives up when the client leaves while the server thinks",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { defaults: "option abortonclose" });
      const client = await stage.client(port);
      client.send(REQUEST);
      const peer = await server.accept();
      await peer.head();
      client.halfClose();
      await peer.expectEnding("any");
      expect(await stage.logLine()).toBe(
        'client [date] fe be/s1 n/n/n/-1/n 400 B - - CH-- 1/1/0/0/0 0/0 "GET / HTTP/1.1"',
      );
    }),
  );

  test(
    "without it a client may half-close and still get its answer",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send(REQUEST);
      client.halfClose();
      const peer = await server.accept();
      await peer.head();
      await peer.expectSilence(30);
      peer.send(okResponse("late"));
      expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
      expect(await client.rest()).toBe("late");
      expect(await stage.logLine()).toContain(" 200 ");
    }),
  );

  test(
    "a client that leaves within the answer is logged as CD",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send(REQUEST);
      const peer = await server.accept();
      await peer.head();
      peer.send(`HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n${"x".repeat(100_000)}`);
      await client.head();
      await client.read(100_000);
      client.reset();
      peer.send(Buffer.alloc(1_000_000, "x"));
      await peer.expectEnding("any");
      expect(await stage.logLine()).toMatch(
        /^client \[date\] fe be\/s1 n\/n\/n\/n\/n 200 B - - CD-- 1\/1\/0\/0\/0 0\/0 "GET \/ HTTP\/1.1"$/,
      );
    }),
  );

  test(
    "a client that stops reading is dropped after timeout client as cD",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { frontend: "timeout client 150ms" });
      const client = await stage.client(port);
      client.send(REQUEST);
      const peer = await server.accept();
      await peer.head();
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 60000000\r\n\r\n");
      await client.head();
      client.pause();
      peer.send(Buffer.alloc(30_000_000, "x"));
      expect(await stage.logLine()).toMatch(/ 200 B - - cD-- 1\/1\/0\/0\/0 0\/0 /);
    }),
  );

  test(
    "a client that stops within its body is dropped by a timeout, the client's or the server's",
    onStage(program, async (stage) => {
      // The manual lets either end it: both sides are expected to act.
      const { port, server } = await startRelay(stage, {
        frontend: "timeout client 150ms",
        backend: "timeout server 250ms",
      });
      const client = await stage.client(port);
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
      const peer = await server.accept();
      await peer.head();
      expect(await peer.readText(4)).toBe("half");
      expect((await client.head())[0]).toMatch(/^HTTP\/1.1 (408|504) /);
      await peer.expectEnding("any");
      expect(await stage.logLine()).toMatch(
        /^client \[date\] fe be\/s1 n\/n\/n\/-1\/n (408 B - - c[DH]|504 B - - sH)-- /,
      );
    }),
  );

  test(
    "a client that closes within its body ends the exchange on both sides",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
      const peer = await server.accept();
      await peer.head();
      expect(await peer.readText(4)).toBe("half");
      client.halfClose();
      await client.expectEnding("any");
      await peer.expectEnding("any");
      expect(await stage.logLine()).toBe(
        'client [date] fe be/s1 n/n/n/-1/n -1 0 - - CD-- 1/1/0/0/0 0/0 "POST / HTTP/1.1"',
      );
    }),
  );

  test(
    "a chunk that breaks the framing within a body is a 400",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
      const peer = await server.accept();
      await peer.head();
      expect(await peer.chunk()).toBe("half");
      client.send("xx\r\n");
      expect((await client.head())[0]).toStartWith("HTTP/1.1 400 ");
      await peer.expectEnding("any");
      expect(await stage.logLine()).toMatch(
        /^client \[date\] fe be\/s1 n\/n\/n\/-1\/n 400 B - - P[DH]-- /,
      );
    }),
  );

  test(
    "errorfile replaces the built-in answer byte for byte",
    onStage(program, async (stage) => {
      const answer =
        "HTTP/1.0 503 Gone Fishing\r\nCache-Control: no-cache\r\nX-Own: yes\r\n\r\n<p>back at noon</p>\n";
      const path = stage.file("503.http", answer);
      const { port } = await startRelay(stage, { defaults: `errorfile 503 ${path}`, servers: 0 });
      const client = await stage.client(port);
      client.send(REQUEST);
      const head = await client.head();
      expect(head[0]).toMatch(/^HTTP\/1\.[01] 503 Gone Fishing$/);
      expect(head).toContain("x-own: yes");
      expect(await client.readText(20)).toBe("<p>back at noon</p>\n");
      expect(await stage.logLine()).toContain(" be/<NOSRV> n/-1/-1/-1/n 503 ");
    }),
  );

  test(
    "an empty errorfile closes without an answer",
    onStage(program, async (stage) => {
      const { port } = await startRelay(stage, { defaults: "errorfile 400 /dev/null" });
      const client = await stage.client(port);
      client.send("GARBAGE\r\n\r\n");
      expect(await client.rest()).toBe("");
      expect(await stage.logLine()).toContain(" 400 0 - - PR-- ");
    }),
  );

  test(
    "the last bad request is kept for `show errors`",
    onStage(program, async (stage) => {
      const { port, proxy } = await startRelay(stage);
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nBad Name: 1\r\n\r\n");
      await client.rest();
      const shown = await proxy.command("show errors");
      expect(shown).toContain("frontend fe (#2): invalid request");
      expect(shown).toContain("Bad Name: 1\\r\\n");
    }),
  );
});
