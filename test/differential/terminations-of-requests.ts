import { okResponse } from "../support/scripted-server.ts";
import {
  asked,
  CLOSE,
  POST,
  type Row,
  requested,
  SHORT,
  sending,
  TRAVEL_MS,
} from "./termination-scene.ts";

/** Ends before or within the head of a request. */
export const REQUEST: Row[] = [
  ["a client that leaves without a word", async (scene) => (await scene.client()).close()],
  [
    "a client that leaves without a word, dontlognull",
    async (scene) => (await scene.client()).close(),
    { frontend: ["option dontlognull"], lines: 0 },
  ],
  [
    "a client that leaves without a word, http-ignore-probes",
    async (scene) => (await scene.client()).close(),
    { frontend: ["option http-ignore-probes"], lines: 0 },
  ],
  [
    "a client that half closes without a word",
    async (scene) => {
      const client = await scene.client();
      client.halfClose();
      await client.rest();
    },
  ],
  ["a client that resets without a word", async (scene) => (await scene.client()).reset()],
  [
    "a client that leaves within the head",
    async (scene) => {
      const client = await sending(scene, "GET / HTTP/1.1\r\nHo");
      await Bun.sleep(TRAVEL_MS);
      client.close();
    },
  ],
  [
    "a client that leaves within the head, dontlognull",
    async (scene) => {
      const client = await sending(scene, "GET / HTTP/1.1\r\nHo");
      await Bun.sleep(TRAVEL_MS);
      client.close();
    },
    { frontend: ["option dontlognull"] },
  ],
  [
    "a client that resets within the head",
    async (scene) => {
      const client = await sending(scene, "GET / HTTP/1.1\r\nHo");
      await Bun.sleep(TRAVEL_MS);
      client.reset();
    },
  ],
  [
    "a client that never speaks",
    async (scene) => (await scene.client()).rest(),
    { frontend: [`timeout client ${SHORT}`] },
  ],
  [
    "a client that never speaks, dontlognull",
    async (scene) => (await scene.client()).rest(),
    { frontend: [`timeout client ${SHORT}`, "option dontlognull"], lines: 0 },
  ],
  [
    "a client that never speaks, http-ignore-probes",
    async (scene) => (await scene.client()).rest(),
    { frontend: [`timeout client ${SHORT}`, "option http-ignore-probes"], lines: 0 },
  ],
  [
    "no request within timeout http-request",
    async (scene) => (await scene.client()).rest(),
    { frontend: [`timeout http-request ${SHORT}`] },
  ],
  [
    "a head that stops",
    async (scene) => (await sending(scene, "GET / HTTP/1.1\r\nHo")).rest(),
    { frontend: [`timeout client ${SHORT}`] },
  ],
  [
    "a head that stops, timeout http-request",
    async (scene) => (await sending(scene, "GET / HTTP/1.1\r\nHo")).rest(),
    { frontend: [`timeout http-request ${SHORT}`] },
  ],
  ["a malformed request", (scene) => asked(scene, "GET / HTTP/1.1\r\nHo st: a\r\n\r\n")],
  ["a request that is none", (scene) => asked(scene, "\x16\x03\x01\x02\r\n\r\n")],
  [
    "a head that is too large",
    (scene) => asked(scene, `GET / HTTP/1.1\r\nX: ${"x".repeat(20_000)}\r\n\r\n`),
  ],
  [
    "a second request that stops",
    async (scene) => {
      const { client, server } = await requested(scene);
      server.send(okResponse());
      await client.head();
      client.send("GET /2 HTTP/1.1\r\nHo");
      await client.rest();
    },
    { frontend: [`timeout http-request ${SHORT}`], lines: 2 },
  ],
  [
    "a second request that is malformed",
    async (scene) => {
      const { client, server } = await requested(scene);
      server.send(okResponse());
      await client.head();
      client.send("GET /2 HTTP/1.1\r\nHo st: a\r\n\r\n");
      await client.rest();
    },
    { lines: 2 },
  ],
  [
    "a client that leaves within its second request",
    async (scene) => {
      const { client, server } = await requested(scene);
      server.send(okResponse());
      await client.head();
      client.send("GET /2 HTTP/1.1\r\nHo");
      await Bun.sleep(TRAVEL_MS);
      client.close();
    },
    { lines: 2 },
  ],
  [
    "a client that has no second request",
    async (scene) => {
      const { client, server } = await requested(scene);
      server.send(okResponse());
      await client.head();
      await client.rest();
    },
    { frontend: [`timeout http-keep-alive ${SHORT}`] },
  ],
];

/** Ends within the body of a request. */
export const BODY: Row[] = [
  [
    "a client that leaves within its body",
    async (scene) => {
      const { client, server } = await requested(scene, `${POST}part`);
      await server.read(4);
      client.close();
      await server.rest();
    },
  ],
  [
    "a client that leaves within its chunked body",
    async (scene) => {
      const start = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n";
      const { client, server } = await requested(scene, start);
      await server.chunk();
      client.close();
      await server.rest();
    },
  ],
  [
    "a malformed chunk of a request",
    async (scene) => {
      const start = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n";
      const { client, server } = await requested(scene, start);
      await server.chunk();
      client.send("zz\r\n");
      await client.rest();
    },
  ],
  [
    "a malformed chunk that comes with the head of its request",
    (scene) =>
      asked(scene, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
  ],
  [
    "a client that stops within its body",
    async (scene) => {
      const { client } = await requested(scene, `${POST}part`);
      await client.rest();
    },
    { frontend: [`timeout client ${SHORT}`], backend: ["timeout server 300ms"] },
  ],
  [
    "a server that answers before the body has come",
    async (scene) => {
      const { client, server } = await requested(scene, `${POST}part`);
      await server.read(4);
      server.send(okResponse("early"));
      await client.head();
      client.send("x".repeat(996));
      await client.read(5);
    },
  ],
  [
    "a server that answers and closes before the body has come",
    async (scene) => {
      const { client, server } = await requested(scene, `${POST}part`);
      await server.read(4);
      server.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      server.halfClose();
      await client.head();
      client.send("x".repeat(996));
      await client.rest();
    },
  ],
];

/** Ends while the server's head is waited for. */
export const WAITING: Row[] = [
  [
    "a client that half closes and waits",
    async (scene) => {
      const { client, server } = await requested(scene, CLOSE);
      client.halfClose();
      await Bun.sleep(TRAVEL_MS);
      server.send(okResponse("late"));
      await client.rest();
    },
  ],
  [
    "a client that half closes while it waits, abortonclose",
    async (scene) => {
      const { client } = await requested(scene, CLOSE);
      client.halfClose();
      await client.rest();
    },
    { backend: ["option abortonclose"] },
  ],
  [
    "a client that leaves while it waits, abortonclose",
    async (scene) => {
      const { client, server } = await requested(scene);
      client.close();
      await server.rest();
    },
    { backend: ["option abortonclose"] },
  ],
  ["silence of the server", (scene) => asked(scene), { backend: [`timeout server ${SHORT}`] }],
  [
    "a server that stops within the head",
    async (scene) => {
      const { client, server } = await requested(scene, CLOSE);
      server.send("HTTP/1.1 200 OK\r\nContent-");
      await client.rest();
    },
    { backend: [`timeout server ${SHORT}`] },
  ],
  ...(["halfClose", "reset", "close"] as const).map(
    (end): Row => [
      `a server that does ${end} before the head`,
      async (scene) => {
        const { client, server } = await requested(scene, CLOSE);
        server[end]();
        await client.rest();
      },
    ],
  ),
  [
    "a server that ends within the head",
    async (scene) => {
      const { client, server } = await requested(scene, CLOSE);
      server.send("HTTP/1.1 200 OK\r\nContent-");
      await Bun.sleep(TRAVEL_MS);
      server.halfClose();
      await client.rest();
    },
  ],
  [
    "a malformed response",
    async (scene) => {
      const { client, server } = await requested(scene, CLOSE);
      server.send("+OK POP3 ready\r\n\r\n");
      await client.rest();
    },
  ],
  [
    "an interim response and then the end",
    async (scene) => {
      const { client, server } = await requested(scene, CLOSE);
      server.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
      await client.head();
      server.halfClose();
      await client.rest();
    },
  ],
];
