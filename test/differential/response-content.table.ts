import { answered, ending, farewell, GET, OK, spoken } from "./outcome-acts.ts";
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
      await peer.read(5);
      peer.send("answer");
      const rest = await peer.rest().catch(() => "");
      return `${rest}|${peer.ending}`;
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
    name: "tcp: timeout client below the delay",
    mode: "tcp",
    frontend: ["timeout client 80ms"],
    backend: ["tcp-response inspect-delay 1s", "tcp-response content accept if { res.len ge 10 }"],
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
    name: "http: response wait_end",
    backend: ["tcp-response inspect-delay 100ms", "tcp-response content reject if WAIT_END"],
    act: answered(OK),
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
];
