import { expect, test } from "bun:test";
import { join } from "node:path";
import { eachProgram } from "../support/programs.ts";
import { okResponse } from "../support/scripted-server.ts";
import { HTTP_DEFAULTS, onStage, type Stage } from "../support/stage.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

async function ask(stage: Stage, to: Parameters<Stage["client"]>[0]): Promise<string> {
  const client = await stage.client(to);
  client.send(REQUEST);
  return (await client.head())[0]!;
}

eachProgram("sockets", (program) => {
  test(
    "listens on a unix socket with the mode of the bind line",
    onStage(program, async (stage) => {
      const server = await stage.answering(okResponse());
      const path = join(stage.directory, "web.sock");
      await stage.start(`
${HTTP_DEFAULTS}
listen fe
  bind unix@${path} mode 640
  server s1 127.0.0.1:${server.port}
`);
      expect(await ask(stage, { path })).toBe("HTTP/1.1 200 OK");
      expect(await stage.logLine()).toStartWith("unix [date] fe fe/s1 n/n/n/n/n 200 B - - ---- ");
    }),
  );

  test(
    "a path alone is a unix socket on both sides",
    onStage(program, async (stage) => {
      const serverPath = join(stage.directory, "server.sock");
      const server = await stage.unixServer(serverPath);
      server.answerAll(okResponse());
      const port = stage.port();
      await stage.start(`
${HTTP_DEFAULTS}
listen fe
  bind 127.0.0.1:${port}
  server s1 ${serverPath}
`);
      expect(await ask(stage, port)).toBe("HTTP/1.1 200 OK");
      expect(await stage.logLine()).toContain(" fe fe/s1 n/n/n/n/n 200 B - - ---- ");
    }),
  );

  test(
    "an abstract name joins two proxies of one program",
    onStage(program, async (stage) => {
      const server = await stage.answering(okResponse());
      const port = stage.port();
      const name = `play-${process.pid}-${port}`;
      await stage.start(`
${HTTP_DEFAULTS}
listen outer
  bind 127.0.0.1:${port}
  server inner abns@${name} send-proxy
listen inner
  bind abns@${name} accept-proxy
  server s1 127.0.0.1:${server.port}
`);
      expect(await ask(stage, port)).toBe("HTTP/1.1 200 OK");
      const lines = [await stage.logLine(), await stage.logLine()].sort();
      expect(lines[0]).toStartWith("client [date] inner inner/s1 ");
      expect(lines[1]).toStartWith("client [date] outer outer/inner ");
    }),
  );

  test(
    "adopts an inherited descriptor that listens already",
    onStage(program, async (stage) => {
      const server = await stage.answering(okResponse());
      const listener = stage.inheritableListener();
      await stage.start(
        `
${HTTP_DEFAULTS}
listen fe
  bind "fd@\${web}"
  server s1 127.0.0.1:${server.port}
`,
        { inherited: [listener.fd], environment: { web: "3" } },
      );
      expect(await ask(stage, listener.port)).toBe("HTTP/1.1 200 OK");
    }),
  );

  test(
    "binds every port of a range, and several addresses of one line",
    onStage(program, async (stage) => {
      const server = await stage.answering(okResponse());
      const first = stage.portRange(3);
      const other = stage.port();
      const proxy = await stage.start(`
${HTTP_DEFAULTS}
listen fe
  bind 127.0.0.1:${first}-${first + 2},127.0.0.2:${other}
  server s1 127.0.0.1:${server.port}
`);
      for (const port of [first, first + 1, first + 2]) {
        expect(await ask(stage, port)).toBe("HTTP/1.1 200 OK");
      }
      expect(await ask(stage, { port: other, host: "127.0.0.2" })).toBe("HTTP/1.1 200 OK");
      expect((await proxy.statistics("fe", "FRONTEND")).stot).toBe("4");
    }),
  );

  test(
    "listens on IPv6 and logs IPv6 clients",
    onStage(program, async (stage) => {
      const server = await stage.answering(okResponse());
      const port = stage.port();
      await stage.start(`
${HTTP_DEFAULTS}
  option forwardfor
listen fe
  bind ::1:${port}
  server s1 127.0.0.1:${server.port}
`);
      expect(await ask(stage, { port, host: "::1" })).toBe("HTTP/1.1 200 OK");
      expect(await stage.rawLogLine()).toMatch(/^::1:\d+ \[/);
    }),
  );

  test(
    "an empty address and a star listen on every address",
    onStage(program, async (stage) => {
      const server = await stage.answering(okResponse());
      const [one, two] = [stage.port(), stage.port()];
      await stage.start(`
${HTTP_DEFAULTS}
listen fe
  bind :${one}
  bind *:${two}
  server s1 127.0.0.1:${server.port}
`);
      for (const port of [one, two]) {
        expect(await ask(stage, { port, host: "127.0.0.3" })).toBe("HTTP/1.1 200 OK");
      }
    }),
  );

  test(
    "server port of a relative number is counted from the client's",
    onStage(program, async (stage) => {
      const first = stage.portRange(2);
      const server = await stage.server("s1", first + 1);
      server.answerAll(okResponse());
      await stage.start(`
${HTTP_DEFAULTS}
listen fe
  bind 127.0.0.1:${first}
  server s1 127.0.0.1:+1
`);
      expect(await ask(stage, first)).toBe("HTTP/1.1 200 OK");
    }),
  );

  test(
    "`source` chooses the address towards the server",
    onStage(program, async (stage) => {
      const server = await stage.server();
      const port = stage.port();
      await stage.start(`
${HTTP_DEFAULTS}
listen fe
  bind 127.0.0.1:${port}
  server s1 127.0.0.1:${server.port} source 127.0.0.8
`);
      const client = await stage.client(port);
      client.send(REQUEST);
      expect((await server.accept()).remote.address).toBe("127.0.0.8");
    }),
  );
});
