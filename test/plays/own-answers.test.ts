import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { HTTP_DEFAULTS, onStage } from "../support/stage.ts";

const READY = "<html><body><h1>200 OK</h1>\nService ready.\n</body></html>\n";

eachProgram("monitor-uri", (program) => {
  for (const { uri, request, isOwn, because } of [
    { uri: "/mon", request: "GET /mon", isOwn: true, because: "it is the path" },
    { uri: "/mon", request: "HEAD /mon", isOwn: true, because: "the method does not matter" },
    { uri: "/mon", request: "DELETE /mon", isOwn: true, because: "the method does not matter" },
    { uri: "/mon", request: "GET http://a/mon", isOwn: true, because: "the path counts" },
    { uri: "/mon", request: "GET /mon?x", isOwn: false, because: "the query counts" },
    { uri: "/mon", request: "GET /mon2", isOwn: false, because: "it is another one" },
    { uri: "/mon?x=1", request: "GET /mon?x=1", isOwn: true, because: "it may have a query" },
    { uri: "http://a/mon", request: "GET http://a/mon", isOwn: true, because: "it is whole" },
    { uri: "http://a/mon", request: "GET /mon", isOwn: false, because: "the whole URI counts" },
    {
      uri: "/old\n  monitor-uri /mon",
      request: "GET /old",
      isOwn: false,
      because: "the last counts",
    },
  ]) {
    test(
      `${uri.replace("\n", ";")} ${isOwn ? "answers" : "passes"} ${request}: ${because}`,
      onStage(program, async (stage) => {
        const { port, server, proxy } = await startRelay(stage, { frontend: `monitor-uri ${uri}` });
        server.answerAll(okResponse("server"));
        const client = await stage.client(port);
        client.send(`${request} HTTP/1.1\r\nHost: a\r\n\r\n`);
        const [status] = await client.head();
        expect(status).toBe("HTTP/1.1 200 OK");
        const isHead = request.startsWith("HEAD");
        const body = isOwn ? READY : "server";
        if (!isHead) expect(await client.readText(body.length)).toBe(body);
        // The connection stays, and the first line of the log is that of the second request.
        client.send("GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.head();
        expect(await stage.logLine()).toContain(`GET ${isOwn ? "/next" : request.split(" ")[1]} `);
        const row = await proxy.statistics("fe", "FRONTEND");
        expect([row.req_tot, row.intercepted]).toEqual(["2", isOwn ? "1" : "0"]);
      }),
    );
  }

  test(
    "the answer is that of errorfile 200, whose version says what the connection field needs",
    onStage(program, async (stage) => {
      const page = stage.file(
        "200.http",
        "HTTP/1.0 200 Fine\r\nX-A: b\r\nContent-Length: 2\r\n\r\nhi",
      );
      const { port } = await startRelay(stage, {
        frontend: `monitor-uri /mon\n  errorfile 200 ${page}`,
      });
      const client = await stage.client(port);
      client.send("GET /mon HTTP/1.1\r\nHost: a\r\n\r\n");
      expect(await client.head()).toEqual([
        "HTTP/1.0 200 Fine",
        "x-a: b",
        "content-length: 2",
        "connection: keep-alive",
      ]);
      expect(await client.readText(2)).toBe("hi");
    }),
  );
});

const REDIRECT = [
  "HTTP/1.1 302 Found",
  "cache-control: no-cache",
  "content-length: 0",
  "location: http://img.x/a?b",
  "connection: close",
];

eachProgram("a server with redir", (program) => {
  for (const { request, head, because } of [
    { request: "GET /a?b HTTP/1.1\r\nHost: a\r\n\r\n", head: REDIRECT, because: "GET" },
    { request: "HEAD /a?b HTTP/1.1\r\nHost: a\r\n\r\n", head: REDIRECT, because: "HEAD" },
    { request: "GET http://h/a?b HTTP/1.1\r\nHost: h\r\n\r\n", head: REDIRECT, because: "a URI" },
    { request: "GET /a?b HTTP/1.0\r\n\r\n", head: REDIRECT, because: "HTTP/1.0" },
  ]) {
    test(
      `sends clients elsewhere: ${because}`,
      onStage(program, async (stage) => {
        const { port, proxy } = await startRelay(stage, { server: "redir http://img.x" });
        const client = await stage.client(port);
        client.send(request);
        expect(await client.head()).toEqual(head);
        await client.expectEnding();
        expect(await stage.logLine()).toMatch(/ be\/s1 n\/n\/-1\/-1\/n 302 B - - LC-- /);
        const row = await proxy.statistics("be", "s1");
        expect([row.stot, row.req_tot, row.hrsp_3xx, row.scur]).toEqual(["1", "0", "0", "0"]);
        expect((await proxy.statistics("be", "BACKEND")).hrsp_3xx).toBe("1");
      }),
    );
  }

  for (const request of ["POST /x", "OPTIONS *"]) {
    test(
      `serves ${request} itself`,
      onStage(program, async (stage) => {
        const { port, server } = await startRelay(stage, { server: "redir http://img.x" });
        server.answerAll(okResponse("server"));
        const client = await stage.client(port);
        client.send(`${request} HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`);
        await client.head();
        expect(await client.readText(6)).toBe("server");
      }),
    );
  }

  test(
    "still reads the client's cookie",
    onStage(program, async (stage) => {
      const server = await stage.answering(okResponse("server"));
      const port = stage.port();
      await stage.start(`
${HTTP_DEFAULTS}
listen fe
  bind 127.0.0.1:${port}
  cookie SRV insert
  server s1 127.0.0.1:${server.port} cookie c1
  server s2 127.0.0.1:${server.port} cookie c2 redir http://img.x
`);
      const client = await stage.client(port);
      client.send("GET /a?b HTTP/1.1\r\nHost: a\r\nCookie: SRV=c2\r\n\r\n");
      expect(await client.head()).toEqual(REDIRECT);
      expect(await stage.logLine()).toMatch(/ fe\/s2 n\/n\/-1\/-1\/n 302 B - - LCVN /);
    }),
  );
});
