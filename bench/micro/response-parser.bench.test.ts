import { BodyReader } from "../../src/h1/body-reader.ts";
import { Framing } from "../../src/h1/framing.ts";
import { STRICT } from "../../src/h1/parse-options.ts";
import { parseResponse } from "../../src/h1/response-parser.ts";
import { Head } from "../../src/http/head.ts";
import { bench } from "../../test/support/bench.ts";

// What nginx answers for a small file: 8 lines, 238 bytes.
const NGINX = [
  "HTTP/1.1 200 OK",
  "Server: nginx/1.22.1",
  "Date: Sat, 21 Nov 2026 07:11:26 GMT",
  "Content-Type: text/html",
  "Content-Length: 612",
  "Last-Modified: Sat, 14 Nov 2026 10:00:00 GMT",
  "Connection: keep-alive",
  'ETag: "65535c80-264"',
  "Accept-Ranges: bytes",
  "",
  "",
].join("\r\n");

const START = 1024;
const OPERATIONS = 10_000;

bench(`h1: parse a response head of ${NGINX.length} bytes`, () => {
  const buffer = new ArrayBuffer(65_536);
  const bytes = new Uint8Array(buffer);
  const words = new DataView(buffer);
  bytes.set(new TextEncoder().encode(NGINX), START);
  const head = new Head();
  return {
    operations: OPERATIONS,
    round() {
      let sum = 0;
      for (let i = 0; i < OPERATIONS; i++) {
        head.clear();
        sum += parseResponse(bytes, words, START, START + NGINX.length, head, STRICT) + head.status;
      }
      return sum;
    },
  };
});

// Dynamic pages come in chunks of 4 KiB: here three of them, and the last chunk.
bench("h1: pass a chunked body of 12 KiB", () => {
  const chunk = `1000\r\n${"x".repeat(4096)}\r\n`;
  const bytes = new TextEncoder().encode(`${chunk.repeat(3)}0\r\n\r\n`);
  const reader = new BodyReader();
  return {
    operations: OPERATIONS,
    round() {
      let sum = 0;
      for (let i = 0; i < OPERATIONS; i++) {
        reader.begin(Framing.CHUNKED, 0);
        sum += reader.pass(bytes, 0, bytes.length);
      }
      return sum + reader.payloadSize;
    },
  };
});
