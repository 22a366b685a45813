import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import type { RunningProgram } from "../support/running-program.ts";
import { onStage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";

const GLOBAL = "global\n  tune.bufsize 8192\n  tune.maxrewrite 1024";
const VALUE = "v".repeat(300);

/** Our own program tells of its buffers when it is asked; none is lent while nothing goes on. */
async function expectNoBufferUsed(proxy: RunningProgram): Promise<void> {
  proxy.signal("SIGQUIT");
  await until("the use of buffers", async () => proxy.output.includes("Pool buffer"));
  expect(/Pool buffer .* (\d+) used/.exec(proxy.output)?.[1]).toBe("0");
}

eachProgram("room for rewriting", (program) => {
  test(
    "a head may grow to the size of a buffer, in both directions, again and again",
    onStage(program, async (stage) => {
      const lines = (ruleSet: string) =>
        Array.from({ length: 15 }, (_, index) => `http-${ruleSet} set-header x-${index} ${VALUE}`);
      const { proxy, port, server } = await startRelay(stage, {
        global: GLOBAL,
        frontend: [...lines("request"), ...lines("response")].join("\n"),
        // What waits for the body has less room behind its head.
        backend: "http-request wait-for-body time 5s\nhttp-response wait-for-body time 5s",
      });
      for (let round = 0; round < 5; round++) {
        const client = await stage.client(port);
        client.send("POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n01234");
        client.send("56789");
        const peer = await server.accept();
        const head = await peer.head();
        for (let index = 0; index < 15; index++) expect(head).toContain(`x-${index}: ${VALUE}`);
        expect(await peer.readText(10)).toBe("0123456789");
        peer.send("HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\nabc");
        peer.send("def");
        const answer = await client.head();
        for (let index = 0; index < 15; index++) expect(answer).toContain(`x-${index}: ${VALUE}`);
        expect(await client.readText(6)).toBe("abcdef");
        client.close();
        await stage.logLine();
      }
      if (!program.isOracle) await expectNoBufferUsed(proxy);
    }),
  );

  test(
    "what does not fit a buffer is refused, and leaves nothing behind",
    onStage(program, async (stage) => {
      const { proxy, port, server } = await startRelay(stage, {
        global: GLOBAL,
        frontend: Array.from(
          { length: 40 },
          (_, index) => `http-request set-header x-${index} ${VALUE}`,
        ).join("\n"),
      });
      for (let round = 0; round < 3; round++) {
        const client = await stage.client(port);
        client.send("GET /a HTTP/1.1\r\nhost: a\r\n\r\n");
        expect((await client.head())[0]).toBe("HTTP/1.1 500 Internal Server Error");
        client.close();
        expect(await stage.logLine()).toMatch(/ 500 .* PR-- /);
      }
      await server.expectNoConnection();
      if (!program.isOracle) await expectNoBufferUsed(proxy);
    }),
  );

  test(
    "a request with such a head is sent again after a failure",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        global: GLOBAL,
        backend: "retry-on all-retryable-errors\noption redispatch 1",
        frontend: Array.from(
          { length: 15 },
          (_, index) => `http-request set-header x-${index} ${VALUE}`,
        ).join("\n"),
      });
      const client = await stage.client(port);
      client.send("GET /a HTTP/1.1\r\nhost: a\r\n\r\n");
      const first = await server.accept();
      const head = await first.head();
      first.close();
      const second = await server.accept();
      expect(await second.head()).toEqual(head);
      expect(head).toContain(`x-14: ${VALUE}`);
      second.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
      expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
    }),
  );
});
