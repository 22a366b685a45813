import { STRICT } from "../../src/h1/parse-options.ts";
import { parseResponse } from "../../src/h1/response-parser.ts";
import { Head } from "../../src/http/head.ts";
import { runBudget } from "./marks.ts";

const TEXT =
  "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sat, 21 Nov 2026 07:11:26 GMT\r\n" +
  "Content-Type: text/html\r\nContent-Length: 612\r\nConnection: keep-alive\r\n\r\n";

const buffer = new ArrayBuffer(16_384);
const bytes = new Uint8Array(buffer);
const words = new DataView(buffer);
bytes.set(new TextEncoder().encode(TEXT));
const head = new Head();

runBudget(1_000_000, () => {
  head.clear();
  return parseResponse(bytes, words, 0, TEXT.length, head, STRICT) + head.status;
});
