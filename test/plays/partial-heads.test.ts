import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

eachProgram("partial heads", (program) => {
  test(
    "a head that comes in parts is read whatever another client has sent of its own",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage);
      server.answerAll(okResponse());
      const brief = await stage.client(port, "brief");
      brief.send("GET / HT");
      // An answer of the runtime API tells that what came before it has been read.
      await proxy.statistics("fe", "FRONTEND");
      const talkative = await stage.client(port, "talkative");
      talkative.send(`GET /${"a".repeat(200)}`);
      await proxy.statistics("fe", "FRONTEND");
      brief.send("TP/1.1\r\nHost: a\r\n\r\n");
      expect((await brief.head())[0]).toBe("HTTP/1.1 200 OK");
    }),
  );
});
