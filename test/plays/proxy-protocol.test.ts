import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { IPV4_BLOCK, proxyHeaderV2, proxyValue } from "../support/proxy-header.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

const IPV6_NETWORK = "\x20\x01\x0d\xb8".padEnd(15, "\0");
/** From [2001:db8::9]:12345 to [2001:db8::7]:443. */
const IPV6_BLOCK = `${IPV6_NETWORK}\x09${IPV6_NETWORK}\x07\x30\x39\x01\xbb`;

/** What a load balancer in front sends, and which address the frontend then believes. */
const ACCEPTED: readonly {
  because: string;
  header: string;
  address: string;
  port?: string;
  laxer?: boolean;
}[] = [
  {
    because: "version 1 with IPv4",
    header: "PROXY TCP4 192.0.2.9 198.51.100.7 12345 443\r\n",
    address: "192.0.2.9",
    port: "12345",
  },
  {
    because: "version 1 with IPv6",
    header: "PROXY TCP6 2001:db8::9 2001:db8::7 12345 443\r\n",
    address: "2001:db8::9",
    port: "12345",
  },
  { because: "version 1 that knows nothing", header: "PROXY UNKNOWN\r\n", address: "127.0.0.1" },
  {
    because: "version 1 that knows nothing but says more",
    laxer: true,
    header: "PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n",
    address: "127.0.0.1",
  },
  {
    because: "version 2 with IPv4",
    header: proxyHeaderV2(0x21, 0x11, IPV4_BLOCK),
    address: "192.0.2.9",
    port: "12345",
  },
  {
    because: "version 2 with IPv6",
    header: proxyHeaderV2(0x21, 0x21, IPV6_BLOCK),
    address: "2001:db8::9",
    port: "12345",
  },
  {
    because: "version 2 with fields behind the addresses",
    header: proxyHeaderV2(0x21, 0x11, IPV4_BLOCK + proxyValue(4, "\x01\x02\x03")),
    address: "192.0.2.9",
    port: "12345",
  },
  {
    because: "version 2 of a health check by the balancer itself",
    header: proxyHeaderV2(0x20, 0x00, ""),
    address: "127.0.0.1",
  },
];

/** What must never be taken for a header. */
const REFUSED: readonly { because: string; header: string; stricter?: boolean }[] = [
  { because: "a plain request where a header is due", header: "" },
  { because: "version 1 with too few words", header: "PROXY TCP4 192.0.2.9 198.51.100.7\r\n" },
  { because: "version 1 with no address", header: "PROXY TCP4 a b 1 2\r\n" },
  {
    because: "version 1 with a port too large",
    stricter: true,
    header: "PROXY TCP4 192.0.2.9 198.51.100.7 123456 443\r\n",
  },
  {
    because: "version 1 longer than 107 bytes",
    header: `PROXY TCP4 192.0.2.9 198.51.100.7 12345 443 ${"x".repeat(120)}\r\n`,
  },
  {
    because: "version 2 with a block too short for its family",
    header: proxyHeaderV2(0x21, 0x11, "\x01\x02\x03"),
  },
  { because: "version 3", header: proxyHeaderV2(0x31, 0x11, IPV4_BLOCK) },
];

eachProgram("PROXY protocol from the client", (program) => {
  for (const { because, header, address, port: clientPort, laxer } of ACCEPTED) {
    // The protocol has a receiver ignore what follows UNKNOWN; the reference drops the client.
    test.skipIf(laxer === true && program.isOracle)(
      because,
      onStage(program, async (stage) => {
        const { port, server } = await startRelay(stage, {
          bind: "accept-proxy",
          defaults: "option forwardfor",
        });
        const client = await stage.client(port);
        client.send(`${header}GET / HTTP/1.1\r\nHost: a\r\n\r\n`);
        const peer = await server.accept();
        expect(await peer.head()).toEqual([
          "GET / HTTP/1.1",
          "host: a",
          `x-forwarded-for: ${address}`,
        ]);
        peer.send(okResponse());
        await client.head();
        expect(await stage.rawLogLine()).toStartWith(
          `${address}:${clientPort ?? client.localPort} [`,
        );
      }),
    );
  }

  // The reference wants the header in one segment, as the protocol lets a receiver do.
  test.skipIf(program.isOracle)(
    "a header that comes byte by byte",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { bind: "accept-proxy" });
      const client = await stage.client(port);
      await client.sendSlowly("PROXY TCP4 192.0.2.9 198.51.100.7 12345 443\r\n", 1);
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      const peer = await server.accept();
      expect((await peer.head())[0]).toBe("GET / HTTP/1.1");
      peer.send(okResponse());
      expect(await stage.rawLogLine()).toStartWith("192.0.2.9:12345 [");
    }),
  );

  for (const { because, header, stricter } of REFUSED) {
    // The reference takes the low half of a port that is too large.
    test.skipIf(stricter === true && program.isOracle)(
      `refuses ${because}`,
      onStage(program, async (stage) => {
        const { port, server } = await startRelay(stage, { bind: "accept-proxy" });
        const client = await stage.client(port);
        client.send(`${header}GET / HTTP/1.1\r\nHost: a\r\n\r\n`);
        await client.expectEnding("any");
        expect(server.connectionCount).toBe(0);
      }),
    );
  }
});

eachProgram("PROXY protocol to the server", (program) => {
  test(
    "send-proxy writes version 1 before the first byte",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { server: "send-proxy" });
      const client = await stage.client({ port, from: "127.0.0.9" });
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      const peer = await server.accept();
      expect(await peer.readUntil("\r\n")).toBe(
        `PROXY TCP4 127.0.0.9 127.0.0.1 ${client.localPort} ${port}\r\n`,
      );
      expect(await peer.head()).toEqual(["GET / HTTP/1.1", "host: a"]);
      peer.send(okResponse());
      await client.head();
    }),
  );

  test(
    "send-proxy-v2 writes version 2",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, { server: "send-proxy-v2" });
      const client = await stage.client({ port, from: "127.0.0.9" });
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      const peer = await server.accept();
      const [from, to] = [client.localPort, port];
      expect(await peer.readText(28)).toBe(
        proxyHeaderV2(
          0x21,
          0x11,
          `\x7f\0\0\x09\x7f\0\0\x01${String.fromCharCode(from >> 8, from & 255, to >> 8, to & 255)}`,
        ),
      );
      expect(await peer.head()).toEqual(["GET / HTTP/1.1", "host: a"]);
      peer.send(okResponse());
      await client.head();
    }),
  );

  test(
    "send-proxy passes on the address that accept-proxy learnt, in TCP mode too",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        mode: "tcp",
        bind: "accept-proxy",
        server: "send-proxy",
      });
      const client = await stage.client(port);
      client.send("PROXY TCP4 192.0.2.9 198.51.100.7 12345 443\r\nhello");
      const peer = await server.accept();
      expect(await peer.readUntil("\r\n")).toBe("PROXY TCP4 192.0.2.9 198.51.100.7 12345 443\r\n");
      expect(await peer.readText(5)).toBe("hello");
    }),
  );

  test(
    "checks carry the header as well",
    onStage(program, async (stage) => {
      const { server } = await startRelay(stage, {
        backend: "option httpchk",
        server: "send-proxy check inter 50ms",
      });
      const peer = await server.accept();
      expect(await peer.readUntil("\r\n")).toMatch(/^PROXY (TCP4 127\.0\.0\.1 |UNKNOWN)/);
      expect(await peer.readUntil("\r\n")).toStartWith("OPTIONS / HTTP/1.0");
    }),
  );
});
