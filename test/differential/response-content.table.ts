import {
  answered,
  answeredOnce,
  ending,
  farewell,
  GET,
  OK,
  spoken,
  spokenHead,
} from "./outcome-acts.ts";
import type { OutcomeCase } from "./outcomes.ts";

/** What rules on the content of responses do to sessions. */
export const RESPONSE_CASES: readonly OutcomeCase[] = [
  {
    name: "tcp: response reject",
    mode: "tcp",
    backend: ["tcp-response content reject"],
    act: spoken("answer"),
  },
  {
    name: "tcp: response reject, listen",
    mode: "tcp",
    isListen: true,
    backend: ["tcp-response content reject"],
    act: spoken("answer"),
  },
  {
    name: "tcp: response close",
    mode: "tcp",
    backend: ["tcp-response content close"],
    act: spoken("answer"),
  },
  {
    name: "tcp: response close once a word has come",
    mode: "tcp",
    backend: ["tcp-response inspect-delay 1s", "tcp-response content close if { res.len ge 3 }"],
    act: spoken("answer"),
  },
  {
    name: "tcp: response silent-drop",
    mode: "tcp",
    backend: ["tcp-response content silent-drop"],
    act: async ({ client: open, server }) => {
      const client = await open();
      client.send("hello");
      const peer = await server.accept();
      peer.send("answer");
      await peer.rest().catch(() => "");
      return client.unread;
    },
  },
  {
    name: "tcp: response accept",
    mode: "tcp",
    backend: ["tcp-response content accept", "tcp-response content reject if TRUE"],
    act: farewell("answer"),
  },
  {
    name: "tcp: response waits and times out",
    mode: "tcp",
    backend: [
      "tcp-response inspect-delay 100ms",
      "tcp-response content accept if { res.len ge 10 }",
      "tcp-response content reject",
    ],
    act: spoken("answer"),
  },
  {
    name: "tcp: response delay with silence",
    mode: "tcp",
    backend: [
      "tcp-response inspect-delay 100ms",
      "tcp-response content accept if { res.len ge 10 }",
      "tcp-response content reject",
    ],
    act: spoken(""),
  },
  {
    name: "tcp: response delay with silence, no condition",
    mode: "tcp",
    backend: ["tcp-response inspect-delay 100ms", "tcp-response content reject"],
    act: spoken(""),
  },
  {
    name: "tcp: no delay, unconditional, silence",
    mode: "tcp",
    backend: ["tcp-response content reject"],
    act: spoken(""),
  },
  {
    name: "tcp: response ends within the wait",
    mode: "tcp",
    backend: [
      "tcp-response inspect-delay 3s",
      "tcp-response content accept if { res.len ge 10 }",
      "tcp-response content reject",
    ],
    act: farewell("answer"),
  },
  {
    name: "tcp: response resets within the wait",
    mode: "tcp",
    backend: ["tcp-response inspect-delay 3s", "tcp-response content accept if { res.len ge 10 }"],
    act: async ({ client: open, server }) => {
      const client = await open();
      client.send("hello");
      const peer = await server.accept();
      await peer.read(5);
      peer.send("ans");
      await Bun.sleep(30);
      peer.reset();
      return ending(client);
    },
  },
  {
    name: "tcp: response wait, then enough",
    mode: "tcp",
    backend: [
      "tcp-response inspect-delay 3s",
      "tcp-response content accept if { res.len ge 10 }",
      "tcp-response content reject",
    ],
    act: async ({ client: open, server }) => {
      const client = await open();
      client.send("hello");
      const peer = await server.accept();
      await peer.read(5);
      peer.send("answer");
      await client.expectSilence();
      peer.send(" more");
      peer.halfClose();
      return ending(client);
    },
  },
  {
    name: "tcp: client ends while the response waits",
    mode: "tcp",
    backend: [
      "tcp-response inspect-delay 200ms",
      "tcp-response content accept if { res.len ge 10 }",
    ],
    act: async ({ client: open, server }) => {
      const client = await open();
      client.send("hello");
      const peer = await server.accept();
      await peer.read(5);
      peer.send("ans");
      await Bun.sleep(30);
      client.halfClose();
      const seen = await peer.rest();
      peer.halfClose();
      return `${seen}|${await ending(client)}`;
    },
  },
  {
    name: "tcp: client resets while the response waits",
    mode: "tcp",
    backend: [
      "tcp-response inspect-delay 200ms",
      "tcp-response content accept if { res.len ge 10 }",
    ],
    act: async ({ client: open, server }) => {
      const client = await open();
      client.send("hello");
      const peer = await server.accept();
      await peer.read(5);
      peer.send("ans");
      await Bun.sleep(30);
      client.reset();
      const seen = await peer.rest().catch(() => "");
      return `${seen}|${peer.ending}`;
    },
  },
  {
    name: "tcp: timeout server below the delay",
    mode: "tcp",
    backend: [
      "timeout server 80ms",
      "tcp-response inspect-delay 1s",
      "tcp-response content accept if { res.len ge 10 }",
    ],
    act: spoken("ans"),
  },
  {
    name: "http: response reject",
    backend: ["tcp-response content reject"],
    act: answered(OK),
  },
  {
    name: "http: response reject, listen",
    isListen: true,
    backend: ["tcp-response content reject"],
    act: answered(OK),
  },
  {
    name: "http: response reject by status",
    backend: ["tcp-response content reject if { status 200 }"],
    act: answered(OK),
  },
  {
    name: "http: response close",
    backend: ["tcp-response content close"],
    act: answered(OK),
  },
  {
    name: "http: response close, endless body",
    backend: ["tcp-response content close"],
    act: async ({ client: open, server }) => {
      const client = await open();
      client.send(GET);
      const peer = await server.accept();
      await peer.head();
      peer.send("HTTP/1.1 200 OK\r\n\r\nsome");
      return ending(client);
    },
  },
  {
    name: "http: response silent-drop",
    backend: ["tcp-response content silent-drop"],
    act: async ({ client: open, server }) => {
      server.answerAll(OK);
      const client = await open();
      client.send(GET);
      await Bun.sleep(60);
      return client.unread;
    },
  },
  {
    name: "http: response delay",
    backend: [
      "tcp-response inspect-delay 100ms",
      "tcp-response content accept if { status 500 }",
      "tcp-response content accept if { res.len ge 1000 }",
      "tcp-response content reject",
    ],
    act: answered(OK),
  },
  {
    name: "http: response delay with silence",
    backend: ["tcp-response inspect-delay 100ms", "tcp-response content reject"],
    act: async ({ client: open, server }) => {
      const client = await open();
      client.send(GET);
      const peer = await server.accept();
      await peer.head();
      const client2 = ending(client);
      await Bun.sleep(250);
      peer.send(OK);
      return client2;
    },
  },
  {
    name: "http: response delay, condition, silence",
    backend: [
      "tcp-response inspect-delay 100ms",
      "tcp-response content accept if { res.len ge 10 }",
      "tcp-response content reject",
    ],
    act: async ({ client: open, server }) => {
      const client = await open();
      client.send(GET);
      const peer = await server.accept();
      await peer.head();
      const client2 = ending(client);
      await Bun.sleep(250);
      peer.send(OK);
      return client2;
    },
  },
  {
    name: "http: response set-var and level",
    frontend: ["log-format '%f %ts %[var(txn.a)] %[var(txn.b)]'"],
    backend: [
      "tcp-response content set-var(txn.a) res.len",
      "tcp-response content set-var-fmt(txn.b) x%[status]",
      "tcp-response content unset-var(txn.a) if { status 404 }",
    ],
    act: async ({ client: open, server }) => {
      const client = await open();
      client.send(GET);
      const peer = await server.accept();
      await peer.head();
      peer.send(OK);
      await client.readUntil("hi");
      return "";
    },
  },
  {
    name: "http: response silent log",
    lines: 0,
    backend: ["tcp-response content set-log-level silent"],
    act: async ({ client: open, server }) => {
      const client = await open();
      client.send(GET);
      const peer = await server.accept();
      await peer.head();
      peer.send(OK);
      await client.readUntil("hi");
      return "";
    },
  },
  {
    name: "http: response reject by status, within the delay",
    backend: ["tcp-response inspect-delay 2s", "tcp-response content reject if { status 200 }"],
    act: answered(OK),
  },
  {
    name: "http: response accept by status, within the delay",
    backend: [
      "tcp-response inspect-delay 2s",
      "tcp-response content accept if { status 200 }",
      "tcp-response content reject",
    ],
    act: answeredOnce,
  },
  {
    name: "http: response reject by field, within the delay",
    backend: [
      "tcp-response inspect-delay 2s",
      "tcp-response content reject if { res.hdr(x-r) bad }",
    ],
    act: answered(OK.replace("\r\n\r\n", "\r\nX-R: bad\r\n\r\n")),
  },
  {
    name: "http: response close by status",
    backend: ["tcp-response inspect-delay 2s", "tcp-response content close if { status 200 }"],
    act: answeredOnce,
  },
  {
    name: "http: response close by status, with more of the body to come",
    backend: ["tcp-response inspect-delay 2s", "tcp-response content close if { status 200 }"],
    act: answered("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhi"),
  },
  {
    name: "http: response close of a second request, which its client may send again",
    backend: [
      "tcp-request content set-var(txn.second) bool(true) if !{ http_first_req }",
      "tcp-response content close if { var(txn.second) -m bool }",
    ],
    act: async ({ client: open, server }) => {
      server.answerAll(OK);
      const client = await open();
      client.send(GET);
      await client.readUntil("hi");
      client.send(GET);
      return ending(client);
    },
  },
  {
    name: "http: response reject of an upgrade",
    backend: ["tcp-response inspect-delay 2s", "tcp-response content reject if { status 101 }"],
    act: answered(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\nConnection: upgrade\r\n\r\nbytes",
      GET.replace("\r\n\r\n", "\r\nUpgrade: a\r\nConnection: upgrade\r\n\r\n"),
    ),
  },
  {
    name: "http: timeout server within the delay",
    backend: [
      "timeout server 80ms",
      "tcp-response inspect-delay 2s",
      "tcp-response content reject if { status 200 }",
    ],
    act: spokenHead(""),
  },
  {
    name: "http: server ends within the delay",
    backend: ["tcp-response inspect-delay 2s", "tcp-response content reject if { status 200 }"],
    act: async ({ client: open, server }) => {
      const client = await open();
      client.send(GET);
      const peer = await server.accept();
      await peer.head();
      peer.close();
      return (await client.readUntil("</html>\n")).split("\r")[0];
    },
  },
  {
    name: "http: a malformed response within the delay",
    backend: ["tcp-response inspect-delay 2s", "tcp-response content reject if { status 200 }"],
    act: spokenHead("xyz\r\n\r\n"),
  },
  {
    name: "http: a response that fills the buffer ends the wait",
    backend: [
      "tcp-response inspect-delay 9s",
      "tcp-response content accept if { res.len ge 9999999 }",
    ],
    act: async (scene) => {
      const body = "x".repeat(200_000);
      scene.server.answerAll(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      const client = await scene.client();
      client.send(GET);
      await client.readUntil("\r\n\r\n");
      return (await client.read(body.length)).length;
    },
  },
  {
    name: "http: keep-alive on both sides",
    lines: 3,
    backend: ["tcp-response inspect-delay 2s", "tcp-response content accept if { status 200 }"],
    act: async (scene) => {
      scene.server.answerAll(OK);
      const client = await scene.client();
      for (let request = 0; request < 3; request++) {
        client.send(GET);
        await client.readUntil("hi");
      }
      return scene.server.connectionCount;
    },
  },
  {
    name: "tcp: the client goes on sending while the response waits",
    mode: "tcp",
    backend: [
      "tcp-response inspect-delay 200ms",
      "tcp-response content accept if { res.len ge 10 }",
    ],
    act: async ({ client: open, server }) => {
      const client = await open();
      client.send("hello");
      const peer = await server.accept();
      await peer.read(5);
      client.send("more");
      const seen = await peer.readText(4);
      peer.halfClose();
      return `${seen} ${await ending(client)}`;
    },
  },
  {
    name: "tcp: timeouts of either side count as that side's end",
    mode: "tcp",
    backend: ["timeout server 80ms"],
    act: spoken("answer"),
  },
  {
    name: "tcp: a server that resets",
    mode: "tcp",
    act: async ({ client: open, server }) => {
      const client = await open();
      client.send("hello");
      const peer = await server.accept();
      await peer.read(5);
      peer.send("ans");
      await client.read(3);
      peer.reset();
      return ending(client);
    },
  },
];
