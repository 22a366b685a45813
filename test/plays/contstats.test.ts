import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { readStatistics } from "../support/runtime-client.ts";
import { HTTP_DEFAULTS, onStage, TCP_DEFAULTS } from "../support/stage.ts";
import { until } from "../support/waiting.ts";

const SIZE = 10_000;

eachProgram("option contstats", (program) => {
  test(
    "counts the bytes of streams that go on, and counts none twice",
    onStage(program, async (stage) => {
      const server = await stage.server();
      const port = stage.portRange(3);
      const proxy = await stage.start(`${TCP_DEFAULTS}
  timeout client 20s
  timeout server 20s
listen raw
  bind 127.0.0.1:${port}
  option contstats
  server s 127.0.0.1:${server.port}
listen plain
  bind 127.0.0.1:${port + 1}
  server s 127.0.0.1:${server.port}
${HTTP_DEFAULTS}
  timeout client 20s
  timeout server 20s
  option contstats
listen web
  bind 127.0.0.1:${port + 2}
  server s 127.0.0.1:${server.port}`);
      const bytesOut = async () => {
        const rows = readStatistics(await proxy.command("show stat"));
        return (name: string) => Number(rows.get(name)!.bout);
      };
      const clients = [];
      const peers = [];
      for (const offset of [0, 1, 2]) {
        const client = await stage.client(port + offset);
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        const peer = await server.accept();
        await peer.head();
        peer.send(`HTTP/1.1 200 OK\r\nContent-Length: ${SIZE * 2}\r\n\r\n`);
        await client.head();
        peer.send("x".repeat(SIZE));
        await client.readText(SIZE);
        clients.push(client);
        peers.push(peer);
      }
      // What the kernel moves may be counted a little later on the reference.
      await until(
        "the bytes of web are counted",
        async () => (await bytesOut())("web/FRONTEND") >= SIZE,
        9000,
      );
      await until(
        "the bytes of raw are counted",
        async () => (await bytesOut())("raw/FRONTEND") >= SIZE,
        9000,
      );
      const early = await bytesOut();
      expect(early("raw/BACKEND")).toBeGreaterThanOrEqual(SIZE);
      expect(early("raw/s")).toBeGreaterThanOrEqual(SIZE);
      expect(early("web/s")).toBeGreaterThanOrEqual(SIZE);
      expect(early("plain/FRONTEND")).toBe(0);
      for (const [index, client] of clients.entries()) {
        peers[index]!.send("y".repeat(SIZE));
        await client.readText(SIZE);
        client.close();
        peers[index]!.close();
      }
      const isCounted = async () => (await bytesOut())("plain/FRONTEND") > 2 * SIZE;
      await until("the end is counted", isCounted);
      const late = await bytesOut();
      expect(late("raw/FRONTEND")).toBe(late("plain/FRONTEND"));
      expect(late("raw/s")).toBe(late("plain/s"));
      expect(late("web/FRONTEND")).toBeGreaterThan(2 * SIZE);
      expect(late("web/FRONTEND")).toBeLessThan(3 * SIZE);
    }),
    20_000,
  );
});
