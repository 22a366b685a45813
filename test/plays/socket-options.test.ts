import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/** The keep-alive timer of the program's connections that touch a port, as the kernel tells it. */
async function hasKeepAliveTimer(port: number): Promise<boolean> {
  const filter = `( sport = :${port} or dport = :${port} )`;
  const child = Bun.spawn(["ss", "-Htno", "state", "established", filter], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  return (await new Response(child.stdout).text()).includes("timer:(keepalive");
}

eachProgram("options of sockets", (program) => {
  for (const { option, client, server } of [
    { option: "", client: false, server: false },
    { option: "option clitcpka", client: true, server: false },
    { option: "option srvtcpka", client: false, server: true },
    {
      option: "option tcpka\nclitcpka-cnt 3\nsrvtcpka-idle 20\nsrvtcpka-intvl 5s",
      client: true,
      server: true,
    },
  ]) {
    test.skipIf(Bun.which("ss") === null)(
      `${option === "" ? "nothing said" : option.replaceAll("\n", ", ")}: who is probed`,
      onStage(program, async (stage) => {
        const relay = await startRelay(stage, { mode: "tcp", defaults: option });
        const peer = await stage.client(relay.port);
        peer.send("hello");
        await (await relay.server.accept()).readText(5);
        expect(await hasKeepAliveTimer(relay.port)).toBe(client);
        expect(await hasKeepAliveTimer(relay.server.port)).toBe(server);
      }),
    );
  }

  test(
    "option nolinger of a frontend ends clients' connections with a reset",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        mode: "tcp",
        frontend: "option nolinger",
      });
      const client = await stage.client(port);
      client.send("hello");
      const peer = await server.accept();
      await peer.readText(5);
      peer.send("bye");
      expect(await client.readText(3)).toBe("bye");
      peer.halfClose();
      client.halfClose();
      await client.expectEnding("any");
      await peer.expectEnding("any");
    }),
  );

  test(
    "smart accept, smart connect and no delay change nothing in what passes",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        defaults: "option tcp-smart-accept\noption tcp-smart-connect\noption http-no-delay",
      });
      const client = await stage.client(port);
      for (const text of ["one", "two"]) {
        client.send(GET);
        const peer = await server.accept();
        await peer.head();
        peer.send(okResponse(text, ["Connection: close"]));
        peer.halfClose();
        await client.head();
        expect(await client.readText(3)).toBe(text);
      }
    }),
  );

  for (const { side, backend, letters } of [
    { side: "independent", backend: "option independent-streams", letters: "sD" },
    { side: "shared", backend: "", letters: "cD" },
  ]) {
    test(
      `what is sent to a silent server is ${side === "shared" ? "a" : "no"} sign of its life with ${side} streams`,
      onStage(program, async (stage) => {
        const { port, server } = await startRelay(stage, {
          mode: "tcp",
          defaults: "timeout client 900ms\ntimeout server 300ms",
          backend,
        });
        const client = await stage.client(port);
        client.send("0");
        const peer = await server.accept();
        await peer.readText(1);
        for (let round = 0; round < 5; round++) {
          await Bun.sleep(100);
          client.send("x");
        }
        // The shared one is still there: its server was heard of by what it was sent.
        expect(client.ending === undefined).toBe(side === "shared");
        if (side === "shared") client.halfClose();
        else expect(await stage.logLine()).toContain(` ${letters} `);
      }),
    );
  }
});
