import type { Random } from "../support/random.ts";
import type { Reaction } from "./scene.ts";

/** A request of a walk. */
export interface WalkRequest {
  readonly name: string;
  readonly method: string;
  readonly head: string;
  readonly body: string;
}

const METHODS = [
  "GET",
  "GET",
  "GET",
  "GET",
  "POST",
  "POST",
  "PUT",
  "HEAD",
  "HEAD",
  "DELETE",
  "OPTIONS",
];
const COOKIES = [
  "",
  "",
  "",
  "SRV=c1",
  "a=b; SRV=c2; d=e",
  "SRV=unknown",
  "SRV=c1~id",
  "SRV=",
  "SRV=c3~x; SRV=c1",
];
const CONNECTION = [
  "",
  "",
  "",
  "",
  "Connection: close",
  "Connection: keep-alive",
  "Connection: x-hop",
];

/** Makes a request; `version` is picked unless it is told. */
export function makeRequest(random: Random, path: string, version?: string): WalkRequest {
  const method = random.pick(METHODS);
  const protocol = version ?? (random.chance(0.15) ? "HTTP/1.0" : "HTTP/1.1");
  const fields = ["Host: walk.example"];
  const cookie = random.pick(COOKIES);
  if (cookie !== "") fields.push(`Cookie: ${cookie}`);
  const connection = random.pick(CONNECTION);
  if (connection !== "") fields.push(connection);
  if (random.chance(0.3)) fields.push(`X-Key: ${random.below(5)}`);
  let body = "";
  if (method === "POST" || method === "PUT" || (method === "DELETE" && random.chance(0.3))) {
    const size = random.pick([0, 1, 10, 3000, 40_000]);
    if (protocol === "HTTP/1.1" && random.chance(0.4)) {
      fields.push("Transfer-Encoding: chunked");
      body = chunks(size, random.chance(0.2) ? "X-Trailer: t\r\n" : "");
    } else {
      fields.push(`Content-Length: ${size}`);
      body = "u".repeat(size);
    }
  }
  return {
    name: `${method} ${protocol}`,
    method,
    head: headOf(method, path, protocol, fields),
    body,
  };
}

/** A request with this method and these fields. */
export function headOf(
  method: string,
  path: string,
  protocol = "HTTP/1.1",
  fields: readonly string[] = ["Host: walk.example"],
): string {
  return [`${method} ${path} ${protocol}`, ...fields, "", ""].join("\r\n");
}

function chunks(size: number, trailers = ""): string {
  let text = "";
  for (let left = size; left > 0; left -= 2000) {
    const part = Math.min(left, 2000);
    text += `${part.toString(16)}\r\n${"k".repeat(part)}\r\n`;
  }
  return `${text}0\r\n${trailers}\r\n`;
}

type Answer = readonly [name: string, head: readonly string[], body: string, closes?: boolean];

const OK = "HTTP/1.1 200 OK";
const ANSWERS: readonly Answer[] = [
  ["5 bytes", [OK, "Content-Length: 5"], "hello"],
  ["nothing", [OK, "Content-Length: 0"], ""],
  ["chunks", [OK, "Transfer-Encoding: chunked"], chunks(4500)],
  ["no chunks", [OK, "Transfer-Encoding: chunked"], chunks(0)],
  ["chunks and a trailer", [OK, "Transfer-Encoding: chunked"], chunks(30, "X-End: yes\r\n")],
  ["bytes until the end", [OK], "until the end", true],
  ["204", ["HTTP/1.1 204 No Content"], ""],
  ["304", ["HTTP/1.1 304 Not Modified", 'ETag: "a"'], ""],
  ["304 with a length", ["HTTP/1.1 304 Not Modified", "Content-Length: 100"], ""],
  ["HTTP/1.0", ["HTTP/1.0 200 OK"], "old", true],
  ["HTTP/1.0 with a length", ["HTTP/1.0 200 OK", "Content-Length: 3"], "old", true],
  [
    "HTTP/1.0 that stays",
    ["HTTP/1.0 200 OK", "Connection: keep-alive", "Content-Length: 3"],
    "old",
  ],
  ["the last one", [OK, "Connection: close", "Content-Length: 4"], "last", true],
  ["a large one", [OK, "Content-Length: 90000"], "L".repeat(90_000)],
  [
    "early hints first",
    ["HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK", "Content-Length: 2"],
    "ok",
  ],
  ["a cookie of the server's own", [OK, "Set-Cookie: SRV=own; Path=/", "Content-Length: 2"], "ok"],
  [
    "a cookie and a cache",
    [OK, "Set-Cookie: a=b", "Cache-Control: public", "Content-Length: 2"],
    "ok",
  ],
  ["401", ["HTTP/1.1 401 Unauthorized", "WWW-Authenticate: Basic", "Content-Length: 2"], "no"],
  ["404", ["HTTP/1.1 404 Not Found", "Content-Length: 2"], "no"],
  ["500", ["HTTP/1.1 500 Internal Server Error", "Content-Length: 2"], "no"],
  ["503", ["HTTP/1.1 503 Service Unavailable", "Content-Length: 2"], "no"],
];

function answering([name, head, body, closes = false]: Answer): Reaction {
  const text = `${head.join("\r\n")}\r\n\r\n`;
  return {
    name: `answers ${name}`,
    act: ({ method, peer }) => {
      peer.send(method === "HEAD" ? text : text + body);
      if (closes) peer.halfClose();
    },
  };
}

/** What sound servers answer. */
export const SOUND: readonly Reaction[] = ANSWERS.map(answering);

const HEAD_9 = `${OK}\r\nContent-Length: 9\r\n\r\n`;

function ending(name: string, text: string, how: "close" | "reset"): Reaction {
  return {
    name,
    act: async ({ peer }) => {
      if (text !== "") peer.send(text);
      if (how === "close") return peer.halfClose();
      // What was sent should arrive before the end does.
      if (text !== "") await Bun.sleep(20);
      peer.reset();
    },
  };
}

/** What broken servers do. */
export const BROKEN: readonly Reaction[] = [
  ending("closes without an answer", "", "close"),
  ending("resets without an answer", "", "reset"),
  ending("closes within its head", `${OK}\r\nContent-Le`, "close"),
  ending("answers nonsense", "SSH-2.0-what\r\n\r\n", "close"),
  ending(
    "answers two lengths",
    `${OK}\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc`,
    "close",
  ),
  ending("closes within its body", `${HEAD_9}part`, "close"),
  ending("resets within its body", `${HEAD_9}part`, "reset"),
  ending("closes before its body", HEAD_9, "close"),
  ending(
    "closes within its chunks",
    `${OK}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc`,
    "close",
  ),
  ending(
    "breaks its chunks",
    `${OK}\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n`,
    "close",
  ),
  ending(
    "says more than it should",
    `${OK}\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n`,
    "close",
  ),
  ending("closes after interim answers", "HTTP/1.1 100 Continue\r\n\r\n", "close"),
];

/** Servers that say nothing until somebody else does something. */
export const SILENT: Reaction = { name: "is silent", act: () => {} };
export const HALF_HEAD: Reaction = {
  name: "stops within its head",
  act: ({ peer }) => peer.send(`${OK}\r\nContent-Le`),
};
export const HALF_BODY: Reaction = {
  name: "stops within its body",
  act: ({ peer }) => peer.send(`${HEAD_9}part`),
};
