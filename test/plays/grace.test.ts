import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

eachProgram("global grace", (program) => {
  test(
    "goes on for the time, while `show info` says that it stops and no answer asks clients to leave",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, { global: "global\n  grace 1s" });
      server.answerAll(okResponse("x"));
      proxy.signal("SIGUSR1");
      await until("it to say so", async () =>
        (await proxy.command("show info")).includes("Stopping: 1"),
      );
      const visitor = await stage.client(port);
      visitor.send(REQUEST);
      expect(await visitor.head()).toEqual(["HTTP/1.1 200 OK", "content-length: 1"]);
      expect(await proxy.exited(5000)).toBe(0);
    }),
  );

  test(
    "rules learn that it stops, while it goes on",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, {
        global: "global\n  grace 1500ms",
        frontend: "http-request set-header x-stopping %[stopping]",
      });
      const told = async () => {
        const client = await stage.client(port);
        client.send(REQUEST);
        const peer = await server.accept();
        const head = await peer.head();
        peer.send(okResponse("x"));
        await client.readUntil("x");
        client.close();
        return head.find((line) => line.startsWith("x-stopping"));
      };
      expect(await told()).toBe("x-stopping: 0");
      proxy.signal("SIGUSR1");
      await until("it to say so", async () =>
        (await proxy.command("show info")).includes("Stopping: 1"),
      );
      expect(await told()).toBe("x-stopping: 1");
      expect(await proxy.exited(8000)).toBe(0);
    }),
  );

  // The reference resets those that it has not accepted by then.
  test.skipIf(program.isOracle)(
    "clients that wait to be accepted when the time is over are served",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, { global: "global\n  grace 400ms" });
      server.answerAll(okResponse("x"));
      proxy.signal("SIGUSR1");
      await until("it to say so", async () =>
        (await proxy.command("show info")).includes("Stopping: 1"),
      );
      proxy.signal("SIGSTOP");
      const clients = await Promise.all(
        Array.from({ length: 100 }, async () => {
          const client = await stage.client(port);
          client.send(REQUEST);
          return client;
        }),
      );
      await Bun.sleep(450);
      proxy.signal("SIGCONT");
      for (const client of clients) expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
      for (const client of clients) client.close();
      expect(await proxy.exited(8000)).toBe(0);
    }),
  );
});
