import { describe, expect, test } from "bun:test";
import {
  IPV4_BLOCK,
  proxyValue as tlv,
  proxyHeaderV2 as v2,
} from "../../test/support/proxy-header.ts";
import { Random } from "../../test/support/random.ts";
import { crc32c } from "../base/crc32c.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import { readProxyHeader } from "./proxy-protocol.ts";
import { ProxyError, ProxyHeader, proxyErrorText } from "./proxy-protocol-header.ts";
import { writeProxyV1 } from "./proxy-protocol-v1.ts";
import { V2_SIZE_MAX, writeProxyV2 } from "./proxy-protocol-v2.ts";

const SIZE_MAX = 16_384;
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

const path = (text: string) => text.padEnd(108, "\0");

/** Reads a header laid at an offset, and gives the size read or the reason, and what it says. */
function read(text: string, sizeMax = SIZE_MAX): [number, ProxyHeader] {
  const bytes = bytesOf(`??${text}`);
  const header = new ProxyHeader();
  const result = readProxyHeader(bytes, 2, bytes.length, header, sizeMax);
  return [result > 0 ? result - 2 : result, header];
}

const LONG_V6 = "ffff:f:ffff:ffff:ffff:ffff:ffff:ffff";

describe("readProxyHeader()", () => {
  test.each<{ header: string; source: string; destination: string }>([
    {
      header: "PROXY TCP4 192.0.2.9 198.51.100.7 12345 443\r\n",
      source: "192.0.2.9:12345",
      destination: "198.51.100.7:443",
    },
    {
      header: "PROXY TCP6 2001:db8::9 ::1 0 65535\r\n",
      source: "[2001:db8::9]:0",
      destination: "[::1]:65535",
    },
    {
      header: `PROXY TCP6 ${LONG_V6} ${LONG_V6} 65535 65535\r\n`,
      source: `[${LONG_V6}]:65535`,
      destination: `[${LONG_V6}]:65535`,
    },
    {
      header: v2(0x21, 0x11, IPV4_BLOCK),
      source: "192.0.2.9:12345",
      destination: "198.51.100.7:443",
    },
    {
      header: v2(
        0x21,
        0x21,
        `${"\x20\x01\x0d\xb8".padEnd(15, "\0")}\x09${"\0".repeat(15)}\x01\0\x01\0\x02`,
      ),
      source: "[2001:db8::9]:1",
      destination: "[::1]:2",
    },
    {
      header: v2(0x21, 0x31, path("/run/a") + path("\0name")),
      source: "unix@/run/a",
      destination: "abns@name",
    },
    {
      header: v2(0x21, 0x11, IPV4_BLOCK + tlv(4, "noop") + tlv(0xea, "")),
      source: "192.0.2.9:12345",
      destination: "198.51.100.7:443",
    },
  ])("reads the addresses $source and $destination", ({ header, source, destination }) => {
    const [size, found] = read(`${header}GET /`);
    expect(size).toBe(header.length);
    expect(found.hasAddresses).toBe(true);
    expect(found.source.toString()).toBe(source);
    expect(found.destination.toString()).toBe(destination);
  });

  test.each<{ header: string; because: string }>([
    { header: "PROXY UNKNOWN\r\n", because: "the sender does not know" },
    { header: `PROXY UNKNOWN ${"x".repeat(91)}\r\n`, because: "what follows is ignored" },
    { header: v2(0x20, 0x00, ""), because: "a connection of the balancer's own" },
    { header: v2(0x20, 0x11, "\x01\x02"), because: "LOCAL makes all else meaningless" },
    { header: v2(0x21, 0x00, IPV4_BLOCK), because: "an unspecified family" },
  ])("keeps the connection's own addresses: $because", ({ header }) => {
    const [size, found] = read(`${header}GET /`);
    expect(size).toBe(header.length);
    expect(found.hasAddresses).toBe(false);
  });

  test.each<{ header: string; reason: string; because: string }>([
    { header: "GET / HTTP/1.1\r\n", reason: "NO_HEADER", because: "plain traffic" },
    { header: "POST / HTTP/1.1\r\n", reason: "NO_HEADER", because: "only the first byte fits" },
    { header: "\r\n\r\nGET", reason: "NO_HEADER", because: "only the first bytes fit" },
    { header: "proxy TCP4 1.2.3.4 1.2.3.4 1 2\r\n", reason: "NO_HEADER", because: "capitals" },
    { header: "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n", reason: "LINE", because: "LF alone" },
    { header: "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\rx", reason: "LINE", because: "CR alone" },
    { header: "PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", reason: "LINE", because: "a word is missing" },
    { header: "PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n", reason: "LINE", because: "a word too many" },
    { header: "PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n", reason: "PROTOCOL", because: "two spaces" },
    { header: "PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n", reason: "PROTOCOL", because: "no stream" },
    { header: "PROXY TCP4 1.2.3.4 ::1 1 2\r\n", reason: "ADDRESS", because: "two families" },
    { header: "PROXY TCP4 1.2.3.400 1.2.3.4 1 2\r\n", reason: "ADDRESS", because: "over 255" },
    { header: "PROXY TCP4 1.2.3.04 1.2.3.4 1 2\r\n", reason: "ADDRESS", because: "leading zero" },
    { header: "PROXY TCP6 1.2.3.4 ::1 1 2\r\n", reason: "ADDRESS", because: "wrong family" },
    { header: "PROXY TCP6 ::1::2 ::1 1 2\r\n", reason: "ADDRESS", because: "no IPv6" },
    { header: "PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n", reason: "PORT", because: "too large" },
    { header: "PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n", reason: "PORT", because: "leading zero" },
    { header: "PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n", reason: "PORT", because: "a sign" },
    { header: `PROXY UNKNOWN ${"x".repeat(92)}\r\n`, reason: "LINE_SIZE", because: "108 bytes" },
    { header: `PROXY ${"x".repeat(101)}`, reason: "LINE_SIZE", because: "no line in 107 bytes" },
    { header: v2(0x11, 0x11, IPV4_BLOCK), reason: "COMMAND", because: "another version" },
    { header: v2(0x22, 0x11, IPV4_BLOCK), reason: "COMMAND", because: "another command" },
    { header: v2(0x21, 0x12, IPV4_BLOCK), reason: "FAMILY", because: "datagrams" },
    { header: v2(0x21, 0x41, IPV4_BLOCK), reason: "FAMILY", because: "no such family" },
    { header: v2(0x21, 0x11, IPV4_BLOCK.slice(1)), reason: "SIZE", because: "shorter than IPv4" },
    { header: v2(0x21, 0x21, IPV4_BLOCK), reason: "SIZE", because: "shorter than IPv6" },
    { header: v2(0x21, 0x31, path("/a")), reason: "SIZE", because: "shorter than two paths" },
    { header: v2(0x21, 0x11, "", 16_369), reason: "SIZE", because: "larger than a buffer" },
    { header: v2(0x21, 0x11, `${IPV4_BLOCK}\x04\0`), reason: "TLV", because: "half a TLV" },
    { header: v2(0x21, 0x11, `${IPV4_BLOCK}\x04\0\x07abc`), reason: "TLV", because: "it leaves" },
    { header: v2(0x21, 0x11, IPV4_BLOCK + tlv(3, "abc")), reason: "TLV", because: "a sum of 3" },
    { header: v2(0x21, 0x11, IPV4_BLOCK + tlv(5, "x".repeat(129))), reason: "TLV", because: "id" },
    { header: v2(0x21, 0x11, IPV4_BLOCK + tlv(0x20, "abcd")), reason: "TLV", because: "short TLS" },
    { header: v2(0x21, 0x11, IPV4_BLOCK + tlv(3, "\0\0\0\0")), reason: "CHECKSUM", because: "sum" },
  ])("refuses as $reason: $because", ({ header, reason }) => {
    const expected = ProxyError[reason as keyof typeof ProxyError];
    const [result, found] = read(header);
    expect(result).toBe(expected);
    expect(proxyErrorText(expected)).not.toBe("unknown reason");
    expect(found.uniqueIdEnd).toBe(0);
  });

  test("notes the TLVs that others ask for", () => {
    const tls = `\x01\0\0\0\0${tlv(0x21, "TLSv1.3")}`;
    const text = v2(
      0x21,
      0x11,
      IPV4_BLOCK + tlv(1, "h2") + tlv(2, "example.org") + tlv(5, "id-1") + tlv(0x20, tls),
    );
    const [, header] = read(text);
    const part = (start: number, end: number) => text.slice(start - 2, end - 2);
    expect(part(header.alpnStart, header.alpnEnd)).toBe("h2");
    expect(part(header.authorityStart, header.authorityEnd)).toBe("example.org");
    expect(part(header.uniqueIdStart, header.uniqueIdEnd)).toBe("id-1");
    expect(part(header.tlsStart, header.tlsEnd)).toBe(tls);
  });

  test.each<{ header: string }>([
    { header: "PROXY TCP4 192.0.2.9 198.51.100.7 12345 443\r\n" },
    { header: "PROXY UNKNOWN\r\n" },
    { header: v2(0x21, 0x11, IPV4_BLOCK + tlv(4, "noop")) },
  ])("asks for more at every cut of a header", ({ header }) => {
    const bytes = bytesOf(header);
    const found = new ProxyHeader();
    for (let cut = 0; cut < bytes.length; cut++) {
      expect(readProxyHeader(bytes, 0, cut, found, SIZE_MAX)).toBe(0);
    }
    expect(readProxyHeader(bytes, 0, bytes.length, found, SIZE_MAX)).toBe(bytes.length);
  });

  test("ends on any bytes, at any cut, with a verdict that never changes", () => {
    const random = new Random(2);
    const seeds = [
      v2(0x21, 0x11, IPV4_BLOCK + tlv(4, "abc") + tlv(5, "x")),
      "PROXY TCP4 1.2.3.4 5.6.7.8 9 10\r\n",
    ];
    const header = new ProxyHeader();
    for (let round = 0; round < 20_000; round++) {
      const bytes = bytesOf(random.pick(seeds));
      for (let count = random.below(4); count > 0; count--) {
        bytes[random.below(bytes.length)] = random.below(256);
      }
      const whole = readProxyHeader(bytes, 0, bytes.length, header, SIZE_MAX);
      const cut = random.below(bytes.length);
      const early = readProxyHeader(bytes, 0, cut, header, SIZE_MAX);
      expect(whole).toBeLessThanOrEqual(bytes.length);
      if (early !== 0) expect(early).toBe(whole);
    }
  });
});

describe("the writers", () => {
  const client = SocketAddress.fromHost("192.0.2.9", 12_345)!;
  const front = SocketAddress.fromHost("198.51.100.7", 443)!;
  const client6 = SocketAddress.fromHost("2001:db8::9", 1)!;
  const front6 = SocketAddress.fromHost("::1", 2)!;
  const local = SocketAddress.fromPath("/run/a", false);
  const written = (write: (into: Uint8Array) => number) => {
    const into = new Uint8Array(V2_SIZE_MAX);
    return Buffer.from(into.subarray(0, write(into))).toString("latin1");
  };

  /** The bytes are those that HAProxy 2.6 sends. */
  test("write what HAProxy writes", () => {
    expect(written((into) => writeProxyV1(into, 0, client, front))).toBe(
      "PROXY TCP4 192.0.2.9 198.51.100.7 12345 443\r\n",
    );
    expect(written((into) => writeProxyV1(into, 0, client6, front6))).toBe(
      "PROXY TCP6 2001:db8::9 ::1 1 2\r\n",
    );
    expect(written((into) => writeProxyV2(into, 0, client, front))).toBe(
      v2(0x21, 0x11, IPV4_BLOCK),
    );
  });

  test("say so when a header cannot hold the addresses", () => {
    expect(written((into) => writeProxyV1(into, 0, local, front))).toBe("PROXY UNKNOWN\r\n");
    expect(written((into) => writeProxyV2(into, 0, local, front))).toBe(v2(0x20, 0, ""));
  });

  test("write IPv4 as a part of IPv6 beside an IPv6 address", () => {
    expect(written((into) => writeProxyV1(into, 0, client, front6))).toBe(
      "PROXY TCP6 ::ffff:192.0.2.9 ::1 12345 2\r\n",
    );
    const [, header] = read(written((into) => writeProxyV2(into, 0, client6, front)));
    expect(header.source.toString()).toBe(client6.toString());
    expect(header.destination.host()).toBe("::ffff:198.51.100.7");
    expect(header.destination.port).toBe(443);
  });

  test("write what the reader reads", () => {
    for (const [source, destination] of [
      [client, front],
      [client6, front6],
    ] as const) {
      for (const write of [
        (into: Uint8Array) => writeProxyV1(into, 0, source, destination),
        (into: Uint8Array) => writeProxyV2(into, 0, source, destination),
        (into: Uint8Array) => writeProxyV2(into, 0, source, destination, true),
      ]) {
        const text = written(write);
        const [size, header] = read(text);
        expect(size).toBe(text.length);
        expect(header.source.equals(source)).toBe(true);
        expect(header.destination.equals(destination)).toBe(true);
      }
    }
  });

  test("name the namespace of the client", () => {
    const bytes = new Uint8Array(V2_SIZE_MAX);
    const end = writeProxyV2(bytes, 0, client, front, true, true, "blue");
    const header = new ProxyHeader();
    expect(readProxyHeader(bytes, 0, end, header, V2_SIZE_MAX)).toBe(end);
    const name = bytes.subarray(header.namespaceStart, header.namespaceEnd);
    expect(Buffer.from(name).toString()).toBe("blue");
    const longest = writeProxyV2(bytes, 0, client, front, true, true, "n".repeat(255));
    expect(longest).toBeLessThanOrEqual(V2_SIZE_MAX);
  });

  test("seal a header so that any changed byte shows", () => {
    const text = written((into) => writeProxyV2(into, 0, client, front, true));
    for (let at = 16; at < text.length; at++) {
      const changed = String.fromCharCode(text.charCodeAt(at) ^ 1);
      const [result] = read(text.slice(0, at) + changed + text.slice(at + 1));
      // Kind and size of the sum's own TLV are not sealed by it: they hide it, or break it.
      if (at < 28 || at > 30) expect(result).toBe(ProxyError.CHECKSUM);
    }
  });
});

test("crc32c() gives the sum of the standard's example", () => {
  expect(crc32c(bytesOf("123456789"), 0, 9)).toBe(0xe3069283);
  expect(crc32c(new Uint8Array(32), 0, 32)).toBe(0x8a9136aa);
});
