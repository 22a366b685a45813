import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { IPV4_BLOCK, proxyHeaderV2, proxyValue } from "../support/proxy-header.ts";
import { okResponse } from "../support/scripted-server.ts";
import { HTTP_DEFAULTS, onStage } from "../support/stage.ts";

const NAME = `play-${process.pid}`;

const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/** A PROXY header of version 2 that names a namespace, or none. */
function proxyHeader(namespace: string): string {
  const value = namespace === "" ? "" : proxyValue(0x30, namespace);
  return proxyHeaderV2(0x21, 0x11, IPV4_BLOCK + value);
}

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
      client.send(REQUEST);
      expect((await client.head())[0]).toBe("HTTP/1.1 200 OK");
    }),
  );

  test.skipIf(!isAble)(
    "of a client are those of a PROXY header or of its listener, and 'namespace *' follows them",
    onStage(program, async (stage) => {
      expect(ip("netns", "add", NAME)).toBe(true);
      stage.onEnd(() => {
        ip("netns", "del", NAME);
      });
      expect(ip("-n", NAME, "link", "set", "lo", "up")).toBe(true);
      const outside = await stage.answering(okResponse("out"));
      const [port, inside, sink] = [stage.port(), stage.port(), await stage.server("sink")];
      await stage.start(`
namespace_list
  namespace ${NAME}
${HTTP_DEFAULTS}
listen outer
  bind 127.0.0.1:${port} accept-proxy
  # The same address leads to one server or the other, by where it is called from.
  server follows 127.0.0.1:${inside} namespace *
listen inner
  bind 127.0.0.1:${inside} namespace ${NAME}
  server s1 127.0.0.1:${sink.port} send-proxy-v2
listen default
  bind 127.0.0.1:${inside}
  server s1 127.0.0.1:${outside.port}
`);
      const client = await stage.client(port);
      client.send(proxyHeader(NAME) + REQUEST);
      const peer = await sink.accept();
      const head = await peer.read(28 + 3 + NAME.length);
      expect(head.subarray(28).toString("latin1")).toBe(
        `0\0${String.fromCharCode(NAME.length)}${NAME}`,
      );
      await peer.head();
      peer.send(okResponse("in"));
      await client.head();
      expect(await client.readText(2)).toBe("in");

      const plain = await stage.client(port);
      plain.send(proxyHeader("") + REQUEST);
      await plain.head();
      expect(await plain.readText(3)).toBe("out");
    }),
  );

  test.skipIf(!isAble)(
    "that are not listed are none that a client may name",
    onStage(program, async (stage) => {
      const server = await stage.answering(okResponse("out"));
      const port = stage.port();
      await stage.start(`
${HTTP_DEFAULTS}
listen outer
  bind 127.0.0.1:${port} accept-proxy
  server follows 127.0.0.1:${server.port} namespace *
`);
      const client = await stage.client(port);
      client.send(proxyHeader("nowhere") + REQUEST);
      if (program.isOracle) {
        // It takes the client for one of its own namespace.
        await client.head();
        return;
      }
      await client.expectEnding("any");
    }),
  );
});
