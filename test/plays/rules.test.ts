import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

eachProgram("rules", (program) => {
  test(
    "act on requests and responses as their conditions say",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        frontend: [
          "acl api path_beg /api",
          "acl post method POST",
          'http-request set-header X-Made "a %[path,lower] b" if api',
          "http-request deny if { path /secret } or post !api",
        ].join("\n"),
        backend: "http-response set-header X-Back yes unless { always_false }",
      });
      const client = await stage.client(port);
      client.send("GET /api/One HTTP/1.1\r\nHost: a\r\nX-Made: theirs\r\n\r\n");
      const peer = await server.accept();
      expect(await peer.head()).toEqual([
        "GET /api/One HTTP/1.1",
        "host: a",
        "x-made: a /api/one b",
      ]);
      peer.send(okResponse("x"));
      expect(await client.head()).toContain("x-back: yes");
      await client.read(1);
      client.send("GET /secret HTTP/1.1\r\nHost: a\r\n\r\n");
      expect((await client.head())[0]).toBe("HTTP/1.1 403 Forbidden");
      expect(await stage.logLine()).toMatch(/ 200 /);
      expect(await stage.logLine()).toMatch(/ fe fe\/<NOSRV> .* 403 .* PR-- /);
    }),
  );

  test.each([
    { rule: "http-request set-path /x", line: "CONNECT /x HTTP/1.1" },
    { rule: "http-request set-pathq /x?y", line: "CONNECT /x?y HTTP/1.1" },
    { rule: "http-request set-query y", line: "CONNECT a.test:8080?y HTTP/1.1" },
    { rule: "http-request set-uri b.test:90", line: "CONNECT b.test:90 HTTP/1.1" },
    { rule: "http-request replace-path .* /x", line: "CONNECT a.test:8080 HTTP/1.1" },
  ])("a CONNECT opens its tunnel whatever became of its target: $rule", ({ rule, line }) =>
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { frontend: rule });
      const client = await stage.client(port);
      client.send("CONNECT a.test:8080 HTTP/1.1\r\nHost: a.test:8080\r\n\r\n");
      const peer = await server.accept();
      expect((await peer.head())[0]).toBe(line);
      peer.send("HTTP/1.1 200 OK\r\n\r\nhello");
      expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
      expect(await client.readText(5)).toBe("hello");
      client.send("abc");
      expect(await peer.readText(3)).toBe("abc");
      peer.close();
      client.close();
      expect(await stage.logLine()).toMatch(/ 200 .* "CONNECT a.test:8080 HTTP\/1.1"/);
    })(),
  );
});
