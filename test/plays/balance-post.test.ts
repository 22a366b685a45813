import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { type RelayOptions, startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage, type Stage } from "../support/stage.ts";

async function startNamed(stage: Stage, more: RelayOptions = {}) {
  const backend = "balance url_param id check_post";
  const relay = await startRelay(stage, { servers: 5, backend, ...more });
  relay.servers.forEach((server, index) => {
    server.answerAll(okResponse(`${index + 1}`));
  });
  return relay;
}

const post = (target: string, fields: string, body: string) =>
  `POST ${target} HTTP/1.1\r\nHost: a\r\n${fields}\r\n\r\n${body}`;

const withLength = (target: string, body: string) =>
  post(target, `Content-Length: ${body.length}`, body);

eachProgram("balance url_param with check_post", (program) => {
  test(
    "finds the parameter in the query, in a body, and in chunks; takes turns without it",
    onStage(program, async (stage) => {
      const { port } = await startNamed(stage);
      const client = await stage.client(port);
      let order = "";
      for (const request of [
        withLength("/?id=horse", "id=other"),
        withLength("/", "x=1&id=horse&y=2"),
        post("/", "Transfer-Encoding: chunked", "c\r\nx=1&id=horse\r\n0\r\n\r\n"),
        withLength("/", "x=1&y=2"),
        withLength("/", "x=1&y=2"),
        withLength("/?x=1", "id=cow"),
      ]) {
        client.send(request);
        await client.head();
        order += await client.readText(1);
      }
      const [home] = order;
      expect(order.slice(0, 3)).toBe(`${home}${home}${home}`);
      expect(order).toBe("555124");
    }),
  );

  test(
    "waits until the body has come",
    onStage(program, async (stage) => {
      const { port, servers } = await startNamed(stage);
      const client = await stage.client(port);
      client.send(withLength("/?id=horse", "..."));
      await client.head();
      const home = await client.readText(1);
      client.send(post("/", "Content-Length: 16", "x=1&id="));
      await Bun.sleep(50);
      expect(servers.reduce((sum, server) => sum + server.connectionCount, 0)).toBe(1);
      client.send("horse&y=2");
      await client.head();
      expect(await client.readText(1)).toBe(home);
    }),
  );

  test(
    "gives a client that never sends its body 408",
    onStage(program, async (stage) => {
      const { port } = await startNamed(stage, { defaults: "timeout http-request 300ms" });
      const client = await stage.client(port);
      client.send(post("/", "Content-Length: 16", "x=1&id="));
      expect((await client.head())[0]).toBe("HTTP/1.1 408 Request Time-out");
    }),
  );

  test(
    "a body larger than the buffer is looked at as far as it fits",
    onStage(program, async (stage) => {
      const { port } = await startNamed(stage);
      const client = await stage.client(port);
      client.send(withLength("/?id=horse", "..."));
      await client.head();
      const home = await client.readText(1);
      client.send(withLength("/", `id=horse&${"x".repeat(100_000)}`));
      await client.head();
      expect(await client.readText(1)).toBe(home);
    }),
  );
});
