import type { OutcomeCase, OutcomeScene } from "./outcomes.ts";

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
/** Addresses as rules, lines and servers are told them; a port that the system chose is not compared. */
const LINE = "log-format '%f %ci %cp %fi %fp %[src] %[src_port] %[dst] %[dst_port] %ts'";
const FIXED = "set-src-port int(1000)";
const SEEN = [
  "http-request set-header x-src %[src]:%[src_port]",
  "http-request set-header x-dst %[dst]:%[dst_port]",
];

function request(fields: readonly string[]): string {
  const lines = fields.map((field) => `${field}\r\n`).join("");
  return `GET /a HTTP/1.1\r\nHost: a\r\n${lines}\r\n`;
}

/** Requests one after the other on a connection, and what the server is told of each. */
function exchanges(...requests: (readonly string[])[]) {
  return async ({ client: open, server, port }: OutcomeScene): Promise<string> => {
    const heads = server.collectRequests();
    const client = await open();
    const seen: string[] = [];
    for (const fields of requests) {
      client.send(request(fields));
      const { head, peer } = await heads.take();
      seen.push(head.filter((line) => /^(x-|proxy)/i.test(line)).join(", "));
      peer.send(OK);
      await client.readUntil("hi");
    }
    const text = seen.join(" | ").replaceAll(`:${port}`, ":PORT");
    return text.replaceAll(`:${server.port}`, ":SERVER");
  };
}

function http(
  name: string,
  frontend: readonly string[],
  options: Partial<OutcomeCase> = {},
  fields: readonly string[] = [],
): OutcomeCase {
  return {
    name,
    hidesPort: true,
    act: exchanges(fields),
    ...options,
    frontend: [...frontend, ...SEEN, LINE],
  };
}

/** Bytes each way, and what the server got in front of them. */
async function talk({ client: open, server, port }: OutcomeScene): Promise<string> {
  const client = await open();
  client.send("hello");
  const peer = await server.accept();
  const seen = await peer.readUntil("hello");
  peer.halfClose();
  client.halfClose();
  await client.rest();
  if (seen.startsWith("\r")) return Buffer.from(seen, "latin1").toString("hex");
  return seen.replaceAll(` ${port}\r\n`, " PORT\r\n").replace(/127.0.0.1 127.0.0.1 \d+/, "same");
}

function tcp(
  name: string,
  frontend: readonly string[],
  options: Partial<OutcomeCase> = {},
): OutcomeCase {
  return {
    name: `tcp: ${name}`,
    mode: "tcp",
    hidesPort: true,
    act: talk,
    ...options,
    frontend: [...frontend, LINE],
  };
}

/** Rules that change addresses, and who sees it. */
export const ADDRESS_CASES: readonly OutcomeCase[] = [
  http("set-src of a header", [`http-request ${FIXED}`, "http-request set-src req.hdr(x-a)"], {}, [
    "X-A: 192.0.2.7",
  ]),
  http("set-src of nothing", [`http-request ${FIXED}`, "http-request set-src req.hdr(x-b)"]),
  http(
    "set-src of no address",
    [`http-request ${FIXED}`, "http-request set-src req.hdr(x-a)"],
    {},
    ["X-A: nonsense"],
  ),
  http("set-src of IPv6", [`http-request ${FIXED}`, "http-request set-src req.hdr(x-a)"], {}, [
    "X-A: 2001:db8::7",
  ]),
  http("set-src of a number", [`http-request ${FIXED}`, "http-request set-src int(16909060)"]),
  http("set-src keeps the port", [
    "http-request set-src-port int(7)",
    "http-request set-src str(192.0.2.7)",
  ]),
  http("set-src, masked", [`http-request ${FIXED}`, "http-request set-src src,ipmask(8)"]),
  http("set-src-port of a header", ["http-request set-src-port req.hdr(x-p)"], {}, ["X-P: 4711"]),
  http("set-src-port beyond 65535", ["http-request set-src-port int(70000)"]),
  http("set-src-port below 0", ["http-request set-src-port int(-1)"]),
  http("set-src-port of a text", ["http-request set-src-port req.hdr(x-p)"], {}, ["X-P: 47abc"]),
  http("set-src-port behind IPv6", [
    "http-request set-src str(2001:db8::7)",
    "http-request set-src-port int(8)",
  ]),
  http("set-dst and its port", [
    `http-request ${FIXED}`,
    "http-request set-dst str(192.0.2.9)",
    "http-request set-dst-port int(443)",
  ]),
  http("set-dst of IPv6", [
    `http-request ${FIXED}`,
    "http-request set-dst str(2001:db8::9)",
    "http-request set-dst-port int(443)",
  ]),
  http("set-dst-port alone", [`http-request ${FIXED}`, "http-request set-dst-port int(443)"]),
  http("set-dst keeps the port", [`http-request ${FIXED}`, "http-request set-dst dst,ipmask(24)"]),
  http("conditions see it", [
    `http-request ${FIXED}`,
    "http-request set-src str(192.0.2.7)",
    "http-request set-header x-net yes if { src 192.0.2.0/24 }",
  ]),
  http("rules of the backend", [`http-request ${FIXED}`], {
    backend: [
      "http-request set-src str(192.0.2.7)",
      "http-request set-dst str(192.0.2.8)",
      "http-request set-header x-b %[src]-%[dst]",
    ],
  }),
  http(
    "the next request has the connection's address again",
    [
      "http-request set-src req.hdr(x-a)",
      "http-request set-dst req.hdr(x-a)",
      `http-request ${FIXED}`,
    ],
    { lines: 3, act: exchanges(["X-A: 192.0.2.7"], [], ["X-A: 192.0.2.8"]) },
  ),
  http(
    "content rules change the exchange",
    [
      `tcp-request content ${FIXED}`,
      "tcp-request content set-src str(192.0.2.7) if { path /a } !{ req.hdr(x-a) -m found }",
      "tcp-request content set-dst str(192.0.2.8) if { path /a } !{ req.hdr(x-a) -m found }",
    ],
    { lines: 2, act: exchanges([], ["X-A: 1"]) },
  ),
  http(
    "session rules change the connection",
    [
      `tcp-request session ${FIXED}`,
      "tcp-request session set-src str(192.0.2.7)",
      "tcp-request session set-dst str(192.0.2.8)",
    ],
    { lines: 2, act: exchanges([], []) },
  ),
  http(
    "connection rules change the connection",
    [
      `tcp-request connection ${FIXED}`,
      "tcp-request connection set-src str(192.0.2.7)",
      "tcp-request connection set-dst str(192.0.2.8)",
      "tcp-request session set-var(sess.a) src",
      "http-request set-header x-sess %[var(sess.a)]",
    ],
    { lines: 2, act: exchanges([], []) },
  ),
  http("forwardfor tells it", [
    `http-request ${FIXED}`,
    "option forwardfor",
    "option originalto",
    "http-request set-src str(192.0.2.7)",
    "http-request set-dst str(192.0.2.8)",
  ]),
  http("forwardfor except", [
    `http-request ${FIXED}`,
    "option forwardfor except 192.0.2.0/24",
    "http-request set-src str(192.0.2.7)",
  ]),
  http(
    "the PROXY header tells it",
    [
      `http-request ${FIXED}`,
      "http-request set-src req.hdr(x-a)",
      "http-request set-dst str(192.0.2.8)",
      "http-request set-dst-port int(443)",
    ],
    {
      server: "send-proxy",
      lines: 3,
      act: exchanges(["X-A: 192.0.2.1"], ["X-A: 192.0.2.1"], ["X-A: 192.0.2.2"]),
    },
  ),
  http(
    "a server without an address",
    [`http-request ${FIXED}`, "http-request set-dst str(127.0.0.1)"],
    { server: "0.0.0.0:SERVER" },
  ),
  http(
    "a server without address and port",
    [
      `http-request ${FIXED}`,
      "http-request set-dst str(127.0.0.1)",
      "http-request set-dst-port int(SERVER)",
    ],
    { server: "0.0.0.0:0" },
  ),
  http("balance source", [`http-request ${FIXED}`, "http-request set-src str(192.0.2.7)"], {
    backend: ["balance source"],
  }),
  http("a denied request", [
    `http-request ${FIXED}`,
    "http-request set-src str(192.0.2.7)",
    "http-request set-dst str(192.0.2.8)",
  ]),
  tcp("connection rules", [
    `tcp-request connection ${FIXED}`,
    "tcp-request connection set-src str(192.0.2.7)",
    "tcp-request connection set-dst str(192.0.2.8)",
  ]),
  tcp("session rules", [
    `tcp-request session ${FIXED}`,
    "tcp-request session set-src str(192.0.2.7)",
    "tcp-request session set-dst-port int(5)",
  ]),
  tcp("content rules", [
    `tcp-request content ${FIXED}`,
    "tcp-request content set-src str(192.0.2.7)",
    "tcp-request content set-dst str(192.0.2.8)",
    "tcp-request content set-dst-port int(5)",
  ]),
  tcp("content rules of the backend", [`tcp-request content ${FIXED}`], {
    backend: ["tcp-request content set-src src,ipmask(8)"],
  }),
  tcp(
    "the PROXY header tells it",
    [
      `tcp-request content ${FIXED}`,
      "tcp-request content set-src str(192.0.2.7)",
      "tcp-request content set-dst str(192.0.2.8)",
      "tcp-request content set-dst-port int(5)",
    ],
    { server: "send-proxy" },
  ),
  tcp(
    "the PROXY header of mixed families",
    [
      `tcp-request content ${FIXED}`,
      "tcp-request content set-src str(2001:db8::7)",
      "tcp-request content set-dst-port int(5)",
    ],
    { server: "send-proxy" },
  ),
  tcp(
    "the PROXY header of version 2, of mixed families",
    [
      `tcp-request content ${FIXED}`,
      "tcp-request content set-dst str(2001:db8::7)",
      "tcp-request content set-dst-port int(5)",
    ],
    { server: "send-proxy-v2" },
  ),
  tcp(
    "a server without an address",
    ["tcp-request content set-dst str(127.0.0.1)", `tcp-request content ${FIXED}`],
    { server: "0.0.0.0:SERVER" },
  ),
  tcp("a rejected connection", [
    `tcp-request connection ${FIXED}`,
    "tcp-request connection set-src str(192.0.2.7)",
    "tcp-request session reject unless { src 192.0.2.7 }",
  ]),
  tcp("unix sources", [`tcp-request connection ${FIXED}`, "tcp-request connection set-src src"]),
];
