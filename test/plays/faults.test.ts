import { expect, test } from "bun:test";
import { join } from "node:path";
import type { Peer } from "../support/peer.ts";
import { BOTH, PROJECT_ROOT } from "../support/programs.ts";
import { okResponse, type ScriptedServer } from "../support/scripted-server.ts";
import { HTTP_DEFAULTS, onStage, type Stage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";

const PRELOAD = `--preload ${join(PROJECT_ROOT, "test", "support", "fault-seam.ts")}`;
const LEVEL_ALERT = 1;
const ALERT = /^A bug in Sluice ended one stream: Error: a fault in /;

function get(path: string, fields: readonly string[] = []): string {
  return [`GET ${path} HTTP/1.1`, "Host: a", ...fields, "", ""].join("\r\n");
}

/** Starts the program with the seam, a frontend of each mode, and one server for all. */
async function startFaulty(stage: Stage, tcpName = "raw") {
  const server = await stage.server("s");
  const port = stage.port();
  const tcpPort = stage.port();
  const calmPort = stage.port();
  const configuration = `
${HTTP_DEFAULTS}
listen calm
  bind 127.0.0.1:${calmPort}
  server s 127.0.0.1:${server.port}
listen web
  bind 127.0.0.1:${port}
  timeout server 150ms
  server s 127.0.0.1:${server.port} maxconn 1
listen ${tcpName}
  mode tcp
  option tcplog
  timeout client 150ms
  bind 127.0.0.1:${tcpPort}
  server s 127.0.0.1:${server.port}`;
  const proxy = await stage.start(configuration, { environment: { BUN_OPTIONS: PRELOAD } });
  return { proxy, port, tcpPort, calmPort, server };
}

/** Holds one exchange open while `act` runs, and sees it end well. */
async function besideAnother(
  stage: Stage,
  port: number,
  server: ScriptedServer,
  act: () => Promise<void>,
): Promise<void> {
  const other = await stage.client(port, "the other client");
  other.send(get("/other"));
  const otherPeer = await server.accept();
  await otherPeer.head();
  otherPeer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha");
  await other.head();
  await act();
  otherPeer.send("lf");
  expect(await other.readText(4)).toBe("half");
  other.close();
}

interface HttpFault {
  readonly place: string;
  readonly because: string;
  readonly state: string;
  /** What the client gets: the status line, or a cut. */
  readonly gets: RegExp;
  readonly act: (stage: Stage, client: Peer, server: ScriptedServer, port: number) => Promise<void>;
}

const PLAIN = async (client: Peer, place: string) => client.send(get(`/fault-${place}`));

const HTTP_FAULTS: readonly HttpFault[] = [
  {
    place: "request",
    because: "before a server was chosen",
    state: "IR--",
    gets: /^HTTP\/1\.1 500 /,
    act: (_stage, client) => PLAIN(client, "request"),
  },
  {
    place: "response",
    because: "when the response's head comes",
    state: "IH--",
    gets: /^HTTP\/1\.1 500 /,
    act: async (_stage, client, server) => {
      await PLAIN(client, "response");
      const peer = await server.accept();
      await peer.head();
      peer.send(okResponse("no"));
    },
  },
  {
    place: "body",
    because: "when the response has begun",
    state: "ID--",
    gets: /^HTTP\/1\.1 200 OK\r\nContent-Length: 9\r\n\r\nbegun$/,
    act: async (_stage, client, server) => {
      await PLAIN(client, "body");
      const peer = await server.accept();
      await peer.head();
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbegun");
      await until("the first part", () => client.unread.endsWith("begun"));
      peer.send("over");
    },
  },
  {
    place: "upload",
    because: "when a part of the request's body comes",
    state: "IH--",
    gets: /^HTTP\/1\.1 500 /,
    act: async (_stage, client, server) => {
      client.send("POST /fault-upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n");
      const peer = await server.accept();
      await peer.head();
      client.send("part");
    },
  },
  {
    place: "timer",
    because: "when the server's time is over",
    state: "IH--",
    gets: /^HTTP\/1\.1 500 /,
    act: async (_stage, client, server) => {
      await PLAIN(client, "timer");
      await server.accept();
    },
  },
  {
    place: "queue",
    because: "when a slot becomes free",
    state: "IQ--",
    gets: /^HTTP\/1\.1 500 /,
    act: async (stage, client, server, port) => {
      const holder = await stage.client(port, "the holder of the slot");
      holder.send(get("/holder"));
      const peer = await server.accept();
      await peer.head();
      await PLAIN(client, "queue");
      await Bun.sleep(20);
      peer.send(okResponse("ok"));
      await holder.head();
      holder.close();
    },
  },
];

test.each(HTTP_FAULTS)("a bug ends its exchange alone: $because", (fault) =>
  onStage(BOTH.sluice, async (stage) => {
    const { proxy, port, calmPort, server } = await startFaulty(stage);
    const descriptors = proxy.descriptorCount;
    await besideAnother(stage, calmPort, server, async () => {
      const client = await stage.client(port);
      await fault.act(stage, client, server, port);
      expect(await client.rest()).toMatch(fault.gets);
      client.close();
    });
    const log = await stage.log();
    const line = new RegExp(`/fault-${fault.place} `);
    const { text } = await log.find(line);
    expect(text.split(" ")[9]).toBe(fault.state);
    await until("an alert in the log", () => log.seen.some((entry) => ALERT.test(entry.text)));
    const alerts = log.seen.filter(({ level }) => level === LEVEL_ALERT);
    expect(alerts.map((entry) => ALERT.test(entry.text))).toEqual([true]);
    expect(log.seen.filter((entry) => line.test(entry.text))).toHaveLength(1);
    await proxy.untilStatistic("web", "FRONTEND", "scur", "0");
    await proxy.untilStatistic("web", "s", "scur", "0");
    await until("its descriptors to be given back", async () => {
      const idle = [await proxy.statistics("web", "s"), await proxy.statistics("calm", "s")];
      const kept = idle.reduce((sum, row) => sum + Number(row.srv_icur), 0);
      // The log's socket was opened with the first line.
      return proxy.descriptorCount - kept <= descriptors + 1;
    });
    expect(await proxy.command("show info")).toMatch(/^PoolUsed_bytes: 0$/m);
    expect(proxy.exitStatus).toBeNull();
  })(),
);

test.each([
  { name: "fault-choice", because: "while a server is chosen", greeting: "", state: "IR" },
  { name: "fault-bytes", because: "when bytes come", greeting: "hello", state: "I[CD]" },
  { name: "fault-silence", because: "when its time is over", greeting: "", state: "ID" },
])("a bug ends its connection alone: $because", ({ name, greeting, state }) =>
  onStage(BOTH.sluice, async (stage) => {
    const { proxy, tcpPort, calmPort, server } = await startFaulty(stage, name);
    await besideAnother(stage, calmPort, server, async () => {
      const client = await stage.client(tcpPort);
      if (greeting !== "") client.send(greeting);
      await client.expectEnding("any");
    });
    const log = await stage.log();
    const { text } = await log.find(new RegExp(` ${name} `));
    expect(text.split(" ")[6]).toMatch(new RegExp(`^${state}$`));
    await until("an alert in the log", () => log.seen.some((entry) => ALERT.test(entry.text)));
    await proxy.untilStatistic(name, "FRONTEND", "scur", "0");
    await proxy.untilStatistic(name, "s", "scur", "0");
    expect(proxy.exitStatus).toBeNull();
  })(),
);
