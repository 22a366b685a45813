import { expect, test } from "bun:test";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { type ExplainArguments, readArguments } from "../../src/explain/arguments.ts";
import type { Explanation } from "../../src/explain/explanation.ts";
import { explainFiles } from "../../src/process/explain-command.ts";
import { Messages } from "../../src/process/messages.ts";
import { classifyLogLine } from "../support/log-line.ts";
import { eachProgram } from "../support/programs.ts";
import { onStage, type Stage } from "../support/stage.ts";

/** A request, what explains it, and why it is asked. */
interface Case {
  readonly path: string;
  readonly fields?: readonly string[];
  readonly method?: string;
  readonly body?: string;
  readonly response?: string;
  readonly version?: string;
  /** What has to be assumed besides. */
  readonly words?: readonly string[];
  readonly because: string;
}

const CASES: readonly Case[] = [
  { path: "/", because: "the default backend takes it" },
  { path: "/", fields: ["Cookie: SRV=b; x=1"], because: "a cookie names the server" },
  { path: "/", fields: ["Cookie: SRV=c"], because: "the cookie's server is disabled" },
  { path: "/", fields: ["Cookie: SRV=zz"], because: "the cookie names nobody" },
  { path: "/pin", fields: ["Cookie: SRV=b"], because: "use-server comes before the cookie" },
  { path: "/force", fields: ["Cookie: SRV=b"], because: "persistence is ignored" },
  { path: "/api/things?x=1", fields: ["X-User: JO"], because: "the path is rewritten" },
  { path: "/api/x", method: "POST", body: "a=1", because: "a body goes along" },
  { path: "/hash/1", because: "the path is hashed" },
  { path: "/hash/22", because: "another one" },
  { path: "/named", fields: ["X-To: named-1"], because: "a format names the backend" },
  { path: "/named", fields: ["X-To: nobody"], because: "the format names no backend" },
  { path: "/deny", because: "a rule refuses it" },
  { path: "/deny", fields: ["X-Key: sesame"], because: "the second ACL lets it pass" },
  { path: "/return", because: "a rule answers it" },
  { path: "/old?a=b", because: "a rule redirects it" },
  { path: "/gone", because: "a redirect line comes behind the rules" },
  { path: "/reject", because: "it is refused without an answer" },
  { path: "/tar", because: "it is kept waiting" },
  { path: "/empty", because: "the backend has no server" },
  { path: "/down", because: "the server is in maintenance" },
  { path: "/moved", because: "the server is somewhere else" },
  { path: "/", response: "HTTP/1.1 404 Nope", because: "the server knows nothing of it" },
  { path: "/leak", response: "HTTP/1.1 200 OK", because: "a rule refuses the response" },
  { path: "/a b", because: "the target is malformed" },
  { path: "/monitor", because: "a monitor asks" },
  { path: "/", method: "HEAD", because: "only the head is wanted" },
  { path: "/", version: "HTTP/1.0", because: "the client is old" },
  {
    path: "/",
    method: "POST",
    fields: ["transfer-encoding: chunked"],
    body: "3\r\nabc\r\n0\r\n\r\n",
    because: "the body comes in chunks",
  },
  { path: "/body", method: "POST", body: "good", because: "the body is waited for" },
  { path: "/body", method: "POST", body: "evil", because: "the body is refused" },
  { path: "/auth", because: "nobody says who he is" },
  { path: "/auth", fields: ["Authorization: Basic am86cHc="], because: "somebody does" },
  { path: "/dead", words: ["--server", "dead/s9=refused"], because: "nobody listens there" },
  { path: "/spare", words: ["--server", "spare/s9=refused"], because: "the next server has to do" },
  { path: "/dispatch", because: "the backend has no choice" },
];

const RESPONSE = "HTTP/1.1 200 OK";

function configuration(port: number, servers: readonly number[], dead: number): string {
  const [a, b, c] = servers;
  return `
userlist people
  user jo insecure-password pw

defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 2s
  timeout tarpit 40ms
  retries 0
  option httplog
  log global

frontend web
  bind 127.0.0.1:${port}
  monitor-uri /monitor
  acl is_api path_beg /api/
  acl known req.hdr(x-key) -m str sesame open
  http-request set-var(txn.user) req.hdr(x-user),lower if is_api
  http-request deny deny_status 429 if { path /deny } !known
  http-request return status 202 content-type text/plain lf-string "hi %[path]" if { path /return }
  http-request redirect code 301 location /new?%[query] if { path /old }
  http-request reject if { path /reject }
  http-request auth realm here if { path /auth } !{ http_auth(people) }
  http-request wait-for-body time 1s if { path /body }
  http-request deny if { path /body } { req.body -m sub evil }
  http-request tarpit if { path /tar }
  http-request set-header X-User %[var(txn.user)] if { var(txn.user) -m found }
  http-request del-header X-Key
  http-request replace-path /api/(.*) /\\1 if is_api
  http-request add-header X-From %[src]
  redirect location /elsewhere if { path /gone }
  use_backend api if { req.hdr(x-user) -m found }
  use_backend %[req.hdr(x-to)] if { req.hdr(x-to) -m found }
  use_backend hashed if { path_beg /hash }
  use_backend empty if { path /empty }
  use_backend down if { path /down }
  use_backend moved if { path /moved }
  use_backend dead if { path /dead }
  use_backend spare if { path /spare }
  use_backend dispatched if { path /dispatch }
  default_backend app
  http-response deny if { res.hdr(x-leak) -m found }
  http-response set-header X-Seen yes
  http-after-response set-header X-After %[status]

backend app
  balance first
  option forwardfor
  cookie SRV insert indirect
  use-server s2 if { path /pin }
  ignore-persist if { path /force }
  http-response add-header X-Leak %[status] if { capture.req.uri -m beg /leak }
  server s1 127.0.0.1:${a} cookie a
  server s2 127.0.0.1:${b} cookie b
  server s3 127.0.0.1:${c} cookie c disabled

backend api
  balance leastconn
  http-request set-header X-Backend %[be_name]
  server s3 127.0.0.1:${c}

backend hashed
  balance uri
  hash-type consistent
  server s1 127.0.0.1:${a}
  server s2 127.0.0.1:${b} weight 3
  server s3 127.0.0.1:${c}

backend named-1
  server s2 127.0.0.1:${b}
backend empty
backend down
  server s1 127.0.0.1:${a} disabled
backend dead
  server s9 127.0.0.1:${dead}
backend spare
  balance first
  retries 1
  option redispatch
  server s9 127.0.0.1:${dead}
  server s2 127.0.0.1:${b}
backend dispatched
  dispatch 127.0.0.1:${c}
backend moved
  server s1 127.0.0.1:${a} redir http://other.example
`;
}

/** Servers that write down what they get, and answer what the case says. */
class Scribes {
  readonly ports: number[] = [];
  /** What the last request looked like, and where it came; both "" when none did. */
  request = "";
  server = "";
  response = RESPONSE;
  /** What a client of TCP says last; "" for clients of HTTP. */
  repliesTo = "";

  async open(stage: Stage, count: number): Promise<void> {
    for (let number = 1; number <= count; number++) {
      const server = createServer((socket) => this.#listen(socket, `s${number}`));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const address = server.address();
      this.ports.push(typeof address === "object" ? address!.port : 0);
      stage.onEnd(() => {
        server.close();
      });
    }
  }

  #listen(socket: Socket, name: string): void {
    let text = "";
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
      if (this.repliesTo !== "") {
        if (!text.endsWith(this.repliesTo)) return;
        this.request = text;
        this.server = name;
        socket.end(`got ${this.repliesTo}`);
        return;
      }
      const end = text.indexOf("\r\n\r\n");
      const size = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (end === -1 || text.length < end + 4 + size) return;
      if (/transfer-encoding/i.test(text) && !text.endsWith("0\r\n\r\n")) return;
      this.request = text;
      this.server = name;
      text = "";
      socket.write(`${this.response}\r\ncontent-length: 0\r\n\r\n`);
    });
  }
}

function requestOf(wanted: Case): string {
  const { path, fields = [], method = "GET", body, version = "HTTP/1.1" } = wanted;
  const lines = [`${method} ${path} ${version}`, "Host: a.example", ...fields, "Connection: close"];
  const isChunked = fields.some((field) => field.startsWith("transfer-encoding"));
  if (body !== undefined && !isChunked) lines.push(`content-length: ${body.length}`);
  return `${lines.join("\r\n")}\r\n\r\n${body ?? ""}`;
}

/** What `sluice explain` tells of the stage's configuration, within this process: that is quicker. */
function explain(stage: Stage, words: readonly string[]): Explanation {
  const read = readArguments(["-f", join(stage.directory, "cfg"), ...words]);
  const messages = new Messages(process.pid, "v", "p");
  messages.isQuiet = true;
  const told = explainFiles(read as ExplainArguments, messages);
  expect([words, told]).toEqual([words, expect.objectContaining({ version: 1 })]);
  return told as Explanation;
}

/** What a client reads until its connection ends. */
function statusOf(answer: string): number | null {
  const found = /^HTTP\/1\.[01] (\d{3})/.exec(answer)?.[1];
  return found === undefined ? null : Number(found);
}

eachProgram("an explanation tells what happens", (program) => {
  test(
    "to requests",
    onStage(program, async (stage) => {
      const scribes = new Scribes();
      await scribes.open(stage, 3);
      const port = stage.port();
      await stage.start(configuration(port, scribes.ports, stage.port()));
      for (const each of CASES) {
        const { because, response = RESPONSE } = each;
        const request = requestOf(each);
        scribes.request = "";
        scribes.server = "";
        scribes.response = response;
        const client = await stage.client(port);
        const {
          verdict,
          sent,
          answer: toldAnswer,
          log,
        } = explain(stage, [
          "--frontend",
          "web",
          "--request",
          `@${stage.file("request", request)}`,
          "--response",
          response,
          ...(each.words ?? []),
        ]);
        client.send(request);
        const answer = await client.rest();
        const server = (verdict.server ?? "").replace("<direct>", "s3");
        expect([because, verdict.status, server]).toEqual([
          because,
          statusOf(answer),
          scribes.server,
        ]);
        const hasLine = !request.includes("/monitor");
        const line = hasLine ? await stage.logLine() : "";
        if (program.isOracle) continue;
        expect([because, sent?.text ?? ""]).toEqual([because, scribes.request]);
        expect([because, toldAnswer?.text ?? ""]).toEqual([because, answer]);
        expect([because, ...log.map(({ message }) => classifyLogLine(message))]).toEqual(
          hasLine ? [because, line] : [because],
        );
      }
    }),
  );

  test(
    "to connections in TCP mode",
    onStage(program, async (stage) => {
      const scribes = new Scribes();
      await scribes.open(stage, 2);
      const port = stage.port();
      const [a, b] = scribes.ports;
      await stage.start(`
defaults
  mode tcp
  timeout client 5s
  timeout server 5s
  timeout connect 2s
  option tcplog
  log global
frontend raw
  bind 127.0.0.1:${port}
  tcp-request inspect-delay 300ms
  tcp-request content accept if { req.len gt 8 }
  tcp-request content reject if { payload(0,3) -m str bad }
  tcp-request content set-var(sess.kind) payload(0,1)
  use_backend second if { var(sess.kind) -m str 2 }
  default_backend first
backend first
  server s1 127.0.0.1:${a} send-proxy
backend second
  tcp-request content reject if { req.len lt 2 }
  server s2 127.0.0.1:${b}
`);
      for (const [payload, because] of [
        ["this is long", "enough has come"],
        ["bad", "it is refused once the delay is over"],
        ["1short", "the delay is over"],
        ["2nd", "the first byte names the backend"],
        ["2", "the backend refuses it"],
      ] as const) {
        scribes.request = "";
        scribes.server = "";
        scribes.repliesTo = payload;
        const told = explain(stage, ["--payload", payload, "--response", `got ${payload}`]);
        const client = await stage.client(port);
        client.send(payload);
        const isRefused = told.verdict.server === null;
        const answer = isRefused ? await client.rest() : await client.readText(payload.length + 4);
        client.close();
        expect([because, told.verdict.server ?? "", told.answer?.text ?? ""]).toEqual([
          because,
          scribes.server,
          answer,
        ]);
        const withoutPort = (text: string) => text.replace(/ \d+ (\d+)\r\n/, " port $1\r\n");
        expect([because, withoutPort(told.sent?.text ?? "")]).toEqual([
          because,
          withoutPort(scribes.request),
        ]);
        const [line] = told.log.map(({ message }) => classifyLogLine(message));
        expect([because, line]).toEqual([because, await stage.logLine()]);
      }
    }),
  );
});
