import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { okResponse } from "../support/scripted-server.ts";
import { HTTP_DEFAULTS, onStage } from "../support/stage.ts";

const MODES = ["http-keep-alive", "http-server-close", "httpclose"] as const;

/** What clients ask for: their request, and whether its version and fields let it stay. */
const CLIENTS = [
  { name: "HTTP/1.1", request: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", stays: true },
  {
    name: "HTTP/1.1 with close",
    request: "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    stays: false,
  },
  { name: "HTTP/1.0", request: "GET / HTTP/1.0\r\nHost: a\r\n\r\n", stays: false },
  {
    name: "HTTP/1.0 with keep-alive",
    request: "GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n",
    stays: true,
  },
] as const;

eachProgram("pairs of connection modes", (program) => {
  for (const pretends of [false, true]) {
    test(
      `the stronger mode of frontend and backend counts${pretends ? ", also where the server is not told" : ""}`,
      onStage(program, async (stage) => {
        const server = await stage.server();
        const pairs = MODES.flatMap((front) => MODES.map((back) => ({ front, back })));
        const first = stage.portRange(pairs.length);
        const sections = pairs.map(
          ({ front, back }, index) => `
frontend f${index}
  bind 127.0.0.1:${first + index}
  option ${front}
  default_backend b${index}
backend b${index}
  option ${back}
  ${pretends ? "option http-pretend-keepalive" : ""}
  server s1 127.0.0.1:${server.port}
`,
        );
        await stage.start(HTTP_DEFAULTS + sections.join(""));
        for (const [index, { front, back }] of pairs.entries()) {
          const mode = MODES[Math.max(MODES.indexOf(front), MODES.indexOf(back))]!;
          for (const asked of CLIENTS) {
            const because = `${front} meets ${back}, ${asked.name}`;
            const client = await stage.client(first + index);
            client.send(asked.request);
            const peer = await server.accept();
            const isOld = asked.name.includes("1.0");
            const closesServer = mode !== "http-keep-alive";
            const told = closesServer && !pretends;
            const fieldsToServer = isOld
              ? told
                ? []
                : ["connection: keep-alive"]
              : told
                ? ["connection: close"]
                : [];
            expect((await peer.head()).slice(2), because).toEqual(fieldsToServer);
            peer.send(okResponse("ok"));
            // The reference leaves the client's connection to its frontend alone, against its manual.
            const clientMode = program.isOracle ? front : mode;
            const clientStays = asked.stays && clientMode !== "httpclose";
            const fieldsToClient = clientStays
              ? isOld
                ? ["connection: keep-alive"]
                : []
              : ["connection: close"];
            expect((await client.head()).slice(2), because).toEqual(fieldsToClient);
            expect(await client.readText(2), because).toBe("ok");
            if (clientStays) expect(client.ending, because).toBeUndefined();
            else await client.expectEnding();
            if (closesServer) await peer.expectEnding("any");
            else expect(peer.ending, because).toBeUndefined();
            client.close();
            peer.close();
          }
        }
      }),
    );
  }

  test(
    "options of earlier manuals still choose a mode",
    onStage(program, async (stage) => {
      if (program.isOracle) return;
      const port = stage.port();
      const server = await stage.server();
      await stage.start(`${HTTP_DEFAULTS}
  option forceclose
  no option http-use-htx
listen l
  bind 127.0.0.1:${port}
  server s1 127.0.0.1:${server.port}
`);
      const client = await stage.client(port);
      client.send(CLIENTS[0].request);
      const peer = await server.accept();
      expect(await peer.head()).toContain("connection: close");
      peer.send(okResponse("ok"));
      expect(await client.head()).toContain("connection: close");
    }),
  );
});
