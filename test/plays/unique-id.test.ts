import { expect, test } from "bun:test";
import type { Peer } from "../support/peer.ts";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

eachProgram("unique-id", (program) => {
  test(
    "names each request for logs and servers, after rules and before other fields",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        frontend:
          'unique-id-format "%{+X}o %ci:%cp_%fi:%fp_%Ts_%rt:%pid"\n  unique-id-header X-Unique-ID\n' +
          "  option forwardfor\n  http-request set-header X-Unique-ID old\n" +
          '  log-format "%ci:%cp [%t] %ID %ST"',
      });
      const ids: string[] = [];
      let peer: Peer | undefined;
      const client = await stage.client(port);
      for (let turn = 0; turn < 2; turn++) {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        peer ??= await server.accept();
        const head = await peer.head();
        const id = /^x-unique-id: (.*)$/.exec(head.at(-2)!)![1]!;
        expect(head.slice(2)).toEqual([
          "x-unique-id: old",
          `x-unique-id: ${id}`,
          "x-forwarded-for: 127.0.0.1",
        ]);
        expect(id).toMatch(/^7F000001:[0-9A-F]+_7F000001:[0-9A-F]+_[0-9A-F]+_[0-9A-F]+:[0-9A-F]+$/);
        peer.send(okResponse());
        await client.head();
        expect(await stage.rawLogLine()).toContain(`] ${id} 200`);
        ids.push(id);
      }
      expect(ids[0]).not.toBe(ids[1]);
    }),
  );

  test(
    "without a header only logs know the name; what is no request has none",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        frontend: 'unique-id-format %ci-%[path]\n  log-format "%ci:%cp [%t] %ID %ST"',
      });
      server.answerAll(okResponse());
      const client = await stage.client(port);
      client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
      await client.head();
      expect(await stage.rawLogLine()).toContain("] 127.0.0.1-/x 200");
      client.send("GET /x HTTP/1.1\r\nHost : a\r\n\r\n");
      expect(await stage.rawLogLine()).toContain("] - 400");
    }),
  );
});
