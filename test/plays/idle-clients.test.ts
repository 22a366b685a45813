import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";

const GET = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

eachProgram("idle clients at a soft stop", (program) => {
  test(
    "option idle-close-on-response: they are answered once more, and told to leave with it",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, {
        defaults: "option idle-close-on-response",
      });
      server.answerAll(okResponse("ok"));
      const client = await stage.client(port);
      client.send(GET);
      await client.head();
      await client.readText(2);
      proxy.signal("SIGUSR1");
      // Nobody listens any more: the stop has begun.
      await until("the port to be closed", async () =>
        stage.client(port).then(
          () => false,
          () => true,
        ),
      );
      await client.expectSilence(300);
      client.send(GET);
      expect(await client.head()).toContain("connection: close");
      expect(await client.readText(2)).toBe("ok");
      await client.expectEnding();
      expect(await proxy.exited()).toBe(0);
    }),
  );

  test(
    "without it they are closed",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage);
      server.answerAll(okResponse("ok"));
      const client = await stage.client(port);
      client.send(GET);
      await client.head();
      await client.readText(2);
      proxy.signal("SIGUSR1");
      await client.expectEnding();
      expect(await proxy.exited()).toBe(0);
    }),
  );
});
