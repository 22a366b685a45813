import { expect, test } from "bun:test";
import type { Peer } from "../support/peer.ts";
import { eachProgram } from "../support/programs.ts";
import { type Relay, startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage, type Stage } from "../support/stage.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

async function clients(stage: Stage, port: number, count: number): Promise<Peer[]> {
  const made: Peer[] = [];
  for (let number = 0; number < count; number++) {
    const client = await stage.client(port, `client ${number}`);
    client.send(REQUEST);
    made.push(client);
  }
  return made;
}

/** How long it takes until this many clients have their answers, in milliseconds. */
async function answerTime(waiting: readonly Peer[]): Promise<number> {
  const start = performance.now();
  await Promise.all(waiting.map((client) => client.head(6000)));
  return performance.now() - start;
}

async function limited(stage: Stage, global: string, frontend = "", bind = ""): Promise<Relay> {
  const relay = await startRelay(stage, {
    global: `global\n  nbthread 1\n  ${global}`,
    defaults: "timeout client 8s",
    frontend,
    bind,
  });
  relay.server.answerAll(okResponse("x"));
  return relay;
}

eachProgram("limits", (program) => {
  test.each([
    { name: "rate-limit sessions", global: "", frontend: "rate-limit sessions 10" },
    { name: "maxconnrate", global: "maxconnrate 10", frontend: "" },
    { name: "maxsessrate", global: "maxsessrate 10", frontend: "" },
  ])("$name makes clients wait, spread over time", async ({ global, frontend }) => {
    await onStage(program, async (stage) => {
      const { port, proxy } = await limited(stage, global, frontend);
      const waiting = await clients(stage, port, 20);
      // Ten come in at once; the others one by one over the second that follows.
      const tookMs = await answerTime(waiting);
      expect(tookMs).toBeGreaterThan(700);
      expect(tookMs).toBeLessThan(4000);
      const row = await proxy.statistics("fe", "FRONTEND");
      expect(Number(row.rate_max)).toBeLessThanOrEqual(11);
      expect(row.rate_lim).toBe(frontend === "" ? "0" : "10");
      expect(row.stot).toBe("20");
    })();
  });

  test(
    "the runtime API changes a rate, and lets who waits in at once",
    onStage(program, async (stage) => {
      const { port, proxy } = await limited(stage, "maxconnrate 2");
      expect(await proxy.command("show info")).toContain("\nConnRateLimit: 2\n");
      const waiting = await clients(stage, port, 12);
      await proxy.command("set rate-limit connections global 0");
      expect(await answerTime(waiting)).toBeLessThan(2500);
      await proxy.command("set rate-limit sessions global 500");
      const info = await proxy.command("show info");
      expect(info).toContain("\nConnRateLimit: 0\n");
      expect(info).toContain("\nSessRateLimit: 500\n");
    }),
  );

  test(
    "maxconn of the process, the frontend and the line each keep clients in the kernel",
    onStage(program, async (stage) => {
      for (const [global, frontend, bind] of [
        ["maxconn 2", "", ""],
        ["", "maxconn 2", ""],
        ["", "", "maxconn 2"],
      ]) {
        const { port, proxy } = await limited(stage, global!, frontend, bind);
        const [first, second, third] = await clients(stage, port, 3);
        await first!.head();
        await second!.head();
        await third!.expectSilence(40);
        expect((await proxy.statistics("fe", "FRONTEND")).scur).toBe("2");
        first!.close();
        expect((await third!.head())[0]).toBe("HTTP/1.1 200 OK");
        await proxy.stop();
      }
    }),
  );

  // The reference lets those who wait in only once somebody has left.
  test.skipIf(program.isOracle)(
    "the runtime API raises and lowers the maxconn of a frontend",
    onStage(program, async (stage) => {
      const { port, proxy } = await limited(stage, "", "maxconn 1");
      const [first, second] = await clients(stage, port, 2);
      await first!.head();
      await second!.expectSilence(40);
      await proxy.command("set maxconn frontend fe 2");
      expect((await second!.head())[0]).toBe("HTTP/1.1 200 OK");
      await proxy.command("set maxconn frontend fe 1");
      const [third] = await clients(stage, port, 1);
      second!.close();
      await third!.expectSilence(40);
      expect((await proxy.statistics("fe", "FRONTEND")).slim).toBe("1");
      first!.close();
      expect((await third!.head())[0]).toBe("HTTP/1.1 200 OK");
    }),
  );
});
