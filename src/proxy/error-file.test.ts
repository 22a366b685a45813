import { describe, expect, test } from "bun:test";
import { readErrorFile, redirectingAnswer } from "./error-file.ts";

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

describe("readErrorFile()", () => {
  test.each([
    {
      file: "HTTP/1.0 503 Down Now\r\nCache-Control: no-cache\r\nConnection: close\r\n\r\nbody\n",
      message: "HTTP/1.0 503 Down Now\r\ncache-control: no-cache\r\n\r\nbody\n",
      because: "the stream speaks of the connection",
    },
    {
      file: "HTTP/1.1 503 Down\nX-Why: a\n\nbody\n",
      message: "HTTP/1.1 503 Down\r\nx-why: a\r\n\r\nbody\n",
      because: "people write such files with editors",
    },
    {
      file: "HTTP/1.1 200 Fine\r\nContent-Length: 2\r\n\r\nok",
      message: "HTTP/1.1 200 Fine\r\ncontent-length: 2\r\n\r\nok",
      because: "the status is the operator's choice",
    },
    { file: "", message: "", because: "an empty file says nothing" },
  ])("accepts: $because", ({ file, message }) => {
    expect(textOf(readErrorFile(bytesOf(file), 16_384).message!)).toBe(message);
  });

  test.each([
    { fields: "", closes: true },
    { fields: "Content-Length: 2\r\n", closes: false },
    { fields: "Connection: close\r\nContent-Length: 2\r\n", closes: true },
  ])("the connection ends where the message has no other end, or says so: $fields", (row) => {
    const file = bytesOf(`HTTP/1.1 503 X\r\n${row.fields}\r\nok`);
    expect(readErrorFile(file, 100)).toMatchObject({ closes: row.closes });
  });

  test.each([
    { file: "<html>raw</html>", problem: "no empty line", because: "a page is no response" },
    { file: "<html>\n\n</html>", problem: "does not begin", because: "a page is no response" },
    { file: "HTTP/1.1 503 X\r\na b: c\r\n\r\n", problem: "does not begin", because: "bad field" },
    { file: "HTTP/1.1 503 X\r\nFoo: x\r\n", problem: "no empty line", because: "a head ends" },
    {
      file: "HTTP/1.1 503 X\r\nContent-Length: 3\r\n\r\nbody\n",
      problem: "(5 != 3)",
      because: "the announced size is the real one",
    },
    {
      file: "HTTP/1.1 503 X\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      problem: "chunk-encoded payload not supported",
      because: "it is sent to HTTP/1.0 clients too",
    },
    { file: "x".repeat(101), problem: "larger than 100 bytes", because: "it fits a buffer" },
  ])("refuses: $because", ({ file, problem }) => {
    expect(readErrorFile(bytesOf(file), 100).problem).toContain(problem);
  });
});

test("redirectingAnswer() is HAProxy's", () => {
  expect(textOf(redirectingAnswer(303, "/z"))).toBe(
    "HTTP/1.1 303 See Other\r\ncache-control: no-cache\r\ncontent-length: 0\r\nlocation: /z\r\n\r\n",
  );
});
