import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { onStage } from "../support/stage.ts";

eachProgram("balance rdp-cookie", (program) => {
  test(
    "sends a user to the same server",
    onStage(program, async (stage) => {
      const { port, servers } = await startRelay(stage, {
        mode: "tcp",
        servers: 5,
        bind: "defer-accept",
        backend: "balance rdp-cookie",
      });
      const request = "\x03\0\0\x2a\x25\xe0\0\0\0\0\0Cookie: mstshash=horse\r\n";
      for (let count = 1; count <= 3; count++) {
        const client = await stage.client(port);
        client.send(request);
        const peer = await servers[4]!.accept();
        expect(await peer.readText(request.length)).toBe(request);
      }
    }),
  );
});
