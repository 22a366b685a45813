import { beforeAll, describe, expect, test } from "bun:test";
import { HelloReader, HelloResult } from "./client-hello.ts";

/** What a real client sends first. */
let hello: Uint8Array;

beforeAll(async () => {
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { data: (_socket, data) => resolve(new Uint8Array(data)) },
  });
  Bun.connect({
    hostname: "127.0.0.1",
    port: listener.port,
    tls: { serverName: "www.example.com", ALPNProtocols: "http/1.1" } as never,
    socket: { data() {}, error() {}, close() {} },
  }).catch(() => {});
  hello = await promise;
  listener.stop(true);
});

describe("HelloReader", () => {
  test("finds what a client's hello tells", () => {
    const reader = new HelloReader();
    expect(reader.read(hello, 0, hello.length)).toBe(HelloResult.FOUND);
    const text = Buffer.from(hello).toString("latin1");
    expect(reader.type).toBe(1);
    expect(reader.version).toBe(0x30003);
    expect(text.slice(reader.serverNameStart, reader.serverNameEnd)).toBe("www.example.com");
    expect(reader.hasSupportedGroups).toBe(true);
  });

  test("waits for the rest wherever the bytes are cut", () => {
    const reader = new HelloReader();
    for (let cut = 0; cut < hello.length; cut++) {
      expect(reader.read(hello, 0, cut)).toBe(HelloResult.INCOMPLETE);
    }
  });

  test.each([
    ["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "another protocol"],
    ["\x16\x02\x00\x00\x30\x01\x00\x00\x2c\x03\x03".padEnd(60, "x"), "a version before SSLv3"],
    [
      "\x16\x03\x01\x00\x10\x01\x00\x00\x2c\x03\x03".padEnd(60, "x"),
      "a hello longer than its record",
    ],
  ])("says of %j that it is something else", (text) => {
    const bytes = new Uint8Array(Buffer.from(text, "latin1"));
    expect(new HelloReader().read(bytes, 0, bytes.length)).toBe(HelloResult.OTHER);
  });

  test("never reads beyond the bytes, whatever they hold", () => {
    const reader = new HelloReader();
    let seed = 11;
    for (let round = 0; round < 20_000; round++) {
      const bytes = hello.slice();
      for (let change = 0; change < 4; change++) {
        seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
        bytes[seed % bytes.length] = seed >>> 24;
      }
      reader.read(bytes, 0, bytes.length);
      expect(reader.serverNameEnd).toBeLessThanOrEqual(bytes.length);
      expect(reader.protocolEnd).toBeLessThanOrEqual(bytes.length);
    }
  });
});
