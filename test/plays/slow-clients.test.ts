import { expect, test } from "bun:test";
import type { Peer } from "../support/peer.ts";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import type { RunningProgram } from "../support/running-program.ts";
import { onStage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";

const CLIENTS = 500;
const BUFFER_SIZE = 16_384;
/** How long the clients trickle: two bytes each. */
const SPAN_MS = 2000;
/** A tenth of a processor, in ticks of 10 ms; 500 bytes a second cost a good deal less. */
const TICKS_MAX = 20;

/** What each of the clients has sent when it begins to trickle, and what that may hold. */
const WAYS = [
  {
    because: "within a head",
    opening: "GET / HTTP/1.1\r\nHost: a\r\nX: ",
    reachesServer: false,
    buffers: CLIENTS,
  },
  {
    because: "within an upload",
    opening: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n",
    reachesServer: true,
    buffers: 0,
  },
  {
    because: "within a chunk",
    opening: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n",
    reachesServer: true,
    buffers: 0,
  },
] as const;

async function buffersHeld(proxy: RunningProgram): Promise<number> {
  const used = /^PoolUsed_bytes: (\d+)$/m.exec(await proxy.command("show info"));
  return Number(used?.[1]) / BUFFER_SIZE;
}

/** Each client sends one byte a second, none of them at the same time. */
async function trickle(clients: readonly Peer[]): Promise<void> {
  const started = performance.now();
  for (let sent = 0; sent < (clients.length * SPAN_MS) / 1000; ) {
    const due = ((performance.now() - started) * clients.length) / 1000;
    for (; sent < due; sent++) clients[sent % clients.length]!.send("a");
    await Bun.sleep(10);
  }
}

eachProgram("slow clients", (program) => {
  test.each(WAYS)("one byte a second costs a place and next to no time: $because", (way) =>
    onStage(program, async (stage) => {
      const { port, proxy, server } = await startRelay(stage, {
        defaults: "timeout client 20s\ntimeout server 20s\ntimeout http-request 20s",
      });
      const clients: Peer[] = [];
      for (let number = 0; number < CLIENTS; number++) {
        const client = await stage.client(port, `slow ${number}`);
        client.send(way.opening);
        clients.push(client);
      }
      await proxy.untilStatistic("fe", "FRONTEND", "scur", String(CLIENTS));
      if (way.reachesServer) await until("all to wait", () => server.connectionCount === CLIENTS);
      const ticks = proxy.cpuTicks;
      await trickle(clients);
      expect(proxy.cpuTicks - ticks).toBeLessThan(TICKS_MAX);
      if (!program.isOracle) expect(await buffersHeld(proxy)).toBeLessThanOrEqual(way.buffers);
      for (const client of clients) client.close();
      await proxy.untilStatistic("fe", "FRONTEND", "scur", "0");
      if (!program.isOracle) expect(await buffersHeld(proxy)).toBe(0);
    })(),
  );
});
