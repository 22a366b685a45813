import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { readStatistics } from "../support/runtime-client.ts";
import { okResponse } from "../support/scripted-server.ts";
import { HTTP_DEFAULTS, onStage, TCP_DEFAULTS } from "../support/stage.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/** The row of the backend, and how many rows of servers there are. */
function rowsOf(text: string) {
  const rows = readStatistics(text);
  return { backend: rows.get("l/BACKEND")!, count: rows.size };
}

eachProgram("dispatch", (program) => {
  test(
    "takes requests without a row, a name or a choice, and its connection serves the next one",
    onStage(program, async (stage) => {
      const server = await stage.answering(okResponse("hi"));
      const port = stage.port();
      const proxy = await stage.start(`${HTTP_DEFAULTS}
listen l
  bind 127.0.0.1:${port}
  dispatch 127.0.0.1:${server.port}`);
      const client = await stage.client(port);
      for (let round = 0; round < 2; round++) {
        client.send(REQUEST);
        expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
        expect(await client.readText(2)).toBe("hi");
        expect(await stage.logLine()).toStartWith("client [date] l l/<NOSRV> n/n/n/n/n 200 B");
      }
      expect(server.connectionCount).toBe(1);
      const { backend, count } = rowsOf(await proxy.command("show stat"));
      expect(count).toBe(2);
      expect(backend).toMatchObject({ status: "UP", stot: "2", lbtot: "0", hrsp_2xx: "2" });
    }),
  );

  test(
    "passes TCP connections",
    onStage(program, async (stage) => {
      const server = await stage.server();
      const port = stage.port();
      await stage.start(`${TCP_DEFAULTS}
listen l
  bind 127.0.0.1:${port}
  dispatch 127.0.0.1:${server.port}`);
      const client = await stage.client(port);
      client.send("ping");
      const peer = await server.accept();
      expect(await peer.readText(4)).toBe("ping");
      peer.send("pong");
      expect(await client.readText(4)).toBe("pong");
      client.halfClose();
      await peer.expectEnding();
      peer.close();
      expect(await stage.logLine()).toStartWith(
        "client [date] l l/<NOSRV> n/n/n 4 -- 1/1/0/0/0 0/0",
      );
    }),
  );

  test(
    "is tried again where it is, redispatching or not",
    onStage(program, async (stage) => {
      const [port, closed] = [stage.port(), stage.port()];
      const proxy = await stage.start(`${HTTP_DEFAULTS}
  timeout connect 30ms
listen l
  bind 127.0.0.1:${port}
  option redispatch 1
  retries 2
  dispatch 127.0.0.1:${closed}`);
      const client = await stage.client(port);
      client.send(REQUEST);
      expect((await client.head())[0]).toStartWith("HTTP/1.1 503 ");
      expect(await stage.logLine()).toContain(" l/<NOSRV> n/n/-1/-1/n 503 B - - SC-- 1/1/0/0/2 ");
      const { backend } = rowsOf(await proxy.command("show stat"));
      expect(backend).toMatchObject({ econ: "1", wretr: "2", wredis: "0" });
    }),
  );

  test(
    "a client with a valid cookie goes to its server, any other gets none and no cookie",
    onStage(program, async (stage) => {
      const direct = await stage.answering(okResponse("direct"));
      const bound = await stage.answering(okResponse("bound!"));
      const port = stage.port();
      await stage.start(`${HTTP_DEFAULTS}
listen l
  bind 127.0.0.1:${port}
  cookie C insert
  dispatch 127.0.0.1:${direct.port}
  server s 127.0.0.1:${bound.port} cookie v`);
      const client = await stage.client(port);
      for (const [cookie, body] of [
        ["C=v", "bound!"],
        ["C=x", "direct"],
        ["D=v", "direct"],
      ]) {
        client.send(`GET / HTTP/1.1\r\nHost: a\r\nCookie: ${cookie}\r\n\r\n`);
        expect((await client.head()).join("\n")).not.toMatch(/set-cookie/i);
        expect(await client.readText(6)).toBe(body!);
      }
    }),
  );
});

eachProgram("option transparent", (program) => {
  test(
    "connects to where the client wanted to go",
    onStage(program, async (stage) => {
      const server = await stage.answering(okResponse("hi"));
      const port = stage.port();
      await stage.start(`${HTTP_DEFAULTS}
listen l
  bind 127.0.0.1:${port} accept-proxy
  option transparent`);
      const client = await stage.client(port);
      client.send(`PROXY TCP4 127.0.0.1 127.0.0.1 9 ${server.port}\r\n${REQUEST}`);
      expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
      expect(await stage.logLine()).toContain(" l l/<NOSRV> n/n/n/n/n 200 ");
    }),
  );

  test(
    "gives way to dispatch",
    onStage(program, async (stage) => {
      const server = await stage.answering(okResponse("hi"));
      const port = stage.port();
      await stage.start(`${HTTP_DEFAULTS}
listen l
  bind 127.0.0.1:${port}
  transparent
  dispatch 127.0.0.1:${server.port}`);
      const client = await stage.client(port);
      client.send(REQUEST);
      expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
    }),
  );

  // The reference follows the circle until a limit or a timeout breaks it.
  test.skipIf(program.isOracle)(
    "refuses a client that meant the proxy itself",
    onStage(program, async (stage) => {
      const port = stage.port();
      const proxy = await stage.start(`${HTTP_DEFAULTS}
listen l
  bind :${port}
  option transparent`);
      const client = await stage.client(port);
      client.send(REQUEST);
      expect((await client.head())[0]).toStartWith("HTTP/1.1 503 ");
      expect(await stage.logLine()).toContain(" l l/<NOSRV> n/n/-1/-1/n 503 B - - SC-- 1/1/0/0/0 ");
      expect(rowsOf(await proxy.command("show stat")).backend.stot).toBe("1");
    }),
  );
});
