import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Peer } from "../support/peer.ts";
import { BOTH, type Program } from "../support/programs.ts";
import type { RunningProgram } from "../support/running-program.ts";
import { readStatistics } from "../support/runtime-client.ts";
import { okResponse } from "../support/scripted-server.ts";
import { Stage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";
import { UNCOMPARED_COLUMNS } from "./explained.ts";

/** Fields of `show info` whose values the two cannot share, with the reason. */
const UNCOMPARED_INFO: Readonly<Record<string, string>> = {
  Release_date: "each has its own",
  Version: "each has its own",
  "Build info": "each has its own",
  Nbthread: "the reference is held to one",
  Pid: "the process number of the two",
  Uptime: "depends on when it is asked",
  Uptime_sec: "depends on when it is asked",
  Start_time_sec: "depends on when it was started",
  "Ulimit-n": "follows from the descriptors that each sets aside",
  Maxsock: "follows from the descriptors that each sets aside",
  Maxconn: "follows from the descriptors that each sets aside",
  Hard_maxconn: "follows from the descriptors that each sets aside",
  Maxpipes: "follows from the descriptors that each sets aside",
  PipesFree: "how many pipes each keeps",
  PipesUsed: "depends on when it is asked",
  CumReq: "how often each was asked on its socket",
  CumConns: "how often each was asked on its socket",
  Jobs: "the reference counts a task of its own",
  ConnRate: "depends on when it is asked",
  MaxConnRate: "depends on the speed of the run",
  SessRate: "depends on when it is asked",
  MaxSessRate: "depends on the speed of the run",
  Tasks: "a matter of each scheduler",
  Run_queue: "a matter of each scheduler",
  Idle_pct: "depends on when it is asked",
  PoolAlloc_MB: "memory is kept in other ways",
  PoolAlloc_bytes: "memory is kept in other ways",
  PoolUsed_MB: "memory is kept in other ways",
  PoolUsed_bytes: "memory is kept in other ways",
  PoolFailed: "memory is kept in other ways",
  TotalBytesOut: "the reference counts what its socket has answered as well",
  BytesOutRate: "depends on when it is asked",
  ZlibMemUsage: "compression is not built",
  MaxZlibMemUsage: "compression is not built",
};

/** What clients and servers do, one after the other. */
async function runTraffic(stage: Stage, port: number, tcpPort: number): Promise<void> {
  const ask = async (text: string): Promise<Peer> => {
    const client = await stage.client(port);
    client.send(text);
    await until("an answer", () => client.unread !== "" || client.ending !== undefined);
    await stage.logLine();
    client.close();
    return client;
  };
  const get = (path: string, fields = "") => `GET ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;
  for (const path of ["/200", "/204", "/301", "/404", "/500", "/503", "/100"]) await ask(get(path));
  await ask("POST /200 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
  await ask("HEAD /200 HTTP/1.1\r\nHost: a\r\n\r\n");
  await ask(get("/denied"));
  await ask(get("/denied-response"));
  await ask(get("/moved"));
  await ask(get("/health"));
  await ask("GET / HTTP/1.1\r\nBad Header: x\r\n\r\n");
  await ask(get("/close"));
  await ask(get("/nonsense"));
  await ask(get("/200", "X-To: refused\r\n"));
  await ask(get("/200", "X-To: nobody\r\n"));
  await ask(get("/200", "X-To: tried\r\n"));
  const kept = await stage.client(port);
  for (let count = 0; count < 3; count++) {
    kept.send(get("/200"));
    await kept.head();
    await kept.readText(2);
    await stage.logLine();
  }
  kept.close();
  const tcp = await stage.client(tcpPort);
  tcp.send("hello");
  expect(await tcp.readText(5)).toBe("hello");
  tcp.halfClose();
  await tcp.rest();
  tcp.close();
  await stage.logLine();
}

const ANSWERS: Readonly<Record<string, string>> = {
  "/200": okResponse("ok"),
  "/204": "HTTP/1.1 204 No Content\r\n\r\n",
  "/301": "HTTP/1.1 301 Moved Permanently\r\nContent-Length: 0\r\n\r\n",
  "/404": "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
  "/500": "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
  "/503": "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
  "/100": `HTTP/1.1 103 Early Hints\r\n\r\n${okResponse("ok")}`,
  "/denied-response": okResponse("ok", ["X-Secret: yes"]),
  "/nonsense": "nonsense\r\n\r\n",
};

interface Side {
  readonly stage: Stage;
  readonly proxy: RunningProgram;
}

async function startSide(program: Program): Promise<Side> {
  const stage = new Stage(program);
  const server = await stage.server("origin");
  server.answerAll((head, peer) => {
    const [, method = "", path = ""] = /^(\S+) (\S+)/.exec(head) ?? [];
    if (path === "/close") peer.halfClose();
    const answer = ANSWERS[path] ?? "";
    return method === "HEAD" ? answer.slice(0, answer.indexOf("\r\n\r\n") + 4) : answer;
  });
  const echo = await stage.server("echo");
  const answerEcho = async (): Promise<void> => {
    const peer = await echo.accept(60_000);
    peer.send(await peer.readText(5));
    await peer.rest(60_000);
    peer.halfClose();
  };
  void answerEcho().catch(() => {});
  const port = stage.port();
  const tcpPort = stage.portRange(2) + 1;
  const proxy = await stage.start(`${program.isOracle ? "  nbthread 1" : ""}
  node here
  description counters
defaults
  log global
  mode http
  option httplog
  option socket-stats
  timeout connect 100ms
  timeout client 5s
  timeout server 5s
  retries 1
frontend fe
  bind 127.0.0.1:${port} name door
  http-request deny if { path /denied }
  http-request redirect location /elsewhere if { path /moved }
  http-request return status 200 if { path /health }
  use_backend refused if { req.hdr(x-to) refused }
  use_backend nobody if { req.hdr(x-to) nobody }
  use_backend tried if { req.hdr(x-to) tried }
  default_backend be
backend be
  cookie SRV insert
  http-response deny if { res.hdr(x-secret) -m found }
  server s1 127.0.0.1:${server.port} cookie c1
  server s2 127.0.0.1:${server.port} cookie c2 weight 5
  server s3 127.0.0.1:${server.port} backup
backend refused
  server s1 127.0.0.1:1
backend nobody
  server s1 127.0.0.1:1 disabled
backend tried
  option redispatch 1
  server s1 127.0.0.1:1
  server s2 127.0.0.1:${server.port}
listen tcp
  mode tcp
  option tcplog
  bind 127.0.0.1:${tcpPort}
  server s1 127.0.0.1:${echo.port}`);
  await runTraffic(stage, port, tcpPort);
  await until("no client to be left", async () => {
    return (await proxy.statistics("fe", "FRONTEND")).scur === "0";
  });
  return { stage, proxy };
}

/** The lines of `show info`, by name. */
function readInfo(text: string): Map<string, string> {
  return new Map(
    text
      .split("\n")
      .filter((line) => line.includes(":"))
      .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
  );
}

const missing = BOTH.oracle.missing ?? BOTH.sluice.missing;

if (missing !== undefined) {
  test.skip(`counters: skipped, ${missing}`, () => {});
} else {
  describe("after the same traffic", () => {
    const sides: Side[] = [];

    beforeAll(async () => {
      sides.push(...(await Promise.all([startSide(BOTH.oracle), startSide(BOTH.sluice)])));
    }, 60_000);

    afterAll(async () => {
      for (const { stage } of sides) await stage.close();
    });

    test("show info has the same fields in the same order", async () => {
      const [oracle, sluice] = await Promise.all(
        sides.map(async ({ proxy }) => [...readInfo(await proxy.command("show info")).keys()]),
      );
      expect(sluice!.slice(0, oracle!.length)).toEqual(oracle!);
    });

    test("show info tells the same of all that can be compared", async () => {
      const [oracle, sluice] = await Promise.all(
        sides.map(async ({ proxy }) => {
          const fields = [...readInfo(await proxy.command("show info"))];
          return Object.fromEntries(fields.filter(([name]) => !(name in UNCOMPARED_INFO)));
        }),
      );
      expect(sluice).toMatchObject(oracle!);
    });

    test("show stat has the same rows, columns and cells", async () => {
      const tables = await Promise.all(
        sides.map(async ({ proxy }) => readStatistics(await proxy.command("show stat"))),
      );
      const [oracle, sluice] = tables.map((table) => {
        const rows: Record<string, Record<string, string>> = {};
        for (const [name, row] of table) {
          // Behind this column come the internal counters of the reference's own modules.
          const columns = Object.keys(row);
          const own = columns.includes("-") ? columns.indexOf("-") : columns.length;
          const cells = Object.entries(row).slice(0, own);
          rows[name] = Object.fromEntries(cells.filter(([name]) => !(name in UNCOMPARED_COLUMNS)));
        }
        return rows;
      });
      expect(sluice).toEqual(oracle!);
    });
  });
}
