import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

/** Path and cookie of a request, and the server and the letters that the log tells of. */
const CASES: readonly (readonly [
  path: string,
  cookie: string | null,
  server: string,
  letters: string,
])[] = [
  ["/", "a", "s1", "--VN"],
  ["/two", null, "s2", "--NN"],
  ["/two", "x", "s2", "--UN"],
  ["/two", "a", "s2", "--UN"],
  ["/named", "a", "s2", "--UN"],
  ["/three", "a", "s1", "--VN"],
  ["/three", "x", "s1", "--II"],
  ["/ignore", "a", "s1", "--UN"],
  ["/ignore", "b", "s1", "--UN"],
  ["/ignore", null, "s1", "--NN"],
  ["/", "c", "s1", "--DI"],
];

eachProgram("rules on servers", (program) => {
  test(
    "use-server and ignore-persist decide before the cookie does",
    onStage(program, async (stage) => {
      const { port, servers } = await startRelay(stage, {
        backend: [
          "cookie C insert indirect",
          "use-server s2 if { path /two }",
          "use-server %[str(s2)] if { path /named }",
          "use-server s3 if { path /three }",
          "ignore-persist if { path /ignore }",
          "balance first",
        ].join("\n"),
        servers: 3,
        server: "cookie a",
        serverOptions: ["cookie a", "cookie b weight 0", "cookie c disabled"],
      });
      for (const server of servers) server.answerAll(() => okResponse("x"));
      for (const [path, cookie, server, letters] of CASES) {
        const client = await stage.client(port, path);
        const field = cookie === null ? "" : `Cookie: C=${cookie}\r\n`;
        client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${field}\r\n`);
        await client.head();
        const line = await stage.logLine();
        expect([path, cookie, line]).toEqual([
          path,
          cookie,
          expect.stringContaining(`be/${server} `),
        ]);
        expect([path, cookie, line]).toEqual([
          path,
          cookie,
          expect.stringContaining(` ${letters} `),
        ]);
      }
    }),
  );

  test(
    "force-persist tries a server that is down, and no other one",
    onStage(program, async (stage) => {
      const { port, servers } = await startRelay(stage, {
        defaults: "retries 1\ntimeout connect 100ms\noption redispatch",
        backend: "cookie C insert indirect\nforce-persist if { path_beg /force }\nbalance first",
        servers: 2,
        serverOptions: ["cookie a", "cookie b disabled"],
      });
      for (const server of servers) server.answerAll(() => okResponse("x"));
      const ask = async (path: string) => {
        const client = await stage.client(port, path);
        client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\nCookie: C=b\r\nConnection: close\r\n\r\n`);
        await client.head();
        return stage.logLine();
      };
      expect(await ask("/force")).toMatch(/ be\/s2 .* 200 .* --DN /);
      expect(await ask("/")).toMatch(/ be\/s1 .* 200 .* --DI /);
    }),
  );

  test(
    "use-server works on raw connections",
    onStage(program, async (stage) => {
      const { port, servers } = await startRelay(stage, {
        mode: "tcp",
        backend:
          "tcp-request inspect-delay 2s\ntcp-request content accept if { req.len gt 0 }\nuse-server s2 if { req.payload(0,1) -m str B }",
        servers: 2,
        serverOptions: ["", "weight 0"],
      });
      const client = await stage.client(port);
      client.send("Bonjour");
      expect(await (await servers[1]!.accept()).readText(7)).toBe("Bonjour");
      const other = await stage.client(port, "other");
      other.send("Hello");
      expect(await (await servers[0]!.accept()).readText(5)).toBe("Hello");
    }),
  );
});
