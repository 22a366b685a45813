import { describe, expect, test } from "bun:test";
import { refusalName } from "../../test/support/parsed-head.ts";
import { BodyReader } from "./body-reader.ts";
import { Framing } from "./framing.ts";

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));

function readerOf(framing: Framing, length = 0): BodyReader {
  const reader = new BodyReader();
  reader.begin(framing, length);
  return reader;
}

/** The content of a body that comes in pieces of a size, and what is left of the text behind it. */
function readContent(reader: BodyReader, text: string, pieceSize: number): [string, number] {
  const bytes = bytesOf(text);
  let content = "";
  let at = 0;
  for (let end = 0; end < bytes.length; ) {
    end = Math.min(end + pieceSize, bytes.length);
    while (at < end && !reader.isDone && reader.error === 0) {
      at = reader.payload(bytes, at, end);
      content += text.slice(reader.segmentStart, reader.segmentEnd);
    }
  }
  return [content, at];
}

describe("BodyReader", () => {
  test("is done at once without content", () => {
    const reader = readerOf(Framing.NONE);
    expect(reader.isDone).toBe(true);
    expect(reader.pass(bytesOf("next"), 0, 4)).toBe(0);
  });

  test("passes a length and not a byte more", () => {
    const reader = readerOf(Framing.LENGTH, 5);
    expect(reader.remaining).toBe(5);
    expect(reader.pass(bytesOf("abc"), 0, 3)).toBe(3);
    expect(reader.isDone).toBe(false);
    expect(reader.pass(bytesOf("deGET"), 0, 5)).toBe(2);
    expect(reader.isDone).toBe(true);
  });

  test("accounts for spliced bytes", () => {
    const reader = readerOf(Framing.LENGTH, 2 ** 40);
    reader.skip(2 ** 40 - 1);
    expect(reader.remaining).toBe(1);
    reader.skip(1);
    expect(reader.isDone).toBe(true);
    expect(reader.payloadSize).toBe(2 ** 40);
  });

  test("accounts for bytes spliced inside a chunk", () => {
    const reader = readerOf(Framing.CHUNKED);
    const lines = bytesOf("A\r\n");
    expect(reader.pass(lines, 0, 3)).toBe(3);
    expect(reader.remaining).toBe(10);
    reader.skip(10);
    expect(reader.remaining).toBe(0);
    expect(reader.pass(bytesOf("\r\n0\r\n\r\n"), 0, 7)).toBe(7);
    expect(reader.isDone).toBe(true);
  });

  test.each([
    { framing: Framing.UNTIL_CLOSE, ends: true, because: "the end of the connection ends it" },
    { framing: Framing.TUNNEL, ends: true, because: "a tunnel ends with its connection" },
    { framing: Framing.LENGTH, ends: false, because: "bytes are missing" },
    { framing: Framing.CHUNKED, ends: false, because: "the last chunk is missing" },
  ])("when the peer closes: $because", ({ framing, ends }) => {
    const reader = readerOf(framing, 100);
    expect(reader.pass(bytesOf("5"), 0, 1)).toBe(1);
    expect(reader.finish()).toBe(ends);
  });

  test.each([
    { body: "0\r\n\r\n", content: "", because: "an empty body" },
    { body: "3\r\nabc\r\n0\r\n\r\n", content: "abc", because: "one chunk" },
    { body: "3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n", content: "abc0123456789", because: "two" },
    {
      body: "a\r\n0123456789\r\n000\r\n\r\n",
      content: "0123456789",
      because: "either case, zeros",
    },
    { body: '1;n=v;m="q"\r\nx\r\n0;e\r\n\r\n', content: "x", because: "extensions" },
    { body: "1 \t\r\nx\r\n0 ;e\r\n\r\n", content: "x", because: "blanks behind the size" },
    { body: "1\r\nx\r\n0\r\nA: b\r\nC:\r\n\r\n", content: "x", because: "trailers" },
    { body: "00000000000000000001\r\nx\r\n0\r\n\r\n", content: "x", because: "many zeros" },
  ])("reads chunks at every cut: $because", ({ body, content }) => {
    const text = `${body}GET /`;
    for (let pieceSize = 1; pieceSize <= text.length; pieceSize++) {
      const reader = readerOf(Framing.CHUNKED);
      expect(readContent(reader, text, pieceSize)).toEqual([content, body.length]);
      expect(reader.isDone).toBe(true);
      expect(reader.payloadSize).toBe(content.length);
    }
    const bytes = bytesOf(text);
    for (let cut = 0; cut <= text.length; cut++) {
      const reader = readerOf(Framing.CHUNKED);
      const at = reader.pass(bytes, 0, cut);
      expect(at).toBe(Math.min(cut, body.length));
      expect(reader.pass(bytes, at, bytes.length)).toBe(body.length);
      expect(reader.isDone).toBe(true);
    }
  });

  const size = "CHUNK_SIZE";
  const extension = "CHUNK_EXTENSION";
  test.each([
    { body: "\r\n", refusal: size, at: 0, because: "no digit" },
    { body: " 3\r\n", refusal: size, at: 0, because: "a blank before the size" },
    { body: "+3\r\n", refusal: size, at: 0, because: "a sign" },
    { body: "0x3\r\n", refusal: size, at: 1, because: "a prefix" },
    { body: "3\n", refusal: size, at: 1, because: "LF alone" },
    { body: "3\rx", refusal: size, at: 2, because: "CR alone" },
    { body: "3 3\r\n", refusal: size, at: 2, because: "two sizes" },
    { body: "20000000000000\r\n", refusal: size, at: 13, because: "beyond 2^53 - 1" },
    { body: "10000000000000003\r\n", refusal: size, at: 14, because: "beyond 64 bits" },
    { body: "3;a\nb\r\n", refusal: extension, at: 3, because: "LF in an extension" },
    { body: "3;a\x00\r\n", refusal: extension, at: 3, because: "NUL in an extension" },
    { body: "3;a\rb\r\n", refusal: size, at: 4, because: "CR in an extension" },
    { body: "3\r\nabcd", refusal: "CHUNK_END", at: 6, because: "more data than announced" },
    { body: "3\r\nabc\n", refusal: "CHUNK_END", at: 6, because: "LF alone behind data" },
    { body: "3\r\nabc\rx", refusal: "CHUNK_END", at: 7, because: "CR alone behind data" },
    { body: "0\r\nbad trailer\r\n", refusal: "TRAILER", at: 6, because: "no token" },
    { body: "0\r\n: x\r\n", refusal: "TRAILER", at: 3, because: "no name" },
    { body: "0\r\na: \x00\r\n", refusal: "TRAILER", at: 6, because: "NUL in a value" },
    { body: "0\r\na: b\n", refusal: "TRAILER", at: 7, because: "LF alone" },
    { body: "0\r\na: b\r\n c\r\n", refusal: "TRAILER", at: 9, because: "folding" },
    { body: "0\r\nContent-Length: 3\r\n", refusal: "TRAILER", at: 17, because: "framing" },
    { body: "0\r\ntransfer-encoding:\r\n", refusal: "TRAILER", at: 20, because: "framing" },
  ])("refuses as $refusal: $because", ({ body, refusal, at }) => {
    const bytes = bytesOf(body);
    for (let cut = 0; cut <= at; cut++) {
      const reader = readerOf(Framing.CHUNKED);
      reader.pass(bytes, reader.pass(bytes, 0, cut), bytes.length);
      expect(refusalName(reader.error)).toBe(refusal);
      expect(reader.errorAt).toBe(at);
      expect(reader.isDone).toBe(false);
    }
  });

  test.each([
    { piece: "0", because: "zeros before a size" },
    { piece: "1;x=yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\nz\r\n", because: "extensions" },
  ])("bounds what carries nothing: $because", ({ piece }) => {
    const reader = readerOf(Framing.CHUNKED);
    const bytes = bytesOf(piece.repeat(20_000));
    reader.pass(bytes, 0, bytes.length);
    expect(reader.error).toBeLessThan(0);
  });

  test.each<{ trailer: string; because: string }>([
    { trailer: "a: b\r\n".repeat(101), because: "its lines" },
    { trailer: `a: ${"b".repeat(17_000)}\r\n`, because: "its bytes" },
    { trailer: `${"n".repeat(256)}: b\r\n`, because: "its names" },
  ])("bounds a trailer section in $because", ({ trailer }) => {
    const reader = readerOf(Framing.CHUNKED);
    const bytes = bytesOf(`0\r\n${trailer}\r\n`);
    reader.pass(bytes, 0, bytes.length);
    expect(refusalName(reader.error)).toBe("TRAILER");
  });

  test("starts anew after an error", () => {
    const reader = readerOf(Framing.CHUNKED);
    reader.pass(bytesOf("x"), 0, 1);
    reader.begin(Framing.CHUNKED, 0);
    expect(reader.pass(bytesOf("0\r\n\r\n"), 0, 5)).toBe(5);
    expect(reader.isDone && reader.error === 0).toBe(true);
  });
});
