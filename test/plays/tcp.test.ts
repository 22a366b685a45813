import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { onStage } from "../support/stage.ts";

/** Bytes that tell where they stand, so that a lost or doubled block shows. */
function numberedBytes(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at + 4 <= size; at += 4) bytes.writeUInt32LE(at, at);
  return bytes;
}

eachProgram("TCP relay", (program) => {
  test(
    "carries bytes both ways and logs the session",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { mode: "tcp" });
      const client = await stage.client(port);
      client.send("\x00\x01hello\r\n");
      const peer = await server.accept();
      expect(await peer.readText(9)).toBe("\x00\x01hello\r\n");
      peer.send("back");
      expect(await client.readText(4)).toBe("back");
      peer.halfClose();
      await client.expectEnding();
      client.halfClose();
      await peer.expectEnding();
      expect(await stage.logLine()).toBe("client [date] fe be/s1 n/n/n 4 -- 1/1/0/0/0 0/0");
    }),
  );

  test(
    "connects to the server before the client says anything",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { mode: "tcp" });
      const client = await stage.client(port);
      const peer = await server.accept();
      peer.send("220 ready\r\n");
      expect(await client.readText(11)).toBe("220 ready\r\n");
    }),
  );

  test(
    "each direction ends on its own",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { mode: "tcp" });
      const client = await stage.client(port);
      const peer = await server.accept();
      client.send("question");
      client.halfClose();
      expect(await peer.rest()).toBe("question");
      await client.expectSilence(30);
      peer.send("answer");
      expect(await client.readText(6)).toBe("answer");
      peer.send(" and more");
      peer.halfClose();
      expect(await client.rest()).toBe(" and more");
      expect(await stage.logLine()).toBe("client [date] fe be/s1 n/n/n 15 -- 1/1/0/0/0 0/0");
    }),
  );

  test(
    "carries much data both ways at once without losing a byte",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { mode: "tcp" });
      const bytes = numberedBytes(8_000_000);
      const sum = Bun.hash(bytes);
      const client = await stage.client(port);
      const peer = await server.accept();
      client.send(bytes);
      peer.send(bytes);
      const [up, down] = await Promise.all([
        peer.read(bytes.length, 8000),
        client.read(bytes.length, 8000),
      ]);
      expect([Bun.hash(up), Bun.hash(down)]).toEqual([sum, sum]);
      client.halfClose();
      peer.halfClose();
      expect(await stage.logLine()).toBe(
        `client [date] fe be/s1 n/n/n ${bytes.length} -- 1/1/0/0/0 0/0`,
      );
    }),
  );

  test(
    "holds a fast sender back while the receiver does not read, then goes on",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, { mode: "tcp" });
      const bytes = numberedBytes(40_000_000);
      const client = await stage.client(port);
      client.pause();
      const peer = await server.accept();
      peer.send(bytes);
      await proxy.untilStatistic("fe", "FRONTEND", "scur", "1");
      const sent = Number((await proxy.statistics("be", "s1")).bout);
      expect(sent).toBeLessThan(bytes.length);
      client.resume();
      expect(Bun.hash(await client.read(bytes.length, 10_000))).toBe(Bun.hash(bytes));
    }),
    15_000,
  );

  test(
    "a client's reset reaches the server and the log",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { mode: "tcp" });
      const client = await stage.client(port);
      const peer = await server.accept();
      client.send("x");
      await peer.readText(1);
      client.reset();
      await peer.expectEnding("any");
      expect(await stage.logLine()).toMatch(
        /^client \[date\] fe be\/s1 n\/n\/n 0 CD 1\/1\/0\/0\/0 0\/0$/,
      );
    }),
  );

  test(
    "a server's reset reaches the client and the log",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { mode: "tcp" });
      const client = await stage.client(port);
      const peer = await server.accept();
      peer.send("x");
      await client.readText(1);
      peer.reset();
      await client.expectEnding("any");
      expect(await stage.logLine()).toMatch(
        /^client \[date\] fe be\/s1 n\/n\/n 1 SD 1\/1\/0\/0\/0 0\/0$/,
      );
    }),
  );

  test(
    "a session on which nobody speaks ends after the client's timeout",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        mode: "tcp",
        frontend: "timeout client 80ms",
        backend: "timeout server 300ms",
      });
      const client = await stage.client(port);
      await server.accept();
      await client.expectEnding("any");
      expect(await stage.logLine()).toBe("client [date] fe be/s1 n/n/n 0 cD 1/1/0/0/0 0/0");
    }),
  );

  test(
    "a session on which nobody speaks ends after the server's timeout",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        mode: "tcp",
        frontend: "timeout client 300ms",
        backend: "timeout server 80ms",
      });
      const client = await stage.client(port);
      await server.accept();
      await client.expectEnding("any");
      expect(await stage.logLine()).toBe("client [date] fe be/s1 n/n/n 0 sD 1/1/0/0/0 0/0");
    }),
  );

  test(
    "a server that refuses closes the client",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { mode: "tcp", backend: "retries 0" });
      server.close();
      const client = await stage.client(port);
      await client.expectEnding("any");
      expect(await stage.logLine()).toBe("client [date] fe be/s1 n/-1/n 0 SC 1/1/0/0/0 0/0");
    }),
  );

  test(
    "no server at all closes the client",
    onStage(program, async (stage) => {
      const { port } = await startRelay(stage, { mode: "tcp", servers: 0 });
      const client = await stage.client(port);
      await client.expectEnding("any");
      expect(await stage.logLine()).toBe("client [date] fe be/<NOSRV> -1/-1/n 0 SC 1/1/0/0/0 0/0");
    }),
  );

  test(
    "timeout tunnel takes over from both sides' timeouts in an upgraded connection",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        defaults: "timeout client 100ms\ntimeout server 100ms\ntimeout tunnel 400ms",
      });
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
      const peer = await server.accept();
      await peer.head();
      peer.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n");
      await client.head();
      await client.expectSilence(200);
      client.send("still here");
      expect(await peer.readText(10)).toBe("still here");
      await client.expectEnding("any");
      expect(await stage.logLine()).toMatch(/ 101 B - - [cs]D-- /);
    }),
  );
});
