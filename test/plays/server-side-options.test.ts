import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";

const CACHEABLE =
  "HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nCache-Control: max-age=5\r\nContent-Length: 2\r\n\r\nok";

eachProgram("what a backend says to its servers and of their answers", (program) => {
  test(
    "http-send-name-header tells a server its name, instead of what the client says",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { backend: "http-send-name-header X-Srv" });
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Srv: mine\r\n\r\n");
      const peer = await server.accept();
      expect((await peer.head()).slice(1)).toEqual(["host: a", "x-srv: s1"]);
      peer.send(okResponse("x"));
      await client.head();
    }),
  );

  test(
    "option checkcache keeps a cookie for everybody away from the client",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { backend: "option checkcache" });
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      const peer = await server.accept();
      await peer.head();
      peer.send(CACHEABLE);
      const head = await client.head();
      expect(head.join("\n")).not.toContain("a=b");
      // The reference keeps the status of the response that it refuses, with an error's page.
      if (program.name === "sluice") expect(head[0]).toBe("HTTP/1.1 502 Bad Gateway");
      expect(await stage.logLine()).toMatch(/ PH-- /);
      const log = await stage.log();
      await until("the alert", () =>
        log.seen.some(({ text }) =>
          text.includes("Blocking cacheable cookie in response from instance be, server s1."),
        ),
      );
    }),
  );

  test(
    "option checkcache lets cookies pass that caches do not keep",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { backend: "option checkcache" });
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      const peer = await server.accept();
      await peer.head();
      peer.send(CACHEABLE.replace("max-age=5", "private"));
      expect((await client.head()).join("\n")).toContain("a=b");
    }),
  );
});
