import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

eachProgram("fetches", (program) => {
  test(
    "see the bodies of requests, with a length and in chunks",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        frontend: [
          "option http-buffer-request",
          "http-request set-header X-Seen %[req.body,hex]|%[req.body_len]|%[req.body_size]|%[req.body_param(b)]",
          "http-request deny if { req.body_param(c) -m str no }",
        ].join("\n"),
      });
      const client = await stage.client(port);
      client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\na=1&b=2");
      const peer = await server.accept();
      expect(await peer.head()).toContain("x-seen: 613D3126623D32|7|7|2");
      await peer.read(7);
      peer.send(okResponse("x"));
      await client.head();
      await client.read(1);
      client.send(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=1\r\n4\r\n&b=2\r\n0\r\n\r\n",
      );
      expect(await peer.head()).toContain("x-seen: 613D3126623D32|7|7|2");
      await client.close();
      const other = await stage.client(port);
      other.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\nc=yes&c=no&");
      expect((await other.head())[0]).toBe("HTTP/1.1 403 Forbidden");
    }),
  );

  test(
    "see at the end of an exchange what it captured",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        frontend: [
          "capture request header X-One len 10",
          "capture request header X-Two len 10",
          "capture response header Via len 10",
          "unique-id-format id-%ci",
          'log-format "%ci:%cp [x] %[capture.req.method] %[capture.req.uri] %[capture.req.ver] %[capture.res.ver] %[capture.req.hdr(0)] %[capture.req.hdr(1)] %[capture.req.hdr(9)] %[capture.res.hdr(0)] %[unique-id] %[http_first_req]"',
        ].join("\n"),
        backend: "http-response set-header X-Seen %[capture.req.hdr(1)]|%[unique-id]",
      });
      const client = await stage.client(port);
      client.send("GET /a?b HTTP/1.1\r\nHost: a\r\nX-Two: two\r\n\r\n");
      const peer = await server.accept();
      await peer.head();
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nVia: here\r\n\r\n");
      expect(await client.head()).toContain("x-seen: two|id-127.0.0.1");
      expect(await stage.rawLogLine()).toEndWith(
        "GET /a?b HTTP/1.1 HTTP/1.1 - two - here id-127.0.0.1 1",
      );
      client.send("GET http://a/x HTTP/1.1\r\nHost: a\r\n\r\n");
      await peer.head();
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      await client.head();
      expect(await stage.rawLogLine()).toEndWith("GET /x HTTP/1.1 HTTP/1.1 - - - - id-127.0.0.1 0");
    }),
  );

  test(
    "hold for any value of a header or a cookie that has several",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        frontend: [
          "http-request set-header X-Seen none",
          "http-request set-header X-Seen base if { base_end /z }",
          "http-request set-header X-Seen parameter if { urlp(p) two }",
          "http-request set-header X-Seen cookie if { cook(c) -m beg two }",
          "http-request set-header X-Seen header if { req.hdr(x) two }",
        ].join("\n"),
      });
      const asked = async (target: string, line: string) => {
        const client = await stage.client(port);
        client.send(`GET ${target} HTTP/1.1\r\nHost: a\r\n${line}\r\n\r\n`);
        const head = await (await server.accept()).head();
        await client.close();
        return head.find((line) => line.startsWith("x-seen: "))?.slice(8);
      };
      expect(await asked("/", "X: one, two, three")).toBe("header");
      expect(await asked("/", "X: one\r\nX: two")).toBe("header");
      expect(await asked("/", "Cookie: c=one; c=two2; c=3")).toBe("cookie");
      expect(await asked("/?p=one&p=two", "X: one")).toBe("parameter");
      expect(await asked("/z?", "X: one")).toBe("base");
      expect(await asked("/", "X: one, twot\r\nCookie: d=two")).toBe("none");
    }),
  );

  test(
    "know who asks by userlists",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        defaults: [
          "userlist people",
          "  group readers users ann",
          "  group writers",
          "  user ann insecure-password a:nn",
          "  user bob password $5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5 groups readers,writers",
        ].join("\n"),
        frontend: [
          "http-request set-header X-Seen nobody",
          "http-request set-header X-Seen user if { http_auth(people) }",
          "http-request set-header X-Seen reader if { http_auth_group(people) readers }",
          "http-request set-header X-Seen writer if { http_auth_group(people) writers }",
        ].join("\n"),
      });
      const asked = async (credentials: string) => {
        const client = await stage.client(port);
        client.send(
          `GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Basic ${btoa(credentials)}\r\n\r\n`,
        );
        const head = await (await server.accept()).head();
        await client.close();
        return head.find((line) => line.startsWith("x-seen: "))?.slice(8);
      };
      expect(await asked("ann:a:nn")).toBe("reader");
      expect(await asked("bob:Hello world!")).toBe("writer");
      expect(await asked("bob:Hello world")).toBe("nobody");
      expect(await asked("ann:a:n")).toBe("nobody");
      expect(await asked("nobody:a:nn")).toBe("nobody");
    }),
  );
});
