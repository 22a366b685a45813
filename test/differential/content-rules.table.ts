import { answered, asks, closed, dropped, ending, GET, inPieces, OK } from "./outcome-acts.ts";
import type { OutcomeCase } from "./outcomes.ts";

/** What rules on the content of requests do to sessions. */
export const CONTENT_CASES: readonly OutcomeCase[] = [
  {
    name: "http: request reject",
    frontend: ["tcp-request content reject"],
    act: asks(GET),
  },
  {
    name: "http: request reject, listen",
    isListen: true,
    frontend: ["tcp-request content reject"],
    act: asks(GET),
  },
  {
    name: "http: request reject in the backend",
    backend: ["tcp-request content reject"],
    act: asks(GET),
  },
  {
    name: "http: request reject behind its head",
    frontend: ["tcp-request content reject if { path /a }"],
    act: asks(GET),
  },
  {
    name: "http: second request reject",
    lines: 2,
    frontend: ["tcp-request content reject if { path /a }"],
    act: async ({ client: open, server }) => {
      server.answerAll(OK);
      const client = await open();
      client.send(GET.replace("/a", "/b"));
      await client.readUntil("hi");
      client.send(GET);
      return ending(client);
    },
  },
  {
    name: "http: request silent-drop",
    frontend: ["tcp-request content silent-drop"],
    act: dropped(GET),
  },
  {
    name: "http: request silent-drop in the backend",
    backend: ["tcp-request content silent-drop"],
    act: dropped(GET),
  },
  {
    name: "http: http-request reject",
    frontend: ["http-request reject"],
    act: asks(GET),
  },
  {
    name: "http: http-request silent-drop",
    frontend: ["http-request silent-drop"],
    act: dropped(GET),
  },
  {
    name: "http: http-request reject in the backend",
    backend: ["http-request reject"],
    act: asks(GET),
  },
  {
    name: "http: http-request silent-drop in the backend",
    backend: ["http-request silent-drop"],
    act: dropped(GET),
  },
  {
    name: "http: what a line tells of a request that was rejected on content",
    frontend: [
      "capture request header host len 10",
      "unique-id-format %ci",
      "tcp-request content set-var(txn.a) capture.req.method",
      "tcp-request content reject if { path /a }",
      "log-format '%f %Th %TR %Tq %Tw %Tc %Tr %HM %HU %HV %HP %HQ %ST %B %CC %CS %hr %hs %hrl %ts %tsc %rc %bq %sq %s %b %si %ID %r %[var(txn.a)] %[unique-id] %[capture.req.uri] %[http_first_req]'",
    ],
    act: asks(GET),
  },
  {
    name: "http: what a line tells of a request that was rejected on content in the backend",
    frontend: [
      "capture request header host len 10",
      "log-format '%f %Th %TR %Tq %Tw %Tc %Tr %HM %HU %HV %ST %B %CC %CS %hr %hs %ts %tsc %rc %bq %sq %s %b %r %[capture.req.uri]'",
    ],
    backend: ["tcp-request content reject if { path /a }"],
    act: asks(GET),
  },
  {
    name: "http: a rejected probe of monitor-uri",
    frontend: ["monitor-uri /a", "tcp-request content reject if { path /a }"],
    act: asks(GET),
  },
  {
    name: "http: a probe of monitor-uri that rules let in",
    frontend: ["monitor-uri /a", "tcp-request content accept"],
    act: answered(OK, "GET /a HTTP/1.0\r\n\r\n"),
    lines: 0,
  },
  {
    name: "http: request reject once the delay is over",
    frontend: [
      "tcp-request inspect-delay 80ms",
      "tcp-request content accept if { req.len ge 1000 }",
      "tcp-request content reject",
    ],
    act: asks(GET),
  },
  {
    name: "http: request reject, but nothing comes",
    frontend: [
      "timeout http-request 200ms",
      "tcp-request inspect-delay 80ms",
      "tcp-request content reject",
    ],
    act: asks(""),
  },
  {
    name: "http: request reject, but half a head comes",
    frontend: [
      "timeout http-request 200ms",
      "tcp-request inspect-delay 80ms",
      "tcp-request content reject",
    ],
    act: asks("GET / HT"),
  },
  {
    name: "http: client ends while content rules wait",
    frontend: [
      "tcp-request inspect-delay 500ms",
      "tcp-request content reject if { req.len ge 1000 }",
    ],
    act: async ({ client: open, server }) => {
      server.answerAll(OK);
      const client = await open();
      client.send(GET);
      await Bun.sleep(30);
      client.halfClose();
      return ending(client);
    },
  },
  {
    name: "tcp: request reject",
    mode: "tcp",
    frontend: ["tcp-request content reject"],
    act: closed("hello"),
  },
  {
    name: "tcp: request reject, listen",
    mode: "tcp",
    isListen: true,
    frontend: ["tcp-request content reject"],
    act: closed("hello"),
  },
  {
    name: "tcp: request reject in the backend",
    mode: "tcp",
    backend: ["tcp-request content reject"],
    act: closed("hello"),
  },
  {
    name: "tcp: request silent-drop in the backend",
    mode: "tcp",
    backend: ["tcp-request content silent-drop"],
    act: dropped("hello"),
  },
  {
    name: "tcp: request silent-drop",
    mode: "tcp",
    frontend: ["tcp-request content silent-drop"],
    act: dropped("hello"),
  },
  {
    name: "tcp: rules find the head of an HTTP request",
    mode: "tcp",
    frontend: [
      "tcp-request inspect-delay 2s",
      "tcp-request content reject if { path_beg /no }",
      "tcp-request content set-var(txn.a) req.hdr(host)",
      "tcp-request content set-var(txn.b) method",
      "log-format '%f %ts %[var(txn.a)] %[var(txn.b)]'",
    ],
    act: inPieces(GET, 10),
  },
  {
    name: "tcp: rules find what they reject in a head that comes in pieces",
    mode: "tcp",
    frontend: [
      "tcp-request inspect-delay 2s",
      "tcp-request content accept if { req.hdr(host) -i other }",
      "tcp-request content reject",
    ],
    act: inPieces(GET, 10),
  },
  {
    name: "tcp: no HTTP, no match",
    mode: "tcp",
    frontend: [
      "tcp-request inspect-delay 9s",
      "tcp-request content accept if { req.hdr(host) -m found }",
      "tcp-request content reject",
    ],
    act: inPieces("SSH-2.0-OpenSSH\r\n", 5),
  },
  {
    name: "tcp: half a head does not match",
    mode: "tcp",
    frontend: [
      "tcp-request inspect-delay 150ms",
      "tcp-request content accept if { path /a }",
      "tcp-request content reject",
    ],
    act: inPieces("GET /a HTTP/1.1\r\nHost: a\r\n", 5),
  },
  {
    name: "tcp: backends look at heads, too",
    mode: "tcp",
    frontend: ["log-format '%f %ts %[var(txn.a)]'"],
    backend: [
      "tcp-request inspect-delay 2s",
      "tcp-request content reject unless { hdr(host) a }",
      "tcp-request content set-var(txn.a) url",
    ],
    act: inPieces(GET, 10),
  },
];
