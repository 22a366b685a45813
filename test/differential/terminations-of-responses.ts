import type { Peer } from "../support/peer.ts";
import { okResponse } from "../support/scripted-server.ts";
import {
  asked,
  CLOSE,
  GET,
  HEAD_100,
  killSessions,
  LARGE,
  type Row,
  requested,
  type Scene,
  SHORT,
} from "./termination-scene.ts";

/** Ends within a response. */
export const DATA: Row[] = [
  [
    "a client that ends within the response, abortonclose",
    async (scene) => {
      const { client, server } = await requested(scene);
      server.send(`${HEAD_100}part`);
      await client.readUntil("part");
      client.halfClose();
      await server.rest();
    },
    { backend: ["option abortonclose"] },
  ],
  [
    "a malformed chunk that comes with the head of its response",
    async (scene) => {
      const { client, server } = await requested(scene, CLOSE);
      server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\nzz\r\n");
      await client.rest();
    },
  ],
  [
    "a response that is cut",
    async (scene) => {
      const { client, server } = await requested(scene);
      server.send(`${HEAD_100}part`);
      await client.head();
      await client.read(4);
      server.halfClose();
      await client.rest();
    },
  ],
  [
    "a response that is reset",
    async (scene) => {
      const { client, server } = await requested(scene);
      server.send(`${HEAD_100}part`);
      await client.head();
      await client.read(4);
      server.reset();
      await client.rest();
    },
  ],
  [
    "a response that stops",
    async (scene) => {
      const { client, server } = await requested(scene);
      server.send(`${HEAD_100}part`);
      await client.rest();
    },
    { backend: [`timeout server ${SHORT}`] },
  ],
  [
    "a chunked response that is cut",
    async (scene) => {
      const { client, server } = await requested(scene);
      server.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n");
      await client.head();
      await client.chunk();
      server.halfClose();
      await client.rest();
    },
  ],
  [
    "a client that does not read",
    async (scene) => {
      const { client, server } = await requested(scene);
      client.pause();
      server.send(`HTTP/1.1 200 OK\r\nContent-Length: ${64 * LARGE.length}\r\n\r\n`);
      for (let part = 0; part < 24; part++) server.send(LARGE);
      await server.rest(6000).catch(() => {});
      client.close();
    },
    { frontend: ["timeout client 200ms"] },
  ],
  [
    "a response until the end",
    async (scene) => {
      const { client, server } = await requested(scene);
      server.send("HTTP/1.1 200 OK\r\n\r\nall");
      server.halfClose();
      await client.rest();
    },
  ],
  [
    "a response until the end that is reset",
    async (scene) => {
      const { client, server } = await requested(scene);
      server.send("HTTP/1.1 200 OK\r\n\r\nall");
      await client.head();
      await client.read(3);
      server.reset();
      await client.rest();
    },
  ],
  [
    "option http-server-close",
    async (scene) => {
      const { client, server } = await requested(scene);
      server.send(okResponse("ok"));
      await client.head();
      await client.read(2);
    },
    { backend: ["option http-server-close"] },
  ],
  [
    "a response cut in a second exchange",
    async (scene) => {
      const { client, server } = await requested(scene);
      server.send(okResponse("ok"));
      await client.head();
      await client.read(2);
      client.send(GET);
      await server.head();
      server.send(`${HEAD_100}part`);
      await client.head();
      await client.read(4);
      server.halfClose();
      await client.rest();
    },
    { lines: 2 },
  ],
];

const UPGRADE = "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n";

async function upgraded(scene: Scene): Promise<{ client: Peer; server: Peer }> {
  const ends = await requested(scene, UPGRADE);
  ends.server.send(
    "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n",
  );
  await ends.client.head();
  ends.client.send("ping");
  await ends.server.read(4);
  return ends;
}

/** Ends of connections that were upgraded. */
export const TUNNELS: Row[] = [
  [
    "a tunnel that both sides end",
    async (scene) => {
      const { client, server } = await upgraded(scene);
      server.halfClose();
      await client.rest();
      client.halfClose();
      await server.rest();
    },
  ],
  [
    "a tunnel that the client resets",
    async (scene) => {
      const { client, server } = await upgraded(scene);
      client.reset();
      await server.rest();
    },
  ],
  [
    "a tunnel that the server resets",
    async (scene) => {
      const { client, server } = await upgraded(scene);
      server.reset();
      await client.rest();
    },
  ],
  [
    "a silent tunnel after the server spoke",
    async (scene) => {
      const { client, server } = await upgraded(scene);
      server.send("pong");
      await client.rest();
    },
    { backend: [`timeout tunnel ${SHORT}`] },
  ],
  [
    "a tunnel whose sides wait equally long",
    async (scene) => {
      const { client } = await upgraded(scene);
      await client.rest();
    },
    { frontend: [`timeout client ${SHORT}`], backend: [`timeout server ${SHORT}`] },
  ],
  [
    "a silent tunnel",
    async (scene) => {
      const { client } = await upgraded(scene);
      await client.rest();
    },
    { backend: [`timeout tunnel ${SHORT}`] },
  ],
];

/** Puts lines in front of those that each row gives its frontend. */
function inFrontend(lines: readonly string[], rows: readonly Row[]): Row[] {
  return rows.map(([name, act, options = {}]) => [
    name,
    act,
    { ...options, frontend: [...lines, ...(options.frontend ?? [])] },
  ]);
}

/** Answers of our own. */
export const LOCAL: Row[] = inFrontend(
  ["stats enable", "stats uri /stats"],
  [
    ["the statistics page", (scene) => asked(scene, CLOSE.replace("/", "/stats"))],
    [
      "the statistics page without a password",
      (scene) => asked(scene, CLOSE.replace("/", "/private")),
      { frontend: ["stats uri /private", "stats auth a:b"] },
    ],
    ["the statistics page by HEAD", (scene) => asked(scene, CLOSE.replace("GET /", "HEAD /stats"))],
  ],
);

/** Lines that are written before the end. */
export const EARLY: Row[] = inFrontend(
  ["option logasap"],
  [
    [
      "a response, logasap",
      async (scene) => {
        const { client, server } = await requested(scene);
        server.send(okResponse("ok"));
        await client.head();
      },
    ],
    [
      "a response that is cut, logasap",
      async (scene) => {
        const { client, server } = await requested(scene);
        server.send(`${HEAD_100}part`);
        await client.head();
        server.reset();
        await client.rest();
      },
    ],
    [
      "a server that refuses, logasap",
      (scene) => asked(scene),
      { servers: ["refused"], backend: ["retries 0"] },
    ],
  ],
);

/** Requests that go nowhere, and sessions that an operator ends. */
export const ENDED: Row[] = [
  ["no backend", (scene) => asked(scene), { frontend: ["no-backend"] }],
  [
    "sessions that an operator ends, in the data",
    async (scene) => {
      const { client, server } = await requested(scene);
      server.send(`${HEAD_100}part`);
      await client.head();
      await killSessions(scene);
      await client.rest();
    },
  ],
  [
    "sessions that an operator ends, before the response",
    async (scene) => {
      const { client } = await requested(scene, CLOSE);
      await killSessions(scene);
      await client.rest();
    },
  ],
  [
    "sessions of a server that an operator ends",
    async (scene) => {
      const { client, server } = await requested(scene);
      server.send(`${HEAD_100}part`);
      await client.head();
      await scene.proxy.command(`shutdown sessions server ${scene.backend}/s1`);
      await client.rest();
    },
  ],
];
