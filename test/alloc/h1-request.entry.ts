import { STRICT } from "../../src/h1/parse-options.ts";
import { parseRequest } from "../../src/h1/request-parser.ts";
import { Head } from "../../src/http/head.ts";
import { runBudget } from "./marks.ts";

const TEXT =
  "GET /images/logo.png?version=12 HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: Mozilla/5.0\r\n" +
  "Accept: */*\r\nConnection: keep-alive\r\nCookie: session=abcdef; SRV=s1\r\nContent-Length: 0\r\n\r\n";

const buffer = new ArrayBuffer(16_384);
const bytes = new Uint8Array(buffer);
const words = new DataView(buffer);
bytes.set(new TextEncoder().encode(TEXT));
const head = new Head();

runBudget(1_000_000, () => {
  head.clear();
  return parseRequest(bytes, words, 0, TEXT.length, head, STRICT) + head.fieldCount;
});
