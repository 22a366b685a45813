import { writeHead } from "../../src/h1/head-writer.ts";
import { STRICT } from "../../src/h1/parse-options.ts";
import { parseRequest } from "../../src/h1/request-parser.ts";
import { KnownField } from "../../src/http/field-names.ts";
import { Head } from "../../src/http/head.ts";
import { bench } from "../../test/support/bench.ts";

// A browser's request behind a sticky load balancer, the bulk of most traffic: 11 lines, 577 bytes.
const BROWSER = [
  "GET /assets/images/products/2024/logo-large.png?version=12 HTTP/1.1",
  "Host: www.example.com",
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0",
  "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
  "Accept-Language: en-US,en;q=0.5",
  "Accept-Encoding: gzip, deflate, br",
  "Connection: keep-alive",
  "Cookie: session=abcdef0123456789; theme=dark; SRV=s1; x=1",
  "Referer: https://www.example.com/products/index.html?p=1",
  "Cache-Control: max-age=0",
  "Upgrade-Insecure-Requests: 1",
  'If-None-Match: "abc123"',
  "",
  "",
].join("\r\n");
// A load generator's or a service's call: one line.
const SMALL = "GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n";

const START = 1024;
const OPERATIONS = 10_000;

function slabWith(text: string): { bytes: Uint8Array; words: DataView; end: number } {
  const buffer = new ArrayBuffer(65_536);
  const bytes = new Uint8Array(buffer);
  bytes.set(new TextEncoder().encode(text), START);
  return { bytes, words: new DataView(buffer), end: START + text.length };
}

for (const [kind, text] of [
  ["browser", BROWSER],
  ["small", SMALL],
] as const) {
  bench(`h1: parse a ${kind} request of ${text.length} bytes`, () => {
    const { bytes, words, end } = slabWith(text);
    const head = new Head();
    return {
      operations: OPERATIONS,
      round() {
        let sum = 0;
        for (let i = 0; i < OPERATIONS; i++) {
          head.clear();
          sum += parseRequest(bytes, words, START, end, head, STRICT) + head.fieldCount;
        }
        return sum;
      },
    };
  });
}

bench("h1: parse a browser request, add a field, remove one, write the head", () => {
  const { bytes, words, end } = slabWith(BROWSER);
  const head = new Head();
  const name = new TextEncoder().encode("X-Forwarded-For");
  const value = new TextEncoder().encode("192.0.2.17");
  return {
    operations: OPERATIONS,
    round() {
      let sum = 0;
      for (let i = 0; i < OPERATIONS; i++) {
        head.clear();
        parseRequest(bytes, words, START, end, head, STRICT);
        head.setEditArea(16_384, 17_408);
        head.addField(name, 0, name.length, value, 0, value.length);
        head.removeKnown(KnownField.CONNECTION);
        sum += writeHead(head, bytes, 32_768, 49_152);
      }
      return sum;
    },
  };
});
