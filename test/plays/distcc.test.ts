import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { onStage } from "../support/stage.ts";

const MESSAGE = "DIST00000002ARGC00000003ARGV00000003gccARGV00000002-cARGV00000003a.cDOTI00000005";

eachProgram("distcc", (program) => {
  test(
    "rules look into a message, and wait for the size of its file",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        mode: "tcp",
        frontend:
          "tcp-request inspect-delay 5s\n" +
          "tcp-request content set-var(sess.name) distcc_body(ARGV,3),lower if { distcc_param(DOTI) -m found }\n" +
          "tcp-request content accept if { distcc_param(DOTI) eq 5 }\n" +
          "tcp-request content reject\n" +
          'log-format "%ci:%cp [%t] <%[var(sess.name)]>"',
      });
      const client = await stage.client(port);
      client.send(MESSAGE.slice(0, -3));
      await client.expectSilence();
      client.send(`${MESSAGE.slice(-3)}hello`);
      const peer = await server.accept();
      expect(await peer.readText(MESSAGE.length + 5)).toBe(`${MESSAGE}hello`);
      client.close();
      peer.close();
      expect(await stage.rawLogLine()).toEndWith("<a.c>");
    }),
  );
});
