import { describe, expect, test } from "bun:test";
import { LENIENT, STRICT } from "../../src/h1/parse-options.ts";
import { parseRequest } from "../../src/h1/request-parser.ts";
import { Head } from "../../src/http/head.ts";
import { MessageReader } from "../support/message-reader.ts";
import { parseHead } from "../support/parsed-head.ts";

/**
 * Holes that trusted systems once had in their reading of HTTP/1, each with what must happen here.
 * The names are those by which the holes are known.
 */

const LINE = "POST / HTTP/1.1\r\nHost: a\r\n";
const refusalOf = (fields: string) => parseHead(`${LINE}${fields}\r\n`).refusal;
const responseRefusalOf = (fields: string) =>
  parseHead(`HTTP/1.1 200 OK\r\n${fields}\r\n`, { isResponse: true }).refusal;

describe("HAProxy CVE-2021-40346: the size of a name overflows", () => {
  test.each([256, 257, 270, 512, 65_536])("a name of %d octets is refused", (size) => {
    const name = "Content-Length0".padEnd(size, "a");
    expect(refusalOf(`${name}:\r\nContent-Length: 60\r\n`)).toBe("FIELD_NAME_SIZE");
  });

  test("the longest name is kept in full: as many lines go out as came in", () => {
    const name = "n".repeat(255);
    const parsed = parseHead(`${LINE}${name}: v\r\nContent-Length: 0\r\n\r\n`);
    expect(parsed.lines).toEqual(["Host: a", `${name}: v`, "Content-Length: 0"]);
    expect(parseHead(parsed.written()).lines).toEqual(parsed.lines);
  });
});

describe("HAProxy CVE-2023-25725: an empty name drops the lines behind it", () => {
  test.each([":", ": x"])("%j is refused", (line) => {
    expect(refusalOf(`${line}\r\nContent-Length: 5\r\n`)).toBe("FIELD_NAME");
    expect(parseHead(`${LINE}${line}\r\n\r\n`, { isLenient: true }).result).toBeLessThan(0);
  });
});

describe("HAProxy CVE-2023-40225: an empty content-length is sent on", () => {
  test.each([
    "Content-Length:\r\n",
    "Content-Length: \t\r\n",
    "Content-Length:\r\nContent-Length: 5\r\n",
    "Content-Length: 5\r\nContent-Length:\r\n",
    "Content-Length: 5,\r\n",
    "Content-Length: ,5\r\n",
  ])("%j is refused", (fields) => {
    expect(refusalOf(fields)).toBe("CONTENT_LENGTH");
    expect(responseRefusalOf(fields)).toBe("CONTENT_LENGTH");
  });
});

describe("HAProxy CVE-2019-18277 and its kin: a coding in disguise", () => {
  test.each([
    "\x0bchunked",
    "\x00chunked",
    "chunked\x0b",
    "\xa0chunked",
    "xchunked",
    "chunkedx",
    "chunked, x",
    "chunked,",
    ",chunked",
    "chunked;q=1",
    '"chunked"',
    "chunked chunked",
    "chunked, chunked",
    "identity",
    "",
  ])("%j is refused", (coding) => {
    const fields = `Transfer-Encoding: ${coding}\r\n`;
    expect(refusalOf(fields)).not.toBe("");
    expect(refusalOf(`Content-Length: 5\r\n${fields}`)).not.toBe("");
    expect(responseRefusalOf(fields)).not.toBe("");
  });

  test.each(["chunked\r\nTransfer-Encoding: chunked", "x\r\nTransfer-Encoding: chunked"])(
    "repeated is refused: %j",
    (value) => expect(refusalOf(`Transfer-Encoding: ${value}\r\n`)).not.toBe(""),
  );

  test("with both lengths the length goes and the connection closes", () => {
    const parsed = parseHead(
      `${LINE}Content-Length: 5\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n`,
    );
    expect(parsed.head.mustClose).toBe(true);
    expect(parsed.written()).not.toMatch(/content-length/i);
  });
});

describe("HAProxy CVE-2023-45539: # in a path passes rules by", () => {
  test.each(["/#", "/a#b", "#", "http://a/#b", "/%23#"])("%s is refused", (target) => {
    expect(parseHead(`GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`).refusal).toBe("TARGET");
  });
});

describe("NUL, bare CR and bare LF, in HAProxy until 2024 and in many others", () => {
  test.each([
    "a: b\x00c\r\n",
    "a: b\rc\r\n",
    "a: b\nc: d\r\n",
    "a: b\n\r\n",
    "a\x00: b\r\n",
    "a\r: b\r\n",
    "\ra: b\r\n",
    "a: b\r\r\n",
  ])("in a field are refused: %j", (fields) => {
    expect(refusalOf(fields)).not.toBe("");
    expect(responseRefusalOf(fields)).not.toBe("");
  });

  test.each(["1\n", "1\r", "1;\n", "1;a\x00", "1;a\rb", "1\r\na\n", "1\r\na\r\r"])(
    "in a chunk line are refused: %j",
    (body) => {
      const reader = new MessageReader();
      reader.write(`${LINE}Transfer-Encoding: chunked\r\n\r\n${body}xx`);
      expect(reader.events.at(-1)).toStartWith("refused CHUNK_");
    },
  );
});

describe("Pingora CVE-2026-2833: bytes behind an upgrade are sent before the 101", () => {
  test("a request that asks for an upgrade ends with its head, like any other", () => {
    const reader = new MessageReader();
    reader.write("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
    reader.write("\x00\x01not a request");
    expect(reader.events.slice(-2)).toEqual(["end", "refused METHOD"]);
  });

  test("a tunnel opens only when it was asked for", () => {
    const reader = new MessageReader({ requestMethods: ["GET"] });
    reader.write("HTTP/1.1 101 X\r\n\r\nHTTP/1.1 200 OK\r\n\r\n");
    expect(reader.events).toEqual(["response 101 X 1.1", "refused UPGRADE"]);
  });
});

describe("Pingora CVE-2026-2835: HTTP/1.0 with codings, and requests that last until close", () => {
  test("a coding in a request of HTTP/1.0 is refused", () => {
    const text = "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    expect(parseHead(text).refusal).toBe("TRANSFER_ENCODING");
  });

  test.each(["1.0", "1.1"])("a request of HTTP/%s without lengths has no body", (version) => {
    const reader = new MessageReader();
    reader.write(`POST / HTTP/${version}\r\n\r\n`);
    reader.end();
    expect(reader.events.at(-1)).toBe("end");
  });
});

describe("HAProxy CVE-2013-2175 and CVE-2022-0711: work without end", () => {
  const PIECE_MAX_MS = 2_000;

  test("a head that comes byte by byte costs a scan a line, not a scan a byte", () => {
    const text = `GET / HTTP/1.1\r\n${`x: ${"y".repeat(150)}\r\n`.repeat(99)}\r\n`;
    const bytes = new Uint8Array(Buffer.from(`${text}\0\0\0\0`, "latin1"));
    const words = new DataView(bytes.buffer);
    const head = new Head();
    const startMs = performance.now();
    for (let round = 0; round < 10; round++) {
      head.clear();
      for (let end = 0; end < text.length; end++) {
        expect(parseRequest(bytes, words, 0, end, head, STRICT)).toBe(0);
      }
    }
    expect(parseRequest(bytes, words, 0, text.length, head, LENIENT)).toBe(text.length);
    expect(performance.now() - startMs).toBeLessThan(PIECE_MAX_MS);
  });

  test("the table of lines has an end", () => {
    expect(refusalOf("a: b\r\n".repeat(10_000))).toBe("FIELD_LINES");
  });
});

describe("32-bit chunk sizes, and extensions without bounds", () => {
  const bodyOf = (body: string) => {
    const reader = new MessageReader();
    reader.write(`${LINE}Transfer-Encoding: chunked\r\n\r\n${body}`);
    return reader.events.at(-1);
  };

  test("a size is exact to 2^53 - 1 and refused beyond", () => {
    expect(bodyOf("100000000\r\n0\r\n\r\n")).toBe("keep open");
    expect(bodyOf("1fffffffffffff\r\n")).toBe("keep open");
    expect(bodyOf("20000000000000\r\n")).toBe("refused CHUNK_SIZE");
    expect(bodyOf("10000000000000000\r\n")).toBe("refused CHUNK_SIZE");
    expect(bodyOf("ffffffffffffffff\r\n")).toBe("refused CHUNK_SIZE");
  });

  test("one endless extension, or many small ones, are refused", () => {
    expect(bodyOf(`1;${"x".repeat(20_000)}`)).toBe("refused CHUNK_EXTENSION");
    expect(bodyOf(`1;${"x".repeat(40)}\r\na\r\n`.repeat(1_000))).toBe("refused CHUNK_EXTENSION");
  });
});
