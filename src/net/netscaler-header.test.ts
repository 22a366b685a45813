import { describe, expect, test } from "bun:test";
import { Random } from "../../test/support/random.ts";
import { readNetscalerHeader } from "./netscaler-header.ts";
import { ProxyError, ProxyHeader } from "./proxy-protocol-header.ts";

const MAGIC = 0x01020304;
const SIZE_MAX = 1024;

const short = (value: number) => String.fromCharCode(value >> 8, value & 255);
const long = (value: number) => short(value >>> 16) + short(value & 0xffff);
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

const ADDRESSES = "\xc0\x00\x02\x09\xc6\x33\x64\x07";
const SOURCE6 = `\x20\x01\x0d\xb8${"\0".repeat(11)}\x09`;
const TARGET6 = `\x20\x01\x0d\xb8${"\0".repeat(11)}\x07`;

const ip4 = (first = 0x45, protocol = 6, options = "") =>
  `${String.fromCharCode(first)}\0\0\x28${"\0".repeat(4)}\x40${String.fromCharCode(protocol)}\0\0${ADDRESSES}${options}`;
const ip6 = (protocol = 6) =>
  `\x60\0\0\0\0\x14${String.fromCharCode(protocol)}\x40${SOURCE6}${TARGET6}`;
const tcp = (words = 5, options = "") =>
  `\x30\x39\x01\xbb${"\0".repeat(8)}${String.fromCharCode(words << 4)}\x10${"\0".repeat(6)}${options}`;
const legacy = (rest: string, length = rest.length) => long(MAGIC) + long(length) + rest;
const standard = (rest: string, type = 1, length = rest.length) =>
  long(MAGIC) + long(12 + rest.length) + short(type) + short(length) + rest;

function read(text: string): [number, ProxyHeader] {
  const bytes = bytesOf(`??${text}`);
  const header = new ProxyHeader();
  const result = readNetscalerHeader(bytes, 2, bytes.length, header, MAGIC, SIZE_MAX);
  return [result > 0 ? result - 2 : result, header];
}

const V4 = "192.0.2.9:12345 198.51.100.7:443";
const V6 = "[2001:db8::9]:12345 [2001:db8::7]:443";

describe("readNetscalerHeader()", () => {
  test.each([
    { header: legacy(ip4() + tcp()), tells: V4, because: "the legacy kind" },
    { header: legacy(ip6() + tcp()), tells: V6, because: "the legacy kind with IPv6" },
    { header: standard(ip4() + tcp()), tells: V4, because: "the standard kind" },
    { header: standard(ip6() + tcp()), tells: V6, because: "the standard kind with IPv6" },
    {
      header: legacy(ip4(0x46, 6, "\x01\x01\x01\x01") + tcp(6, "\x01\x01\x01\x01")),
      tells: V4,
      because: "both headers have options",
    },
    {
      header: standard(`${ip4() + tcp()}pad!`),
      tells: V4,
      because: "what stands behind is passed",
    },
  ])("reads $because", ({ header, tells }) => {
    const [size, found] = read(`${header}GET /`);
    expect(size).toBe(header.length);
    expect(found.hasAddresses).toBe(true);
    expect(`${found.source} ${found.destination}`).toBe(tells);
  });

  test.each<{ header: string; reason: keyof typeof ProxyError; because: string }>([
    { header: "GET / HTTP/1.1\r\n", reason: "NO_HEADER", because: "plain traffic" },
    { header: `\x01\x02\x03\x05${"x".repeat(40)}`, reason: "NO_HEADER", because: "another magic" },
    { header: standard(ip4() + tcp(), 2), reason: "COMMAND", because: "another type" },
    { header: legacy(ip4(0x55) + tcp()), reason: "FAMILY", because: "IP of version 5" },
    { header: legacy(ip4(0x45, 17) + tcp()), reason: "FAMILY", because: "no TCP" },
    { header: legacy(ip6(17) + tcp()), reason: "FAMILY", because: "no TCP over IPv6" },
    { header: legacy(ip4(0x44) + tcp()), reason: "SIZE", because: "an IP header of 16 bytes" },
    { header: legacy(ip4(0x4f) + tcp()), reason: "SIZE", because: "it ends within the IP header" },
    { header: legacy(ip4() + tcp(), 36), reason: "SIZE", because: "it ends within the TCP header" },
    { header: legacy(ip4() + tcp(4)), reason: "SIZE", because: "a TCP header of 16 bytes" },
    { header: legacy(ip4() + tcp(6)), reason: "SIZE", because: "TCP options that are not there" },
    { header: standard("", 1, 0), reason: "SIZE", because: "no headers at all" },
    { header: legacy(ip4() + tcp(), 2000), reason: "SIZE", because: "more than a buffer" },
    { header: legacy(ip4() + tcp(), 0xffffffff), reason: "SIZE", because: "the largest length" },
  ])("refuses as $reason: $because", ({ header, reason }) => {
    const [result, found] = read(header);
    expect(result).toBe(ProxyError[reason]);
    expect(found.hasAddresses).toBe(false);
  });

  test.each([legacy(ip4() + tcp()), standard(ip4() + tcp()), standard(ip6() + tcp())])(
    "asks for more at every cut of a header",
    (header) => {
      const bytes = bytesOf(header);
      const found = new ProxyHeader();
      for (let cut = 0; cut < bytes.length; cut++) {
        expect(readNetscalerHeader(bytes, 0, cut, found, MAGIC, SIZE_MAX)).toBe(0);
      }
      const whole = readNetscalerHeader(bytes, 0, bytes.length, found, MAGIC, SIZE_MAX);
      expect(whole).toBe(bytes.length);
    },
  );

  test("ends on any bytes, at any cut, with a verdict that never changes", () => {
    const random = new Random(5);
    const seeds = [legacy(ip4() + tcp()), standard(ip6() + tcp()), standard(ip4() + tcp())];
    const header = new ProxyHeader();
    for (let round = 0; round < 20_000; round++) {
      const bytes = bytesOf(random.pick(seeds));
      for (let count = random.below(4); count > 0; count--) {
        bytes[random.below(bytes.length)] = random.below(256);
      }
      const whole = readNetscalerHeader(bytes, 0, bytes.length, header, MAGIC, SIZE_MAX);
      const cut = random.below(bytes.length);
      const early = readNetscalerHeader(bytes, 0, cut, header, MAGIC, SIZE_MAX);
      expect(whole).toBeLessThanOrEqual(bytes.length);
      if (early !== 0) expect(early).toBe(whole);
    }
  });
});
