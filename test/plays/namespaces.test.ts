import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { okResponse } from "../support/scripted-server.ts";
import { HTTP_DEFAULTS, onStage } from "../support/stage.ts";

const NAME = `play-${process.pid}`;

function ip(...words: string[]): boolean {
  if (Bun.which("ip") === null) return false;
  return Bun.spawnSync(["ip", ...words], { stdio: ["ignore", "ignore", "ignore"] }).success;
}

/** Making a namespace takes privileges that not every machine grants. */
function canMakeNamespaces(): boolean {
  const isMade = ip("netns", "add", `${NAME}-probe`);
  if (isMade) ip("netns", "del", `${NAME}-probe`);
  return isMade;
}

const isAble = canMakeNamespaces();

eachProgram("network namespaces", (program) => {
  test.skipIf(!isAble)(
    "hold listening sockets and connections to servers apart from the others",
    onStage(program, async (stage) => {
      expect(ip("netns", "add", NAME)).toBe(true);
      stage.onEnd(() => {
        ip("netns", "del", NAME);
      });
      expect(ip("-n", NAME, "link", "set", "lo", "up")).toBe(true);
      const server = await stage.answering(okResponse());
      const [port, inside] = [stage.port(), stage.port()];
      await stage.start(`
${HTTP_DEFAULTS}
listen outer
  bind 127.0.0.1:${port}
  server inner 127.0.0.1:${inside} namespace ${NAME}
listen inner
  bind 127.0.0.1:${inside} namespace ${NAME}
  server s1 127.0.0.1:${server.port}
`);
      // Nobody listens there outside of the namespace.
      expect(await stage.client(inside).catch(() => "refused")).toBe("refused");
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
    }),
  );
});
