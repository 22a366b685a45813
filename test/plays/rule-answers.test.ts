import { describe, expect, test } from "bun:test";
import { headLines, type Peer } from "../support/peer.ts";
import { BOTH, eachProgram, type Program } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { HTTP_DEFAULTS, onStage, Stage } from "../support/stage.ts";

/** Each character of a value but the printable ones: some would end a header. */
const CONTROLS = "a%00b%01c%08d%09e%0af%0dg%1fh%7fi%80j%ffk%0d%0aX-Evil:%201";
const PAGE =
  "HTTP/1.1 200 Mine\r\nX-Page: b\r\nWWW-Authenticate: Old\r\nContent-Length: 2\r\n\r\nhi";

/** Rules, each set in a section of its own; DIR is where files are. */
const ROWS: readonly string[] = [
  "http-request return",
  "http-request return status 204",
  "http-request return status 304",
  "http-request return status 302",
  "http-request return status 418 hdr X-A %[path] hdr X-B b",
  "http-request return status 599",
  "http-request return content-type text/plain string abc",
  "http-request return content-type text/plain string abc hdr X-A 1 hdr Connection close",
  "http-request return content-type text/plain string abc hdr Set-Cookie a hdr Set-Cookie b",
  'http-request return status 404 content-type text/plain lf-string "p=%[path] %[req.hdr(x-a)] %s"',
  'http-request return content-type text/plain lf-string "%[req.hdr(x-e),url_dec]"',
  "http-request return hdr X-A %[req.hdr(x-e),url_dec] hdr X-B %[req.hdr(nosuch)]",
  "http-request return content-type text/plain lf-file DIR/format",
  "http-request return content-type text/plain file DIR/format",
  "http-request return file DIR/empty",
  "http-request return status 404 default-errorfiles",
  "http-request return default-errorfiles",
  "http-request return status 404 errorfile DIR/page",
  "http-request return status 404 errorfiles own",
  "http-request return errorfile DIR/closing",
  "http-request return errorfile DIR/empty",
  "http-request deny",
  "http-request deny deny_status 400",
  "http-request deny deny_status 408",
  "http-request deny deny_status 429",
  "http-request deny status 418",
  "http-request deny status 418 hdr X-A b",
  "http-request deny content-type text/plain string denied",
  "http-request deny errorfile DIR/page",
  "http-request tarpit",
  "http-request tarpit deny_status 429",
  "http-request tarpit status 418 content-type a/b string x",
  "http-request auth",
  'http-request auth realm "a b"',
  "http-request auth\n  errorfile 401 DIR/page",
  "http-request redirect location /abc",
  "http-request redirect location http://a%[path]%[req.hdr(x-a)] code 301",
  "http-request redirect location %[req.hdr(x-e),url_dec]",
  "http-request redirect prefix http://x",
  "http-request redirect prefix http://x drop-query",
  "http-request redirect prefix http://x drop-query append-slash",
  "http-request redirect prefix http://x append-slash",
  "http-request redirect prefix / drop-query append-slash code 308",
  "http-request redirect scheme https",
  "http-request redirect scheme https code 308 drop-query",
  "http-request redirect location /a code 303 set-cookie A=b",
  "http-request redirect location /a code 307 set-cookie A=b clear-cookie B=",
  "http-request redirect location %[req.hdr(nosuch)]",
  "http-request redirect location %[req.hdr(nosuch)] ignore-empty\n  http-request return",
  "http-request reject",
  "http-request allow if { path_beg / }\n  http-request deny\n  redirect location /b",
  "redirect location /r%[path]",
  "redirect prefix http://r if { method GET }\n  redirect scheme https code 301",
  "http-request return status 201\n  redirect location /r",
  "http-request wait-for-handshake\n  http-request return",
  "http-response deny",
  "http-response deny deny_status 429",
  "http-response deny status 418 content-type text/plain string abc",
  "http-response return status 201 content-type text/plain string abc hdr x y",
  "http-response redirect location /a%[res.hdr(x-server)]",
  'http-request deny\n  http-error status 403 content-type a/b lf-string "%[path]" hdr x-a %[method]',
  "http-request deny\n  http-error status 403",
  "http-request deny\n  http-error status 403 content-type a/b string abc",
  "http-request deny\n  http-error status 403 content-type a/b string abc\n  http-error status 403 default-errorfiles",
  "http-request deny deny_status 404\n  errorfiles own",
  "http-request deny deny_status 404\n  errorfiles own 403\n  http-request deny",
  "http-request deny deny_status 404\n  errorfile 404 DIR/closing\n  errorfiles own 404",
  "http-request deny\n  errorfile 403 DIR/empty",
];

/** Requests, each sent to every row. */
const REQUESTS: readonly string[] = [
  `GET /p?q=1 HTTP/1.1\r\nHost: h\r\nX-A: v\r\nX-E: ${CONTROLS}\r\n\r\n`,
  "HEAD /p?q=1 HTTP/1.1\r\nHost: h\r\n\r\n",
  "GET /p/?q=1 HTTP/1.0\r\n\r\n",
  "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc",
];
/** Targets that are no paths, for rows that make something of paths. */
const TARGETS: readonly string[] = [
  "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
  "GET http://h/p HTTP/1.1\r\nHost: h\r\n\r\n",
];
/** The rest of its body never comes. */
const CUT = "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc";
const COUNTERS = ["req_tot", "dreq", "dresp", "intercepted", "ereq", "eresp", "hrsp_2xx"];
COUNTERS.push("hrsp_3xx", "hrsp_4xx", "hrsp_5xx");

/** Everything that comes up to the end of an answer, and what follows: another answer, or the end. */
async function transcriptOf(client: Peer, request: string): Promise<string> {
  const head = await client.readUntil("\r\n\r\n").catch(() => "");
  if (head === "") return `${client.unread}<end>`;
  const length = /^content-length: (\d+)/im.exec(head)?.[1];
  const text = `${headLines(head).join("\n")}\n\n`;
  if (length === undefined && !/ 204 /.test(head)) return `${text}${await client.rest()}<end>`;
  const hasBody = !request.startsWith("HEAD") && !/ (204|304) /.test(head);
  const body = hasBody ? await client.readText(Number(length ?? 0)) : "";
  if (!/^connection: close/im.test(head)) return `${text}${body}<open>`;
  return `${text}${body}${await client.rest()}<end>`;
}

/** What a program does with all requests to all rows. */
async function runTable(stage: Stage): Promise<Record<string, unknown>> {
  const { directory } = stage;
  stage.file("page", PAGE);
  stage.file("closing", "HTTP/1.0 403 Closed\r\nX-A: b\r\nConnection: close\r\n\r\nhi");
  stage.file("empty", "");
  stage.file("format", "file %[path] content\n");
  const server = await stage.answering(
    "HTTP/1.1 200 OK\r\nx-server: s\r\ncontent-length: 2\r\n\r\nok",
  );
  const sections = ROWS.map(
    (row, index) =>
      `listen p${index}\n  bind unix@${directory}/p${index}\n  ${row.replaceAll("DIR", directory)}\n` +
      `  server s 127.0.0.1:${server.port}\n`,
  );
  const proxy = await stage.start(
    `http-errors own\n  errorfile 403 ${directory}/page\n  errorfile 404 ${directory}/page\n` +
      `${HTTP_DEFAULTS}  timeout tarpit 20ms\n${sections.join("")}`,
  );
  const seen: Record<string, unknown> = {};
  for (const [index, row] of ROWS.entries()) {
    const isSafeToCut = !/wait-for|http-response|http-request allow/.test(row);
    const requests = row.includes("redirect") ? [...REQUESTS, ...TARGETS] : REQUESTS;
    for (const request of isSafeToCut ? [...requests, CUT] : requests) {
      const client = await stage.client({ path: `${directory}/p${index}` });
      client.send(request);
      const answer = await transcriptOf(client, request);
      client.close();
      // The client before may not have left yet, so that connections are not told.
      const line = (await stage.logLine()).replace(/ \d+\/\d+\/\d+(?=\/\d+\/\d+ \d+\/\d+ ")/, "");
      seen[`${row} <- ${request}`] = [answer, line];
    }
    for (const name of ["FRONTEND", "s", "BACKEND"]) {
      const counters = await proxy.statistics(`p${index}`, name);
      seen[`${row}: ${name}`] = COUNTERS.map((column) => `${column}=${counters[column]}`).join(" ");
    }
  }
  return seen;
}

async function runOn(program: Program): Promise<Record<string, unknown>> {
  const stage = new Stage(program);
  try {
    return await runTable(stage);
  } finally {
    await stage.close();
  }
}

describe("answers of rules", () => {
  const { oracle, sluice } = BOTH;
  if (oracle.missing !== undefined) {
    test.skip(`skipped: ${oracle.missing}`, () => {});
    return;
  }

  test("are those of the reference, with their lines and counters", async () => {
    expect(await runOn(sluice)).toEqual(await runOn(oracle));
  }, 60_000);
});

function post(size: number, part = "", fields = ""): string {
  return `POST / HTTP/1.1\r\nHost: a\r\n${fields}Content-Length: ${size}\r\n\r\n${part}`;
}

eachProgram("wait-for-body", (program) => {
  test(
    "waits for a request's body, and for the first bytes of another",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        frontend: "http-request wait-for-body time 2s at-least 3 if { path / }",
        backend: "http-request wait-for-body time 2s unless { hdr(x-part) -m found }",
      });
      const client = await stage.client(port);
      client.send(post(6, "abc"));
      await server.expectNoConnection();
      client.send("def");
      const peer = await server.accept();
      await peer.head();
      expect(await peer.readText(6)).toBe("abcdef");
      peer.send(okResponse("ok"));
      await client.head();
      await client.readText(2);
      client.send(post(6, "abc", "X-Part: 1\r\n"));
      await peer.head();
      expect(await peer.readText(3)).toBe("abc");
    }),
  );

  test(
    "ends with 408 when its time is over",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, {
        frontend: "http-request wait-for-body time 50ms",
      });
      const client = await stage.client(port);
      client.send(post(6, "abc"));
      expect((await client.head())[0]).toBe("HTTP/1.1 408 Request Time-out");
      expect(await stage.logLine()).toContain(" fe/<NOSRV> -1/-1/-1/-1/n 408 B - - cR-- ");
      expect(server.connectionCount).toBe(0);
      expect((await proxy.statistics("fe", "FRONTEND")).ereq).toBe("1");
    }),
  );

  test(
    "waits for a response's body",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        backend: "http-response wait-for-body time 2s\n  http-response set-header x-after yes",
      });
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      const peer = await server.accept();
      await peer.head();
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
      await client.expectSilence();
      peer.send("defghij");
      expect(await client.head()).toEqual([
        "HTTP/1.1 200 OK",
        "content-length: 10",
        "x-after: yes",
      ]);
      expect(await client.readText(10)).toBe("abcdefghij");
    }),
  );

  test(
    "ends with 504 when a response's body does not come in time",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, {
        frontend: "http-response wait-for-body time 50ms",
      });
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      const peer = await server.accept();
      await peer.head();
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
      expect((await client.head())[0]).toBe("HTTP/1.1 504 Gateway Time-out");
      expect(await stage.logLine()).toMatch(/ be\/s1 n\/n\/n\/-1\/n 504 B - - sR-- /);
      expect((await proxy.statistics("be", "s1")).eresp).toBe("0");
    }),
  );

  test(
    "a server that leaves within its body is waited for no longer",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        backend: "http-response wait-for-body time 2s",
      });
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      const peer = await server.accept();
      await peer.head();
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
      await client.expectSilence();
      peer.close();
      await client.head();
      expect(await client.rest()).toBe("abc");
      expect(await stage.logLine()).toContain(" 200 B - - SD-- ");
    }),
  );
});

eachProgram("silent-drop", (program) => {
  for (const rules of [
    "http-request silent-drop if { path /x }",
    "http-response silent-drop",
    "tcp-request content silent-drop",
  ]) {
    test(
      `${rules} does not tell the client`,
      onStage(program, async (stage) => {
        const { port, server, proxy } = await startRelay(stage, { frontend: rules });
        server.answerAll(okResponse("server"));
        const client = await stage.client(port);
        client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
        expect(await stage.logLine()).toContain(" - - PR-- ");
        await client.expectSilence();
        const row = await proxy.statistics("fe", "FRONTEND");
        expect([row.dreq, row.scur]).toEqual(["1", "0"]);
      }),
    );
  }

  for (const rules of ["tcp-request connection silent-drop", "tcp-request session silent-drop"]) {
    test(
      `${rules} does not tell the client`,
      onStage(program, async (stage) => {
        const { port, proxy } = await startRelay(stage, { frontend: rules });
        const client = await stage.client(port);
        await proxy.untilStatistic("fe", "FRONTEND", "dreq", "1");
        await client.expectSilence();
      }),
    );
  }
});

eachProgram("monitor fail", (program) => {
  test(
    "answers 503 while a condition holds",
    onStage(program, async (stage) => {
      const { port, proxy } = await startRelay(stage, {
        frontend:
          "monitor-uri /alive\n  monitor fail if { hdr(x-sick) yes }\n  monitor fail unless { hdr(host) a }",
      });
      const client = await stage.client(port);
      for (const [fields, status] of [
        ["Host: a", 200],
        ["Host: a\r\nX-Sick: yes", 503],
        ["Host: b", 503],
      ]) {
        client.send(`HEAD /alive HTTP/1.1\r\n${fields}\r\n\r\n`);
        expect((await client.head())[0]).toContain(` ${status} `);
      }
      // It is counted when the exchange is over, which is a moment later.
      await proxy.untilStatistic("fe", "FRONTEND", "hrsp_5xx", "2");
      const row = await proxy.statistics("fe", "FRONTEND");
      expect([row.intercepted, row.hrsp_2xx]).toEqual(["3", "1"]);
    }),
  );
});

eachProgram("stats http-request", (program) => {
  test(
    "says who may see the page, and leaves other requests alone",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        backend: [
          "stats uri /stats",
          "stats http-request deny if { hdr(x-bad) -m found }",
          "stats http-request allow if { hdr(x-good) -m found }",
          "stats http-request auth realm mine",
        ].join("\n  "),
      });
      server.answerAll(okResponse("server"));
      for (const [target, fields, status] of [
        ["/stats;csv", "X-Good: 1", 200],
        ["/stats;csv", "X-Good: 1\r\nX-Bad: 1", 403],
        ["/stats", "X: 1", 401],
        ["/other", "X-Bad: 1", 200],
      ]) {
        const client = await stage.client(port);
        client.send(`GET ${target} HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n`);
        const head = await client.head();
        expect(head[0]).toContain(` ${status} `);
        if (status === 401) expect(head).toContain('www-authenticate: Basic realm="mine"');
      }
    }),
  );
});
