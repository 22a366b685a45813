import { expect, test } from "bun:test";
import type { Peer } from "../support/peer.ts";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage, type Stage } from "../support/stage.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

type Act = (peer: Peer) => void;

const close: Act = (peer) => peer.close();
const reset: Act = (peer) => peer.reset();
const cutHead: Act = (peer) => {
  peer.send("HTTP/1.1 200 OK\r\nConte");
  peer.halfClose();
};
const junk: Act = (peer) => peer.send("+OK POP3 ready\r\n\r\n");
const silence: Act = () => {};
const status = (code: number): Act => {
  return (peer) => peer.send(`HTTP/1.1 ${code} No\r\nContent-Length: 2\r\n\r\nno`);
};

/** What a server does first, and whether the request then goes out again. */
const FAILURES: readonly {
  because: string;
  retryOn: string;
  act: Act;
  /** Null where it is sent again. */
  status: string | null;
  letters?: string;
  onlySluice?: boolean;
}[] = [
  { because: "an empty response", retryOn: "empty-response", act: close, status: null },
  { because: "a reset", retryOn: "empty-response", act: reset, status: null },
  { because: "a head that is cut", retryOn: "empty-response", act: cutHead, status: null },
  {
    // The manual counts it as junk; the reference does not.
    because: "a head that is cut, as junk",
    retryOn: "junk-response",
    act: cutHead,
    status: null,
    onlySluice: true,
  },
  { because: "junk", retryOn: "junk-response", act: junk, status: null },
  { because: "silence", retryOn: "response-timeout", act: silence, status: null },
  ...[401, 403, 404, 408, 425, 500, 501, 502, 503, 504].map((code) => ({
    because: `status ${code}`,
    retryOn: String(code),
    act: status(code),
    status: null,
  })),
  ...[500, 502, 503, 504].map((code) => ({
    because: `status ${code} among all`,
    retryOn: "all-retryable-errors",
    act: status(code),
    status: null,
    // The reference sends it again over the same connection.
    onlySluice: true,
  })),
  {
    because: "an empty response is no junk",
    retryOn: "junk-response conn-failure",
    act: close,
    status: "502",
    letters: "SH--",
  },
  {
    because: "junk is no empty response",
    retryOn: "empty-response response-timeout",
    act: junk,
    status: "502",
    letters: "PH--",
  },
  {
    because: "silence is not asked for",
    retryOn: "empty-response junk-response",
    act: silence,
    status: "504",
    letters: "sH--",
  },
  {
    because: "another status",
    retryOn: "500 503",
    act: status(502),
    status: "502",
    letters: "----",
  },
  {
    because: "404 is not among all",
    retryOn: "all-retryable-errors",
    act: status(404),
    status: "404",
    letters: "----",
  },
  { because: "nothing is asked for", retryOn: "none", act: close, status: "502", letters: "SH--" },
];

async function startRetrying(stage: Stage, retryOn: string, more = "", servers = 1, waitMs = 3000) {
  return await startRelay(stage, {
    global: "nbthread 1",
    defaults: `timeout server ${waitMs}ms\nretries 2`,
    backend: `retry-on ${retryOn}\n${more}`,
    servers,
  });
}

eachProgram("retries", (program) => {
  for (const failure of FAILURES) {
    const verb = failure.status === null ? "sends a request again" : "does not send it again";
    test.skipIf(program.isOracle && failure.onlySluice === true)(
      `retry-on ${failure.retryOn} ${verb}: ${failure.because}`,
      onStage(program, async (stage) => {
        const { port, server, proxy } = await startRetrying(
          stage,
          failure.retryOn,
          "",
          1,
          failure.act === silence ? 150 : 3000,
        );
        const client = await stage.client(port);
        client.send(GET);
        const first = await server.accept();
        const head = await first.head();
        failure.act(first);
        if (failure.status === null) {
          const second = await server.accept();
          expect(await second.head()).toEqual(head);
          second.send(okResponse("ok"));
          expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
          expect(await client.readText(2)).toBe("ok");
          expect(await stage.logLine()).toBe(
            'client [date] fe be/s1 n/n/n/n/n 200 B - - ---- 1/1/0/0/1 0/0 "GET / HTTP/1.1"',
          );
          const row = await proxy.statistics("be", "s1");
          expect(row).toMatchObject({ stot: "2", connect: "2", lbtot: "1", req_tot: "1" });
          expect(row).toMatchObject({ hrsp_2xx: "1", hrsp_4xx: "0", hrsp_5xx: "0", srv_abrt: "0" });
          // The reference counts each of these retries twice.
          if (!program.isOracle) expect(row.wretr).toBe("1");
        } else {
          expect((await client.head())[0]).toStartWith(`HTTP/1.1 ${failure.status} `);
          expect(await stage.logLine()).toContain(` ${failure.letters} 1/1/0/0/0 0/0 `);
          expect(server.connectionCount).toBe(1);
        }
      }),
    );
  }

  test(
    "the last answer is passed on when no retry is left",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRetrying(stage, "503");
      const client = await stage.client(port);
      client.send(GET);
      for (let attempt = 0; attempt < 3; attempt++) {
        const peer = await server.accept();
        await peer.head();
        status(503)(peer);
      }
      expect(await client.head()).toEqual(["HTTP/1.1 503 No", "content-length: 2"]);
      expect(await client.readText(2)).toBe("no");
      expect(await stage.logLine()).toContain(" 503 B - - ---- 1/1/0/0/2 0/0 ");
      expect((await proxy.statistics("be", "s1")).hrsp_5xx).toBe("1");
    }),
  );

  // The reference sends again only what came along with the head.
  test.skipIf(program.isOracle)(
    "a body that was sent is sent again, also when it came in parts",
    onStage(program, async (stage) => {
      const { port, server } = await startRetrying(stage, "empty-response");
      const client = await stage.client(port);
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\none");
      const first = await server.accept();
      await first.head();
      expect(await first.readText(3)).toBe("one");
      client.send("two");
      expect(await first.readText(3)).toBe("two");
      client.send("six");
      expect(await first.readText(3)).toBe("six");
      first.close();
      const second = await server.accept();
      await second.head();
      expect(await second.readText(9)).toBe("onetwosix");
      second.send(okResponse("ok"));
      expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
    }),
  );

  test.skipIf(program.isOracle)(
    "edits of the head are there again, behind a body as large as the buffer allows",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        global: "nbthread 1",
        frontend: "option forwardfor",
        backend: "retry-on empty-response",
      });
      const client = await stage.client(port);
      const body = "x".repeat(12_000);
      client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`);
      const first = await server.accept();
      const head = await first.head();
      expect(head).toContain("x-forwarded-for: 127.0.0.1");
      client.send(body);
      await first.readText(body.length);
      first.close();
      const second = await server.accept();
      expect(await second.head()).toEqual(head);
      expect(await second.readText(body.length)).toBe(body);
    }),
  );

  test(
    "a request larger than a buffer is not sent again",
    onStage(program, async (stage) => {
      const { port, server } = await startRetrying(stage, "empty-response");
      const client = await stage.client(port);
      const body = "x".repeat(100_000);
      client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      const peer = await server.accept();
      await peer.head();
      await peer.readText(body.length);
      peer.close();
      expect((await client.head())[0]).toBe("HTTP/1.1 502 Bad Gateway");
      expect(server.connectionCount).toBe(1);
    }),
  );

  test(
    "a request that is lost on a reused connection is sent again",
    onStage(program, async (stage) => {
      const { port, server } = await startRetrying(stage, "empty-response");
      const client = await stage.client(port);
      client.send(GET);
      const first = await server.accept();
      await first.head();
      first.send(okResponse("one"));
      await client.head();
      await client.readText(3);
      client.send(GET);
      await first.head();
      first.close();
      const second = await server.accept();
      await second.head();
      second.send(okResponse("two"));
      await client.head();
      expect(await client.readText(3)).toBe("two");
    }),
  );

  for (const cut of ["", "HTTP/1.1 200 OK\r\nConte"]) {
    test(
      `without retry-on such a client is left to try again by itself${cut === "" ? "" : ", also after a part of a head"}`,
      onStage(program, async (stage) => {
        const { port, server, proxy } = await startRelay(stage);
        const client = await stage.client(port);
        client.send(GET);
        const peer = await server.accept();
        await peer.head();
        peer.send(okResponse("one"));
        await client.head();
        await client.readText(3);
        expect(await stage.logLine()).toContain(" 200 ");
        client.send(GET);
        await peer.head();
        if (cut !== "") peer.send(cut);
        peer.halfClose();
        await client.expectEnding();
        await proxy.untilStatistic("fe", "FRONTEND", "scur", "0");
        await expect(stage.logLine(80)).rejects.toThrow();
        expect((await proxy.statistics("be", "BACKEND")).req_tot).toBe("1");
      }),
    );
  }

  for (const redispatch of ["option redispatch", "option redispatch 1"]) {
    test(
      `with ${redispatch} the request goes to the other server`,
      onStage(program, async (stage) => {
        const { port, servers, proxy } = await startRetrying(stage, "503", redispatch, 2);
        const client = await stage.client(port);
        client.send(GET);
        for (const server of [servers[0]!, servers[1]!, servers[0]!]) {
          const peer = await server.accept();
          await peer.head();
          status(503)(peer);
        }
        expect((await client.head())[0]).toBe("HTTP/1.1 503 No");
        expect(await stage.logLine()).toContain(" be/s1 n/n/n/n/n 503 B - - ---- 1/1/0/0/+2 0/0 ");
        for (const name of ["s1", "s2"]) {
          expect(await proxy.statistics("be", name)).toMatchObject({ wretr: "1", wredis: "1" });
        }
      }),
    );
  }

  test(
    "without conn-failure a refused connection is not tried again",
    onStage(program, async (stage) => {
      const { port, server } = await startRetrying(stage, "503");
      server.close();
      const client = await stage.client(port);
      client.send(GET);
      expect((await client.head())[0]).toBe("HTTP/1.1 503 Service Unavailable");
      expect(await stage.logLine()).toContain(" SC-- 1/1/0/0/0 0/0 ");
    }),
  );
});
