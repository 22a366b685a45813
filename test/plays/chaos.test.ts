import { expect, test } from "bun:test";
import type { Peer } from "../support/peer.ts";
import { eachProgram } from "../support/programs.ts";
import { Random } from "../support/random.ts";
import { startRelay } from "../support/relay.ts";
import type { ScriptedServer } from "../support/scripted-server.ts";
import { onStage, type Stage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";

const SEED = Number(process.env.CHAOS_SEED ?? 7);
const SESSIONS = Number(process.env.CHAOS_SESSIONS ?? 600);
const LANES = 25;

/** The runtime client that asks, and what a program opens once and keeps: its log socket, pipes. */
const SLACK = 16;

const BODY = "b".repeat(30_000);

/** What a server may do with a request. Most of it is none of what was asked. */
const SERVER_MOODS: readonly ((peer: Peer, random: Random) => void)[] = [
  (peer) => peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`),
  (peer) =>
    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
  (peer) => peer.send("HTTP/1.1 204 No Content\r\n\r\n"),
  (peer) => {
    peer.send(`HTTP/1.1 200 OK\r\n\r\n${BODY}`);
    peer.halfClose();
  },
  (peer) => {
    peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY.slice(0, 9000)}`);
    peer.halfClose();
  },
  (peer) => {
    peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY.slice(0, 9000)}`);
    peer.reset();
  },
  (peer) => peer.reset(),
  (peer) => peer.halfClose(),
  (peer) => peer.send("nonsense\r\n\r\n"),
  () => {},
  (peer) => void peer.sendSlowly("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 0),
];

/** How a client asks, and how it leaves. */
const CLIENT_MOODS: readonly ((client: Peer, random: Random) => Promise<void>)[] = [
  async (client) => {
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    await client.head(600);
  },
  async (client) => {
    client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    await client.rest(600);
  },
  async (client) => {
    client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3));
    await client.head(600);
  },
  async (client) => {
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`);
    await client.head(600);
  },
  async (client) => {
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${BODY.length}\r\n\r\npart`);
  },
  async (client) => {
    client.send(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n",
    );
    await client.rest(600);
  },
  async (client) => client.send("GET / HTTP/1.1\r\nHo"),
  async (client) => client.send("\x16\x03\x01 this is TLS, is it not?\r\n\r\n"),
  async (client) => {
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    client.halfClose();
    await client.rest(600);
  },
  async () => {},
];

async function serve(server: ScriptedServer, random: Random): Promise<void> {
  for (;;) {
    const peer = await server.accept(60_000);
    void serveConnection(peer, random).catch(() => peer.close());
  }
}

async function serveConnection(peer: Peer, random: Random): Promise<void> {
  for (;;) {
    await peer.readUntil("\r\n\r\n", 60_000);
    random.pick(SERVER_MOODS)(peer, random);
  }
}

async function runSession(stage: Stage, port: number, random: Random): Promise<void> {
  const client = await stage.client(port);
  const leavesAfterMs = random.below(25);
  const leave = random.chance(0.4) ? () => client.reset() : () => client.close();
  const acting = random
    .pick(CLIENT_MOODS)(client, random)
    .catch(() => {});
  await Promise.race([acting, Bun.sleep(leavesAfterMs)]);
  leave();
}

eachProgram("chaos", (program) => {
  test(
    `whatever clients and servers do, nothing is left behind (seed ${SEED})`,
    onStage(program, async (stage) => {
      const { port, servers, proxy } = await startRelay(stage, {
        servers: 3,
        defaults:
          "option redispatch\nretries 1\ntimeout client 400ms\ntimeout server 300ms\ntimeout http-request 200ms",
        backend: "cookie SRV insert indirect nocache\noption abortonclose",
        server: "maxconn 6",
      });
      const random = new Random(SEED);
      for (const server of servers) void serve(server, random).catch(() => {});
      await runSession(stage, port, random);
      await proxy.untilStatistic("fe", "FRONTEND", "scur", "0");
      const descriptors = proxy.descriptorCount;
      let started = 0;
      const lanes = Array.from({ length: LANES }, async () => {
        while (started++ < SESSIONS) await runSession(stage, port, random);
      });
      await Promise.all(lanes);
      await proxy.untilStatistic("fe", "FRONTEND", "scur", "0");
      await proxy.untilStatistic("be", "BACKEND", "scur", "0");
      for (const name of ["s1", "s2", "s3"]) {
        const row = await proxy.statistics("be", name);
        expect({ name, scur: row.scur, qcur: row.qcur }).toEqual({ name, scur: "0", qcur: "0" });
      }
      expect((await proxy.statistics("be", "BACKEND")).qcur).toBe("0");
      const idleConnections = async (): Promise<number> => {
        const rows = await Promise.all(["s1", "s2", "s3"].map((s) => proxy.statistics("be", s)));
        return rows.reduce((sum, row) => sum + Number(row.srv_icur), 0);
      };
      await until(
        "every descriptor to be given back but those of idle server connections",
        async () => {
          const idle = await idleConnections();
          return proxy.descriptorCount <= descriptors + idle + SLACK;
        },
      );
      const log = await stage.log();
      const lines = () => log.seen.filter((entry) => /^\S+:\d+ \[/.test(entry.text));
      const requests = Number((await proxy.statistics("fe", "FRONTEND")).req_tot);
      // A few are never logged: when a reused server connection fails, the client's connection is
      // closed in silence, for it to ask again.
      await until("a log line for nearly each", () => lines().length >= requests * 0.95);
      const streams = lines();
      expect(streams.length).toBeWithin(requests * 0.95, requests + 1);
      for (const { text } of streams) {
        expect(text).toMatch(
          / fe (fe|be)\/\S+ [-\d]+\/[-\d]+\/[-\d]+\/[-\d]+\/\+?\d+ (-1|\d{3}) \+?\d+ /,
        );
      }
      expect(proxy.exitStatus).toBeNull();
    }),
    20_000,
  );
});
