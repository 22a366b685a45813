import type { Random } from "../support/random.ts";

/** One generated exchange: the bytes of the request, and what the server does about it. */
export interface Exchange {
  readonly number: number;
  readonly request: string;
  readonly method: string;
  readonly response: string;
  /** The server closes after the response. */
  readonly serverCloses: boolean;
  /** The next exchange goes over the same client connection, if this one leaves it open. */
  readonly keepsClient: boolean;
  /** A client connection of its own: what happens depends on whether it was used before. */
  readonly wantsFreshClient: boolean;
  /** What was done to spoil it; empty when both messages are sound. */
  readonly spoilt: string;
}

const METHODS = ["GET", "GET", "GET", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "PURGE"];

/** Fields that clients send, sound though not all are tidy. */
const REQUEST_FIELDS = [
  "Accept: */*",
  "accept-language:de,en;q=0.5",
  "X-Padded: \t  in the middle  \t",
  "X-Empty:",
  "X-Twice: one",
  "X-Twice: two",
  "Cookie: a=b; theme=dark",
  "Cookie: SRV=one; a=b",
  "Cookie: a=b;SRV=one;c=d",
  "Cookie: SRV=unknown",
  "COOKIE: SRV=one",
  'Cookie: quoted="x;y"; SRV=one',
  "X-Forwarded-For: 192.0.2.1",
  "User-Agent: differential/1.0 (test; rv:1)",
  "X-High: caf\xe9",
  'If-None-Match: "abc"',
  "Range: bytes=0-3",
  "Keep-Alive: timeout=5",
  `X-Long: ${"long ".repeat(300)}`,
];

const CONNECTION_FIELDS = [
  "Connection: close",
  "Connection: keep-alive",
  "connection: Keep-Alive",
  "Connection: x-hop\r\nX-Hop: 1",
  "Connection: keep-alive, x-hop",
];

const RESPONSE_FIELDS = [
  "Content-Type: text/plain",
  "Cache-Control: max-age=60",
  "Cache-Control: no-store",
  'ETag: "abc"',
  "Set-Cookie: a=b; Path=/",
  "Set-Cookie: SRV=server",
  "Server: origin",
  "Vary: Accept",
  "X-Padded: \t  in the middle  \t",
  "X-Empty:",
  "Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT",
];

const STATUSES = [
  "200 OK",
  "200 OK",
  "200 OK",
  "201 Created",
  "204 No Content",
  "206 Partial Content",
  "301 Moved Permanently",
  "302 Found",
  "304 Not Modified",
  "400 Bad Request",
  "404 Not Found",
  "418 I'm a teapot",
  "500 Internal Server Error",
  "503 Service Unavailable",
  "599 ",
];

type Spoiler = readonly [name: string, spoil: (text: string) => string];

const afterFirstLine = (insert: string) => (text: string) =>
  text.replace("\r\n", `\r\n${insert}\r\n`);

const REQUEST_SPOILERS: readonly Spoiler[] = [
  ["a blank in a field name", afterFirstLine("Bad Name: x")],
  ["a field without a colon", afterFirstLine("nothing here")],
  ["an empty field name", afterFirstLine(": x")],
  ["a blank before a colon", afterFirstLine("X-Blank : x")],
  ["a control character in a field name", afterFirstLine("X\x01Y: x")],
  ["two different lengths", afterFirstLine("Content-Length: 3\r\nContent-Length: 4")],
  ["a length that is no number", afterFirstLine("Content-Length: abc")],
  ["an empty length", afterFirstLine("Content-Length:")],
  ["an unknown transfer coding", afterFirstLine("Transfer-Encoding: zip")],
  ["chunked not last", afterFirstLine("Transfer-Encoding: chunked, gzip")],
  ["a version that is none", (text) => text.replace(/HTTP\/1\.\d/, "HTPP/1.1")],
  ["a version of two digits", (text) => text.replace(/HTTP\/1\.\d/, "HTTP/1.10")],
  ["no version", (text) => text.replace(/ HTTP\/1\.\d/, "")],
  ["a bare CR in a value", afterFirstLine("X: a\rb")],
  ["a control character in the target", (text) => text.replace("/case", "/\x02case")],
  ["two blanks before the target", (text) => text.replace(" ", "  ")],
  ["a line that starts with a blank", afterFirstLine(" folded at once: x")],
  ["two hosts", afterFirstLine("Host: other.example")],
];

const RESPONSE_SPOILERS: readonly Spoiler[] = [
  ["a blank in a response field name", afterFirstLine("Bad Name: x")],
  ["a response field without a colon", afterFirstLine("nothing here")],
  ["two different response lengths", afterFirstLine("Content-Length: 3\r\nContent-Length: 4")],
  ["a response that is not HTTP", () => "SSH-2.0-OpenSSH_9.2\r\n\r\n"],
  ["an early end", (text) => text.slice(0, 20)],
];

/** Makes the exchange of this number; the same random source gives the same one. */
export function makeExchange(number: number, random: Random): Exchange {
  const method = random.pick(METHODS);
  const spoilsRequest = random.chance(0.15);
  const spoilsResponse = !spoilsRequest && random.chance(0.1);
  const sound = {
    request: makeRequest(number, method, random),
    ...makeResponse(random),
    keepsClient: random.chance(0.6),
    wantsFreshClient: false,
  };
  if (spoilsRequest) {
    const [spoilt, spoil] = random.pick(REQUEST_SPOILERS);
    return { number, method, ...sound, request: spoil(sound.request), spoilt };
  }
  if (spoilsResponse) {
    const [spoilt, spoil] = random.pick(RESPONSE_SPOILERS);
    const response = spoil(sound.response);
    const wantsFreshClient = spoilt === "an early end";
    return { number, method, ...sound, response, serverCloses: true, wantsFreshClient, spoilt };
  }
  return { number, method, ...sound, spoilt: "" };
}

function makeRequest(number: number, method: string, random: Random): string {
  const version = random.chance(0.15) ? "HTTP/1.0" : "HTTP/1.1";
  const query = random.pick(["", "", "?a=b", "?q=%20%2f&&=", "?x=[]{}|"]);
  const prefix = random.chance(0.08) ? "http://site.example" : "";
  const fields = pickFields(REQUEST_FIELDS, random, 6);
  if (random.chance(0.3)) fields.push(random.pick(CONNECTION_FIELDS));
  const hasBody =
    method === "POST" || method === "PUT" || method === "PATCH" || random.chance(0.05);
  // The reference refuses a body in an HTTP/1.0 request with a transfer coding; both know a length.
  const body = hasBody ? makeBody(random, version === "HTTP/1.1") : { fields: [], bytes: "" };
  const lines = [
    `${method} ${prefix}/case-${number}${query} ${version}`,
    "Host: site.example",
    ...fields,
    ...body.fields,
    "",
    body.bytes,
  ];
  return lines.join("\r\n");
}

function makeResponse(random: Random): { response: string; serverCloses: boolean } {
  const status = random.pick(STATUSES);
  const fields = pickFields(RESPONSE_FIELDS, random, 4);
  // Short contents only behind an interim answer: the reference loses its place in longer ones.
  const interim = random.chance(0.05) ? "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" : "";
  const isBodiless = status.startsWith("204") || status.startsWith("304");
  if (isBodiless) {
    const head = [`HTTP/1.1 ${status}`, ...fields, "", ""].join("\r\n");
    return { response: interim + head, serverCloses: false };
  }
  if (random.chance(0.1)) {
    const head = [`HTTP/1.1 ${status}`, ...fields, "", "until the end"].join("\r\n");
    return { response: interim + head, serverCloses: true };
  }
  const body = makeBody(random, true, interim === "" ? 20_000 : 1000);
  const closes = random.chance(0.1);
  if (closes) fields.push("Connection: close");
  const text = [`HTTP/1.1 ${status}`, ...fields, ...body.fields, "", body.bytes].join("\r\n");
  return { response: interim + text, serverCloses: closes };
}

function makeBody(
  random: Random,
  mayChunk: boolean,
  sizeMax = 20_000,
): { fields: string[]; bytes: string } {
  if (!mayChunk || random.chance(0.6)) {
    const size = Math.min(sizeMax, random.pick([0, 1, 10, 1000, 20_000]));
    return { fields: [`Content-Length: ${size}`], bytes: "x".repeat(size) };
  }
  let bytes = "";
  for (let chunk = random.below(5); chunk > 0; chunk--) {
    const size = 1 + random.below(3000);
    const extension = random.chance(0.2) ? ";name=value" : "";
    const digits = random.chance(0.5) ? size.toString(16) : `00${size.toString(16).toUpperCase()}`;
    bytes += `${digits}${extension}\r\n${"y".repeat(size)}\r\n`;
  }
  const trailer = random.chance(0.2) ? "X-Trailer: end\r\n" : "";
  return { fields: ["Transfer-Encoding: chunked"], bytes: `${bytes}0\r\n${trailer}\r\n` };
}

function pickFields(pool: readonly string[], random: Random, most: number): string[] {
  const fields: string[] = [];
  for (let count = random.below(most + 1); count > 0; count--) fields.push(random.pick(pool));
  return fields;
}
