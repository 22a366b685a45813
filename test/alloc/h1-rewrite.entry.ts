import { writeHead } from "../../src/h1/head-writer.ts";
import { STRICT } from "../../src/h1/parse-options.ts";
import { parseRequest } from "../../src/h1/request-parser.ts";
import { KnownField } from "../../src/http/field-names.ts";
import { Head } from "../../src/http/head.ts";
import { runBudget } from "./marks.ts";

const TEXT =
  "GET /images/logo.png?version=12 HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: Mozilla/5.0\r\n" +
  "Accept: */*\r\nConnection: keep-alive\r\nCookie: session=abcdef; SRV=s1\r\n\r\n";

const buffer = new ArrayBuffer(65_536);
const bytes = new Uint8Array(buffer);
const words = new DataView(buffer);
bytes.set(new TextEncoder().encode(TEXT));
const head = new Head();
const name = new TextEncoder().encode("X-Forwarded-For");
const value = new TextEncoder().encode("192.0.2.17");

runBudget(1_000_000, () => {
  head.clear();
  parseRequest(bytes, words, 0, TEXT.length, head, STRICT);
  head.setEditArea(16_384, 17_408);
  head.addField(name, 0, name.length, value, 0, value.length);
  head.removeKnown(KnownField.CONNECTION);
  return writeHead(head, bytes, 32_768, 49_152);
});
