import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { onStage } from "../support/stage.ts";

const COOKIE = "capture cookie SRV len 8";
const FIELDS =
  "capture request header Host len 9\n  capture request header X-A len 5\n" +
  "  capture response header X-R len 4\n  capture response header Content-Length len 9";

/** Lines of the frontend, fields of request and response, and what the log tells of them. */
const ROWS: readonly [frontend: string, request: string, response: string, line: RegExp][] = [
  [COOKIE, "Cookie: SRV2=abcdefghi; x=1\r\n", "", / SRV2=abc - ---- \S+ 0\/0 "GET/],
  [COOKIE, "Cookie: x=1; SRV = q\r\n", "Set-Cookie: SRV=fromserver\r\n", / SRV=q SRV=from ---- /],
  [COOKIE, "", "Set-Cookie: x=1; SRV=a\r\n", / 200 B - - ---- /],
  [FIELDS, "X-A: abcdefgh\r\n", "X-R: 1\r\nX-R: 22222\r\n", / 0\/0 \{a\|abcde\} \{2222\|0\} "GET/],
  [FIELDS, "X-A: a\r\nx-a: a|b{}\r\n", "", / \{a\|a#7Cb#7B#7D\} \{\|0\} "GET/],
  [FIELDS, "X-A: a, b\r\n", "", / \{a\|a, b\} \{\|0\} "GET/],
  ["capture request header X-A len 5", "", "", / 0\/0 \{\} "GET/],
  ["capture request header X-F len 9\n  option forwardfor header X-F", "", "", / 0\/0 \{\} "GET/],
];

eachProgram("captures", (program) => {
  for (const [frontend, request, response, line] of ROWS) {
    test(
      `${frontend.replaceAll("\n", ";")} of ${JSON.stringify(request + response)}`,
      onStage(program, async (stage) => {
        const { port, server } = await startRelay(stage, { frontend });
        server.answerAll(`HTTP/1.1 200 OK\r\n${response}Content-Length: 0\r\n\r\n`);
        const client = await stage.client(port);
        client.send(`GET / HTTP/1.1\r\nHost: a\r\n${request}\r\n`);
        await client.head();
        expect(await stage.logLine()).toMatch(line);
      }),
    );
  }

  test(
    "slots that rules fill are logged beside those of headers, and told to servers",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        frontend:
          "capture request header Host len 9\n  http-request capture path len 3\n" +
          "  declare capture request len 5\n  declare capture response len 9\n" +
          "  http-request set-header X-Path %[capture.req.hdr(1)]",
        backend:
          "http-request capture req.hdr(x-a) id 2\n  http-request capture req.hdr(x-a) id 9\n" +
          "  http-response capture status,add(1) id 0",
      });
      const client = await stage.client(port);
      client.send("GET /path HTTP/1.1\r\nHost: a\r\nX-A: 1234567\r\n\r\n");
      const peer = await server.accept();
      expect(await peer.head()).toContain("x-path: /pa");
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      await client.head();
      expect(await stage.logLine()).toMatch(/ 0\/0 \{a\|\/pa\|12345\} \{201\} "GET/);
    }),
  );

  test(
    "tags of formats, of a request that no server took, and of one that is none",
    onStage(program, async (stage) => {
      const { port, proxy, server } = await startRelay(stage, {
        frontend:
          `${COOKIE}\n  ${FIELDS}\n  log-format "%ci:%cp [%t] %hr %hrl %hs %hsl %CC %CS ` +
          '%{+Q}hrl %{+Q}CC"',
      });
      server.answerAll("HTTP/1.1 200 OK\r\nX-R: r\r\nContent-Length: 0\r\n\r\n");
      const client = await stage.client(port);
      const line = async () => (await stage.rawLogLine()).replace(/^.*?\] /, "");
      client.send("GET / HTTP/1.1\r\nHost: a\r\nCookie: SRV=1\r\n\r\n");
      await client.head();
      expect(await line()).toBe('{a|} a - {r|0} r 0 SRV=1 - "a" "" "SRV=1"');
      await proxy.command("set server be/s1 state maint");
      client.send("GET / HTTP/1.1\r\nHost: b\r\nX-A: c\r\n\r\n");
      await client.head();
      expect(await line()).toBe('{b|c} b c {|} - - - - "b" "c" ""');
      const other = await stage.client(port);
      other.send("GET / HTTP/1.1\r\nHost : b\r\n\r\n");
      await other.head();
      expect(await line()).toMatch(/^- - /);
    }),
  );

  test(
    "a response that a tunnel follows is captured, and gets its cookie",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        frontend: "capture response header X-R len 9",
        backend: "cookie SRV insert indirect",
        server: "cookie c1",
      });
      const upgrade = "Connection: Upgrade\r\nUpgrade: foo\r\n";
      server.answerAll(
        `HTTP/1.1 101 Switching Protocols\r\n${upgrade}X-R: y\r\nSet-Cookie: SRV=z\r\n\r\nhello`,
      );
      for (const [cookie, letters] of [
        ["", "NI"],
        ["Cookie: SRV=c1\r\n", "VD"],
      ] as const) {
        const client = await stage.client(port);
        client.send(`GET / HTTP/1.1\r\nHost: a\r\n${upgrade}${cookie}\r\n`);
        expect(await client.head()).toEqual([
          "HTTP/1.1 101 Switching Protocols",
          "connection: Upgrade",
          "upgrade: foo",
          "x-r: y",
          ...(cookie === "" ? ["set-cookie: SRV=c1; path=/"] : []),
        ]);
        expect(await client.readText(5)).toBe("hello");
        client.close();
        expect(await stage.logLine()).toMatch(new RegExp(`..${letters} .* {y} "GET`));
      }
    }),
  );
});
