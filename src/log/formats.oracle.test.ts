import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SocketAddress } from "../sys/socket-address.ts";
import { BuiltInFormat } from "./built-in-formats.ts";
import { LogEnvironment } from "./environment.ts";
import { compileFormat, type LogFormat } from "./format.ts";
import { LineWriter } from "./line-writer.ts";
import { LogRecord } from "./record.ts";
import { syslogHeader } from "./syslog-header.ts";
import { SyslogFormat } from "./target.ts";
import { ALL_FIELDS, lineText } from "./testing.ts";

const ORACLE = Bun.which("haproxy");

/** Formats that the reference and we write; each with the option that asks for it. */
const FORMATS = [
  { name: "httplog", option: "option httplog", text: BuiltInFormat.HTTP },
  { name: "clf", option: "option httplog clf", text: BuiltInFormat.HTTP_CLF },
  { name: "tcplog", option: "option tcplog", text: BuiltInFormat.TCP },
  {
    name: "all",
    option: "",
    text: "%{+X}o %ci:%cp %Ts %ms %lc|%{-X}o%HM %HU %HP %HPO %HQ  %HV|%{+Q}HQ %{+E}HU %{+Q}s|%f %T %Tl %trg|%Th/%Ti/%Tq/%Td/%Tt/%Tu|%U",
  },
] as const;

/** What the structured data of a line tells of the values that the message was made from. */
const VALUES =
  "ci=%ci cp=%cp t=%Ts.%ms f=%f b=%b s=%s Ti=%Ti TR=%TR Tw=%Tw Tc=%Tc Tr=%Tr Tt=%Tt ST=%ST B=%B U=%U " +
  "tsc=%tsc ac=%ac fc=%fc bc=%bc sc=%sc rc=%rc sq=%sq bq=%bq lc=%lc H=%H pid=%pid r=%r";

const REQUESTS = [
  "GET /index.html HTTP/1.1\r\nHost: a\r\n\r\n",
  'GET /a]b{|}%22?x=1&y= HTTP/1.1\r\nHost: a\r\nUser-Agent: a"b{|}#c\\]d\r\n\r\n',
  "GET http://h.example:80/abs/path?q=1 HTTP/1.0\r\n\r\n",
  "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
  'GET /b"ad HTTP/1.1\r\nHost: a\r\n\r\n',
  "GARBAGE\r\n\r\n",
];

/** Starts the reference with one frontend for each format; gives its ports and its log lines. */
async function startOracle(program: string) {
  const directory = mkdtempSync(join(tmpdir(), "formats-"));
  const lines: string[] = [];
  const sink = await Bun.udpSocket({
    hostname: "127.0.0.1",
    socket: {
      data(_socket, data) {
        lines.push(Buffer.from(data).toString("latin1"));
      },
    },
  });
  const origin = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("data", () =>
      socket.end("HTTP/1.1 200 OK\r\nServer: lab\r\nContent-Length: 2\r\n\r\nhi"),
    );
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => origin.once("listening", resolve));
  const { port: originPort } = origin.address() as { port: number };
  const ports = await Promise.all(FORMATS.map(() => freePort()));
  const frontends = FORMATS.map(
    ({ name, option, text }, index) => `
frontend ${name}
  bind 127.0.0.1:${ports[index]}
  ${option === "" ? `log-format "${text}"` : option}
  log-format-sd "${VALUES}"
  default_backend app`,
  );
  const path = join(directory, "oracle.cfg");
  writeFileSync(
    path,
    `global
  log 127.0.0.1:${sink.port} len 4096 format rfc5424 local0
defaults
  mode http
  log global
  timeout client 5s
  timeout server 5s
  timeout connect 5s
  option http-server-close
${frontends.join("\n")}
backend app
  server s1 127.0.0.1:${originPort}
`,
  );
  const child = Bun.spawn([program, "-db", "-f", path], { stdout: "ignore", stderr: "ignore" });
  return {
    ports,
    lines,
    pid: child.pid,
    async stop() {
      child.kill();
      await child.exited;
      sink.close();
      origin.close();
      rmSync(directory, { recursive: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Sends one request on a connection of its own and waits for the connection's end. */
async function send(port: number, request: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      const closed = Promise.withResolvers<void>();
      const socket = await Bun.connect({
        hostname: "127.0.0.1",
        port,
        socket: {
          data: (peer) => void peer.end(),
          close: () => closed.resolve(),
          error: () => closed.resolve(),
        },
      });
      socket.write(request);
      await closed.promise;
      return;
    } catch (error) {
      if (attempt === 100) throw error;
      await Bun.sleep(20);
    }
  }
}

/** Makes the record that a line's structured data tells of. */
function recordOf(values: ReadonlyMap<string, string>): LogRecord {
  const record = new LogRecord();
  const number = (name: string) => Number(values.get(name)!.replace("+", ""));
  const [seconds, milliseconds] = values.get("t")!.split(".");
  record.acceptDateMs = Number(seconds) * 1000 + Number(milliseconds);
  record.client = SocketAddress.fromHost(values.get("ci")!, number("cp"))!;
  record.frontendName = values.get("f")!;
  record.backendName = values.get("b")!;
  const server = values.get("s")!;
  record.serverName = server === "<NOSRV>" ? "" : server;
  record.idleMs = number("Ti");
  record.requestMs = number("TR");
  record.queueMs = number("Tw");
  record.connectMs = number("Tc");
  record.responseMs = number("Tr");
  record.totalMs = number("Tt");
  record.status = number("ST");
  record.bytesOut = number("B");
  record.bytesIn = number("U");
  const state = values.get("tsc")!;
  record.terminationCause = state.charCodeAt(0);
  record.terminationPhase = state.charCodeAt(1);
  record.cookieRequest = state.charCodeAt(2);
  record.cookieResponse = state.charCodeAt(3);
  record.processConnections = number("ac");
  record.frontendConnections = number("fc");
  record.backendConnections = number("bc");
  record.serverConnections = number("sc");
  record.retries = number("rc");
  record.serverQueuePosition = number("sq");
  record.backendQueuePosition = number("bq");
  record.logCount = number("lc");
  const line = values.get("r")!;
  if (line !== "<BADREQ>") {
    record.requestBytes = Buffer.from(
      line.replaceAll(/#(..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
      "latin1",
    );
    record.requestLineEnd = record.requestBytes.length;
  }
  return record;
}

const suite = ORACLE === null ? describe.skip : describe;
suite(`log lines are the reference's, byte by byte${ORACLE === null ? " (skipped: haproxy is not installed)" : ""}`, () => {
  let oracle: Awaited<ReturnType<typeof startOracle>>;
  beforeAll(async () => {
    oracle = await startOracle(ORACLE!);
  });
  afterAll(() => oracle.stop());

  for (const [index, { name, text }] of FORMATS.entries()) {
    test.each(REQUESTS)(`${name} of %j`, async (request) => {
      const before = oracle.lines.length;
      await send(oracle.ports[index]!, request);
      while (oracle.lines.length === before) await Bun.sleep(5);
      const match =
        /^<(\d+)>1 (\S+) - (\S+) (\d+) - (ci=.* r=(?:<BADREQ>|\S+ .* HTTP\/\d\.\d|\S+ \S+ HTTP\/\d\.\d)) (.*)\n$/s.exec(
          oracle.lines[before]!,
        )!;
      const [, priority, date, tag, pid, data, message] = match as unknown as string[];
      const values = new Map(
        [...data!.matchAll(/(\w+)=(.*?)(?= \w+=|$)/gs)].map(
          ([, key, value]) => [key!, value!] as const,
        ),
      );
      values.set("r", data!.slice(data!.indexOf(" r=") + 3));
      const environment = new LogEnvironment(Number(pid), values.get("H")!);
      const line = new LineWriter(new Uint8Array(4096), 0, 4096, environment);
      (compileFormat(text, ALL_FIELDS) as LogFormat).write(line, recordOf(values));
      expect(lineText(line)).toBe(message!);

      const dateMs = Math.floor(new Date(date!).getTime());
      const settings = {
        format: SyslogFormat.RFC5424,
        facility: 16,
        tag: "haproxy",
        hostName: undefined,
      };
      const header = syslogHeader(settings, Number(priority) & 7, dateMs, environment);
      expect([tag, Number(pid)]).toEqual(["haproxy", oracle.pid]);
      expect(header.replace(/\d{3}000([+-])/, "$1")).toBe(
        oracle.lines[before]!.slice(0, header.length).replace(/\d{6}([+-])/, "$1"),
      );
    });
  }
});
