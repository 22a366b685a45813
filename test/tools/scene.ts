import type { Program } from "../support/programs.ts";
import type { RunningProgram } from "../support/running-program.ts";
import { okResponse } from "../support/scripted-server.ts";
import { HTTP_DEFAULTS, type Stage } from "../support/stage.ts";

/** What tools look at: a program that has served a little traffic of each kind. */
export interface Scene {
  readonly stage: Stage;
  readonly program: Program;
  readonly proxy: RunningProgram;
  readonly statsPort: number;
  /** The traffic's log lines as a syslog daemon writes them to its file. */
  readonly logFile: string;
}

/** How many lines the traffic leaves in the log: HTTP, malformed HTTP, and TCP. */
export const TRAFFIC_LINES = 7;

const NOT_FOUND = "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone";
const BROKEN = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n";

/** Starts a program with servers in all states, and sends it some requests. */
export async function startScene(stage: Stage): Promise<Scene> {
  const [web, raw, statsPort] = [stage.port(), stage.port(), stage.port()];
  const server = await stage.server("s1");
  server.answerAll(answer);
  const proxy = await stage.start(`${HTTP_DEFAULTS}
frontend fe
  bind 127.0.0.1:${web}
  default_backend be
frontend raw
  mode tcp
  option tcplog
  bind 127.0.0.1:${raw}
  default_backend tcp
listen stats
  bind 127.0.0.1:${statsPort}
  no log
  stats enable
  stats uri /
backend be
  option httpchk GET /health
  server up 127.0.0.1:${server.port} check inter 200ms
  server down 127.0.0.1:${stage.port()} check inter 200ms fall 1
  server maintained 127.0.0.1:${server.port} check disabled
  server spare 127.0.0.1:${server.port} backup
  server drained 127.0.0.1:${server.port} weight 7
backend tcp
  mode tcp
  server only 127.0.0.1:${server.port}
`);
  await proxy.command("set server be/drained state drain");
  await proxy.untilStatistic("be", "down", "status", "DOWN");
  await proxy.untilStatistic("be", "up", "check_status", "L7OK");
  for (const path of ["/", "/", "/", "/missing", "/broken"]) await exchange(stage, web, get(path));
  await exchange(stage, web, "GARBAGE\r\n\r\n");
  await exchange(stage, raw, get("/"));
  const log = await stage.log();
  const lines: string[] = [];
  for (let count = 0; count < TRAFFIC_LINES; count++) {
    lines.push(
      `Nov 21 07:09:03 lb1 ${(await log.find(/^\S+:\d+ \[/)).raw.replace(/^<\d+>.{16}/, "")}`,
    );
  }
  const logFile = stage.file("haproxy.log", lines.join(""));
  return { stage, program: stage.program, proxy, statsPort, logFile };
}

function answer(head: string): string {
  if (head.includes("/missing")) return NOT_FOUND;
  return head.includes("/broken") ? BROKEN : okResponse("content");
}

function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
}

async function exchange(stage: Stage, port: number, request: string): Promise<void> {
  const client = await stage.client(port);
  client.send(request);
  await client.head();
  client.halfClose();
  await client.rest();
}
