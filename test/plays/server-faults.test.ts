import { expect, test } from "bun:test";
import type { Peer } from "../support/peer.ts";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/** What a server does with the request, what the client gets, and how the log tells it. */
const FAULTS: readonly {
  because: string;
  defaults?: string;
  act(peer: Peer): void;
  status: number;
  /** What the client gets after the head, when it is not the built-in answer. */
  body?: string;
  log: string;
  /** The reference passes the answer on. */
  laxOracle?: boolean;
}[] = [
  {
    because: "silence until timeout server is a 504",
    defaults: "timeout server 80ms",
    act: () => {},
    status: 504,
    log: "n/n/n/-1/n 504 B - - sH--",
  },
  {
    because: "a close before any answer is a 502",
    act: (peer) => peer.halfClose(),
    status: 502,
    log: "n/n/n/-1/n 502 B - - SH--",
  },
  {
    because: "a reset before any answer is a 502",
    act: (peer) => peer.reset(),
    status: 502,
    log: "n/n/n/-1/n 502 B - - SH--",
  },
  {
    because: "a close within the head is a 502",
    act: (peer) => {
      peer.send("HTTP/1.1 200 OK\r\nContent-Le");
      peer.halfClose();
    },
    status: 502,
    log: "n/n/n/-1/n 502 B - - SH--",
  },
  {
    because: "an answer that is not HTTP is a 502",
    act: (peer) => peer.send("+OK POP3 ready\r\n\r\n"),
    status: 502,
    log: "n/n/n/-1/n 502 B - - PH--",
  },
  {
    because: "an answer with an impossible field is a 502",
    act: (peer) => peer.send("HTTP/1.1 200 OK\r\nBad Name: 1\r\nContent-Length: 0\r\n\r\n"),
    status: 502,
    log: "n/n/n/-1/n 502 B - - PH--",
  },
  {
    because: "an answer with two different lengths is a 502",
    act: (peer) => peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
    status: 502,
    log: "n/n/n/-1/n 502 B - - PH--",
  },
  {
    because: "an answer whose head never ends is a 502",
    act: (peer) => peer.send(`HTTP/1.1 200 OK\r\nX-Long: ${"x".repeat(20_000)}`),
    status: 502,
    log: "n/n/n/-1/n 502 B - - PH--",
  },
  {
    because: "a status of four digits is a 502",
    laxOracle: true,
    act: (peer) => peer.send("HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n"),
    status: 502,
    log: "n/n/n/-1/n 502 B - - PH--",
  },
  {
    because: "a status of two digits is a 502",
    laxOracle: true,
    act: (peer) => peer.send("HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"),
    status: 502,
    log: "n/n/n/-1/n 502 B - - PH--",
  },
];

eachProgram("server faults", (program) => {
  for (const fault of FAULTS) {
    test.skipIf(fault.laxOracle === true && program.isOracle)(
      fault.because,
      onStage(program, async (stage) => {
        const { port, server } = await startRelay(stage, {
          backend: "retries 0",
          ...(fault.defaults === undefined ? {} : { defaults: fault.defaults }),
        });
        const client = await stage.client(port);
        client.send(REQUEST);
        const peer = await server.accept();
        await peer.head();
        fault.act(peer);
        const head = await client.head();
        expect(head[0]).toStartWith(`HTTP/1.1 ${fault.status} `);
        const length = Number(/content-length: (\d+)/.exec(head.join("\n"))?.[1]);
        expect(await client.readText(length)).toStartWith(`<html><body><h1>${fault.status} `);
        expect(await stage.logLine()).toBe(
          `client [date] fe be/s1 ${fault.log} 1/1/0/0/0 0/0 "GET / HTTP/1.1"`,
        );
      }),
    );
  }

  test(
    "a server that refuses is a 503 after the retries",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        defaults: "timeout connect 30ms\nretries 2",
      });
      server.close();
      const client = await stage.client(port);
      client.send(REQUEST);
      expect((await client.head())[0]).toBe("HTTP/1.1 503 Service Unavailable");
      expect(await stage.logLine()).toBe(
        'client [date] fe be/s1 n/n/-1/-1/n 503 B - - SC-- 1/1/0/0/2 0/0 "GET / HTTP/1.1"',
      );
    }),
  );

  test(
    "retries 0 does not try again",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { backend: "retries 0" });
      server.close();
      const client = await stage.client(port);
      client.send(REQUEST);
      expect((await client.head())[0]).toBe("HTTP/1.1 503 Service Unavailable");
      expect(await stage.logLine()).toContain(" SC-- 1/1/0/0/0 0/0 ");
    }),
  );

  test(
    "a server that comes back in time is reached by a retry",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        defaults: "timeout connect 150ms\nretries 3",
      });
      const serverPort = server.port;
      server.close();
      const client = await stage.client(port);
      client.send(REQUEST);
      await Bun.sleep(40);
      const again = await stage.server("again", serverPort);
      const peer = await again.accept();
      await peer.head();
      peer.send(okResponse("late"));
      await client.head();
      expect(await client.readText(4)).toBe("late");
      expect(await stage.logLine()).toMatch(/ 200 B - - ---- 1\/1\/0\/0\/1 0\/0 /);
    }),
  );

  test(
    "no server at all is a 503 without a timer",
    onStage(program, async (stage) => {
      const { port } = await startRelay(stage, { servers: 0 });
      const client = await stage.client(port);
      client.send(REQUEST);
      expect(await client.head()).toEqual([
        "HTTP/1.1 503 Service Unavailable",
        "content-length: 107",
        "cache-control: no-cache",
        "content-type: text/html",
      ]);
      expect(await client.readText(107)).toBe(
        "<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>\n",
      );
      expect(await stage.logLine()).toBe(
        'client [date] fe be/<NOSRV> n/-1/-1/-1/n 503 B - - SC-- 1/1/0/0/0 0/0 "GET / HTTP/1.1"',
      );
    }),
  );

  test(
    "a connection that nobody accepts is a 503 after timeout connect",
    onStage(program, async (stage) => {
      // A listener with a full queue: the system drops further connection requests in silence.
      const port = stage.port();
      const mute = stage.muteAddress();
      await stage.start(`
defaults
  mode http
  log global
  option httplog
  timeout connect 60ms
  timeout client 3s
  timeout server 3s
  retries 1
listen fe
  bind 127.0.0.1:${port}
  server s1 ${mute}
`);
      const client = await stage.client(port);
      client.send(REQUEST);
      expect((await client.head())[0]).toBe("HTTP/1.1 503 Service Unavailable");
      expect(await stage.logLine()).toBe(
        'client [date] fe fe/s1 n/n/-1/-1/n 503 B - - sC-- 1/1/0/0/1 0/0 "GET / HTTP/1.1"',
      );
    }),
  );

  test(
    "an answer cut within its body is passed on as far as it came, then closed",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send(REQUEST);
      const peer = await server.accept();
      await peer.head();
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
      await client.head();
      expect(await client.readText(4)).toBe("half");
      peer.halfClose();
      await client.expectEnding("any");
      expect(await stage.logLine()).toBe(
        'client [date] fe be/s1 n/n/n/n/n 200 B - - SD-- 1/1/0/0/0 0/0 "GET / HTTP/1.1"',
      );
    }),
  );

  test(
    "an answer reset within its body ends as SD",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send(REQUEST);
      const peer = await server.accept();
      await peer.head();
      peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
      await client.head();
      expect(await client.chunk()).toBe("half");
      peer.reset();
      await client.expectEnding("any");
      expect(await stage.logLine()).toMatch(/ 200 B - - SD-- /);
    }),
  );

  test(
    "an answer that stalls within its body ends as sD after timeout server",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { backend: "timeout server 80ms" });
      const client = await stage.client(port);
      client.send(REQUEST);
      const peer = await server.accept();
      await peer.head();
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
      await client.head();
      expect(await client.readText(4)).toBe("half");
      await client.expectEnding("any");
      expect(await stage.logLine()).toMatch(/ 200 B - - sD-- /);
    }),
  );

  test(
    "a chunk size that is no number ends the answer",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send(REQUEST);
      const peer = await server.accept();
      await peer.head();
      peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
      await client.head();
      expect(await client.chunk()).toBe("half");
      peer.send("zz\r\nrest\r\n0\r\n\r\n");
      await client.expectEnding("any");
      expect(await stage.logLine()).toMatch(/ 200 B - - SD-- /);
    }),
  );

  test(
    "bytes behind an answer are no answer to the next request",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage);
      const client = await stage.client(port);
      client.send(REQUEST);
      const peer = await server.accept();
      await peer.head();
      peer.send(`${okResponse("one")}HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled`);
      await client.head();
      expect(await client.readText(3)).toBe("one");
      await client.expectSilence(30);
      client.send("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
      const next = await server.accept();
      await next.head();
      next.send(okResponse("two"));
      await client.head();
      expect(await client.readText(3)).toBe("two");
    }),
  );
});
