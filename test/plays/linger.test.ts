import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { onStage } from "../support/stage.ts";

const MEGABYTE = "x".repeat(1 << 20);

eachProgram("a client that still sends when it is answered", (program) => {
  test.each([
    { opening: "GET / HTTP/1.1\r\nBad Name: a\r\n\r\n", because: "its request was refused" },
    {
      opening: `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${4 << 20}\r\n\r\n`,
      because: "no server takes it",
    },
  ])("gets all of the answer: $because", ({ opening }) =>
    onStage(program, async (stage) => {
      const { port, proxy, server } = await startRelay(stage, { defaults: "retries 0" });
      server.close();
      const client = await stage.client(port);
      client.send(opening);
      client.send(MEGABYTE);
      const head = await client.head();
      expect(head[0]).toMatch(/^HTTP\/1\.1 (400|503) /);
      const length = Number(/^content-length: (\d+)$/im.exec(head.join("\n"))?.[1]);
      expect(await client.read(length)).toHaveLength(length);
      client.close();
      await proxy.untilStatistic("fe", "FRONTEND", "scur", "0");
    })(),
  );

  test(
    "and never leaves is parted with",
    onStage(program, async (stage) => {
      const { port, proxy, server } = await startRelay(stage, {
        defaults: "retries 0\ntimeout client 500ms",
      });
      server.close();
      const client = await stage.client(port);
      client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${4 << 20}\r\n\r\npart`);
      expect((await client.head())[0]).toMatch(/^HTTP\/1\.1 503 /);
      await proxy.untilStatistic("fe", "FRONTEND", "scur", "0", 3000);
      const descriptors = proxy.descriptorCount;
      client.close();
      expect(proxy.descriptorCount).toBeLessThanOrEqual(descriptors);
    }),
  );
});
