import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { HTTP_DEFAULTS, onStage, type Stage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";

const CLIENTS = 8;

interface Load {
  readonly statuses: string[];
  stop(): Promise<void>;
}

/** Clients that ask again and again over keep-alive connections, each after its last answer. */
function startLoad(stage: Stage, port: number): Load {
  const statuses: string[] = [];
  let isOver = false;
  const run = async (): Promise<void> => {
    let client = await stage.client(port);
    while (!isOver) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      const head = await client.head().catch(() => undefined);
      if (head === undefined) {
        // A request on a connection that served others may be answered by closing: clients repeat it.
        statuses.push("closed");
        client = await stage.client(port);
        continue;
      }
      statuses.push(head[0]!.split(" ")[1]!);
      const length = /^content-length: (\d+)/m.exec(head.join("\n"));
      await client.read(Number(length?.[1] ?? 0));
      if (head.includes("connection: close")) client = await stage.client(port);
    }
  };
  const all = Array.from({ length: CLIENTS }, run);
  return {
    statuses,
    async stop() {
      isOver = true;
      await Promise.all(all);
    },
  };
}

const ORIGIN = `
const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("hello") });
console.log(server.port);
`;

/** A server in a process of its own, which can be killed. */
async function startKillable(stage: Stage): Promise<{ port: number; kill(): void }> {
  const child = Bun.spawn([process.execPath, "-e", ORIGIN], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  stage.onEnd(() => child.kill("SIGKILL"));
  const { value } = await child.stdout.getReader().read();
  return { port: Number(new TextDecoder().decode(value)), kill: () => child.kill("SIGKILL") };
}

eachProgram("failover under load", (program) => {
  test(
    "no client sees an error when a server goes away, with option redispatch",
    onStage(program, async (stage) => {
      const { port, servers, proxy } = await startRelay(stage, {
        servers: 4,
        defaults: "option redispatch\nretries 3",
        backend: "balance roundrobin",
        server: "check inter 50ms fall 2",
      });
      let isLeaving = false;
      servers.forEach((server, index) => {
        server.answerAll((_head, peer) => {
          if (!isLeaving || index !== 0) return okResponse("hello");
          // Whoever leaves answers what it has and closes; every later connection is refused.
          setTimeout(() => peer.halfClose(), 0);
          return okResponse("last", ["Connection: close"]);
        });
      });
      const load = startLoad(stage, port);
      await until("some traffic", () => load.statuses.length > 200);
      isLeaving = true;
      servers[0]!.stopListening();
      await proxy.untilStatistic("be", "s1", "status", "DOWN");
      const soFar = load.statuses.length;
      await until("more traffic", () => load.statuses.length > soFar + 200);
      await load.stop();
      expect(load.statuses.filter((status) => status !== "200")).toEqual([]);
    }),
    15_000,
  );

  test(
    "a server killed under load costs at most the requests that it was working on",
    onStage(program, async (stage) => {
      const origins = await Promise.all([1, 2, 3].map(() => startKillable(stage)));
      const port = stage.port();
      const proxy = await stage.start(`
${HTTP_DEFAULTS}
  option redispatch
  retries 3
frontend fe
  bind 127.0.0.1:${port}
  default_backend be
backend be
  balance roundrobin
  default-server check inter 50ms fall 2
${origins.map((origin, index) => `  server s${index + 1} 127.0.0.1:${origin.port}`).join("\n")}
`);
      const load = startLoad(stage, port);
      await until("some traffic", () => load.statuses.length > 200);
      origins[0]!.kill();
      await proxy.untilStatistic("be", "s1", "status", "DOWN");
      const soFar = load.statuses.length;
      await until("more traffic", () => load.statuses.length > soFar + 200);
      await load.stop();
      const errors = load.statuses.filter((status) => status !== "200");
      expect(errors.length).toBeLessThanOrEqual(CLIENTS);
      expect(load.statuses.slice(soFar).filter((status) => status !== "200")).toEqual([]);
    }),
    15_000,
  );
});
