import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

eachProgram("tuning", (program) => {
  test(
    "sockets with small buffers, few events and small pipes carry everything",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        global:
          "global\n tune.rcvbuf.client 4096\n tune.sndbuf.client 4096\n tune.rcvbuf.server 4096\n" +
          " tune.sndbuf.server 4096\n tune.maxpollevents 2\n tune.pipesize 8192\n tune.maxaccept 1",
        backend: "option splice-auto",
      });
      const body = "0123456789".repeat(30_000);
      server.answerAll(okResponse(body));
      const clients = await Promise.all(
        [1, 2, 3].map((number) => stage.client(port, `c${number}`)),
      );
      for (const client of clients) client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      for (const client of clients) {
        expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
        expect(await client.readText(body.length)).toBe(body);
      }
    }),
  );

  test.each([
    { global: "", shown: 1023 },
    { global: "tune.http.logurilen 300", shown: 300 },
    { global: "tune.http.logurilen 4000", shown: 2014 },
  ])("a request line in the log has $shown characters with '$global'", async (row) => {
    await onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        global: `global\n  ${row.global}`,
        defaults: 'log-format "%{+Q}r"',
      });
      server.answerAll(okResponse("x"));
      const client = await stage.client(port);
      client.send(`GET /${"a".repeat(2000)} HTTP/1.1\r\nHost: a\r\n\r\n`);
      await client.head();
      const sink = await stage.log();
      const line = (await sink.find(/"GET \//)).text;
      // The receiver cuts what is longer than its lines.
      const wanted = Math.min(row.shown, 1023);
      const found = line.slice(line.indexOf('"') + 1).replace(/"?\s*$/, "").length;
      if (row.shown <= 1000) expect(found).toBe(wanted);
      else expect(found).toBeGreaterThan(900);
    })();
  });
});
