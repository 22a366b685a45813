import type { OutcomeCase, OutcomeScene } from "./outcomes.ts";

const GET = "GET /abc?x=1 HTTP/1.1\r\nHost: host\r\nX-A: first\r\n\r\n";
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-R: back\r\n\r\nhi";
const LINE = "log-format '%f %ST %hr %hs %hrl %hsl %ts'";

/** A request and its answer, with the head that the server saw. */
async function exchange({ client: open, server }: OutcomeScene): Promise<string> {
  const client = await open();
  client.send(GET);
  const peer = await server.accept();
  const head = await peer.head();
  peer.send(OK);
  await client.readUntil("hi");
  return head.filter((line) => line.startsWith("x-")).join();
}

/** Bytes each way. */
async function talk({ client: open, server }: OutcomeScene): Promise<string> {
  const client = await open();
  client.send("hello world");
  const peer = await server.accept();
  await peer.read(11);
  peer.halfClose();
  client.halfClose();
  await client.rest();
  return "";
}

function http(name: string, frontend: readonly string[], backend: readonly string[] = []) {
  return { name, frontend: [...frontend, LINE], backend, act: exchange };
}

/** What rules capture, and what lines and servers are told of it. */
export const CAPTURE_CASES: readonly OutcomeCase[] = [
  http("a slot of its own", ["http-request capture path len 10"]),
  http("a longer text is cut", ["http-request capture req.hdr(host) len 2"]),
  http("a number becomes text", ["http-request capture src_port,mul(0) len 10"]),
  http("an address becomes text", ["http-request capture src len 20"]),
  http("no value, no capture", ["http-request capture req.hdr(none) len 10"]),
  http("slots are numbered by line", [
    "http-request capture path len 10",
    "capture request header x-a len 10",
    "http-request capture req.hdr(host) len 10",
    "declare capture request len 5",
    "http-request set-header x-0 %[capture.req.hdr(0)]",
    "http-request set-header x-1 %[capture.req.hdr(1)]",
    "http-request set-header x-2 %[capture.req.hdr(2)]",
    "http-request set-header x-3 %[capture.req.hdr(3)]",
  ]),
  http("a declared slot, by number", [
    "declare capture request len 3",
    "declare capture response len 5",
    "http-request capture path id 0",
    "http-response capture res.hdr(x-r) id 0",
  ]),
  http("a condition", [
    "http-request capture path len 10 if { path /abc }",
    "http-request capture req.hdr(host) len 10 unless { path /abc }",
  ]),
  http("the last one stays", [
    "declare capture request len 10",
    "http-request capture path id 0",
    "http-request capture req.hdr(none) id 0",
    "http-request capture req.hdr(host) id 0",
  ]),
  http("a header's slot takes a rule's value", [
    "capture request header x-a len 4",
    "http-request capture path id 0",
  ]),
  http(
    "slots of the frontend, from the backend",
    ["declare capture request len 10", "declare capture response len 10"],
    [
      "http-request capture path id 0",
      "http-response capture status id 0",
      "http-request capture path id 7",
      "http-response capture status id 7",
    ],
  ),
  http("a backend without slots", [], ["http-request capture path id 0"]),
  http("content comes first", [
    "tcp-request inspect-delay 1s",
    "tcp-request content capture path len 10",
    "http-request set-header x-0 %[capture.req.hdr(0)]",
  ]),
  http("a header after content", [
    "tcp-request inspect-delay 1s",
    "capture request header x-a len 10",
    "tcp-request content capture path len 10",
    "tcp-request content set-var(txn.a) capture.req.hdr(1)",
    "http-request set-header x-0 %[var(txn.a)]",
  ]),
  http("capture-req in an expression", [
    "declare capture request len 3",
    "http-request set-header x-0 %[path,capture-req(0)]-%[capture.req.hdr(0)]",
    "http-request set-header x-1 %[path,capture-req(9)]",
    "http-request set-header x-2 %[src_port,mul(0),capture-req(0)]",
  ]),
  http("capture-res in an expression", [
    "declare capture response len 3",
    "http-response set-var(txn.a) res.hdr(x-r),capture-res(0)",
    "http-response set-var(txn.b) res.hdr(x-r),capture-res(1)",
    "http-request set-header x-1 %[path,capture-res(9)]",
  ]),
  http("the response's slot from the request", [
    "declare capture response len 3",
    "http-request set-header x-1 %[path,capture-res(0)]",
  ]),
  http("the request's slot from the response", [
    "declare capture request len 3",
    "http-response set-var(txn.a) res.hdr(x-r),capture-req(0)",
  ]),
  http("a response's header and a declared slot", [
    "capture response header x-r len 2",
    "declare capture response len 9",
    "http-response capture res.hdr(x-r) id 1",
  ]),
  http("rules after the response", [
    "declare capture response len 9",
    "http-after-response capture status id 0",
  ]),
  {
    name: "a request that nobody answers",
    frontend: ["declare capture request len 9", "http-request capture path id 0", LINE],
    backend: ["http-request deny"],
    act: async ({ client: open }) => {
      const client = await open();
      client.send(GET);
      return (await client.head())[0];
    },
  },
  {
    name: "tcp: a capture of what the client says",
    mode: "tcp",
    frontend: [
      "tcp-request inspect-delay 2s",
      "tcp-request content capture req.payload(0,5) len 3 if { req.len ge 5 }",
      "log-format '%f %ts %[capture.req.hdr(0)]'",
    ],
    act: talk,
  },
  {
    name: "tcp: a capture waits for its value",
    mode: "tcp",
    frontend: [
      "tcp-request inspect-delay 2s",
      "tcp-request content capture req.payload(0,5) len 9",
      "log-format '%f %ts %[capture.req.hdr(0)]'",
    ],
    act: async ({ client: open, server }) => {
      const client = await open();
      await Bun.sleep(60);
      client.send("hello world");
      const peer = await server.accept();
      await peer.read(11);
      peer.halfClose();
      client.halfClose();
      await client.rest();
      return "";
    },
  },
  {
    name: "tcp: a converter's slot",
    mode: "tcp",
    frontend: [
      "declare capture request len 4",
      "tcp-request content set-var(txn.a) dst,capture-req(0)",
      "log-format '%f %ts %[capture.req.hdr(0)] %[var(txn.a)]'",
    ],
    act: talk,
  },
];
