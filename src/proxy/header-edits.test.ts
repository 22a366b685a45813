import { expect, test } from "bun:test";
import { writeHead } from "../h1/head-writer.ts";
import { STRICT } from "../h1/parse-options.ts";
import { parseRequest } from "../h1/request-parser.ts";
import { Head } from "../http/head.ts";
import { ConnectionWish, setConnectionWish } from "./header-edits.ts";

function edited(text: string, wish: ConnectionWish): { text: string; isUntouched: boolean } {
  const bytes = new Uint8Array(4096);
  const words = new DataView(bytes.buffer);
  const message = `GET / HTTP/1.1\r\nhost: a\r\n${text}\r\n`;
  bytes.set(Buffer.from(message, "latin1"));
  const head = new Head();
  head.clear();
  const end = parseRequest(bytes, words, 0, message.length, head, STRICT);
  expect(end).toBe(message.length);
  head.setEditArea(1024, 2048);
  expect(setConnectionWish(head, wish)).toBe(true);
  const written = writeHead(head, bytes, 2048, 4096);
  return {
    text: Buffer.from(bytes.slice(2048 + 25, written - 2)).toString("latin1"),
    isUntouched: head.isUntouched,
  };
}

test.each([
  { sent: "", wish: ConnectionWish.SILENT, result: "", because: "nothing is said, nothing meant" },
  {
    sent: "Connection: close\r\n",
    wish: ConnectionWish.SILENT,
    result: "",
    because: "the sender's wish ends here",
  },
  {
    sent: "Connection: keep-alive\r\n",
    wish: ConnectionWish.CLOSE,
    result: "connection: close\r\n",
    because: "ours takes its place",
  },
  {
    sent: "",
    wish: ConnectionWish.KEEP_ALIVE,
    result: "connection: keep-alive\r\n",
    because: "HTTP/1.0 has to be told",
  },
  {
    sent: "Connection: close, foo\r\n",
    wish: ConnectionWish.SILENT,
    result: "Connection: foo\r\n",
    because: "other tokens stay",
  },
])("setConnectionWish() turns $sent into $result: $because", ({ sent, wish, result }) => {
  expect(edited(sent, wish).text).toBe(result);
});

test("setConnectionWish() leaves a head alone that says the right thing", () => {
  expect(edited("accept: x\r\n", ConnectionWish.SILENT).isUntouched).toBe(true);
});
