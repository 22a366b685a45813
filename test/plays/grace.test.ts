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
});
