import {
  asked,
  connected,
  killSessions,
  LARGE,
  queued,
  type Row,
  SHORT,
} from "./termination-scene.ts";

/** Ends of sessions in TCP mode. */
export const TCP: Row[] = [
  [
    "an echo",
    async (scene) => {
      const { client, server } = await connected(scene);
      server.send("hello back");
      await client.read(10);
      client.halfClose();
      await server.rest();
      server.halfClose();
      await client.rest();
    },
  ],
  [
    "a server that ends first",
    async (scene) => {
      const { client, server } = await connected(scene);
      server.send("bye");
      server.halfClose();
      await client.rest();
      client.halfClose();
      await server.rest();
    },
  ],
  [
    "a client that closes both ways",
    async (scene) => {
      const { client, server } = await connected(scene);
      client.close();
      await server.rest();
      server.close();
    },
  ],
  [
    "a client that resets",
    async (scene) => {
      const { client, server } = await connected(scene);
      client.reset();
      await server.rest();
    },
  ],
  [
    "a server that resets",
    async (scene) => {
      const { client, server } = await connected(scene);
      server.reset();
      await client.rest();
    },
  ],
  [
    "a client that says nothing and leaves",
    async (scene) => {
      const client = await scene.client();
      const server = await scene.servers[0]!.accept();
      client.halfClose();
      await server.rest();
      server.halfClose();
      await client.rest();
    },
  ],
  [
    "a client that says nothing and leaves, dontlognull",
    async (scene) => {
      const client = await scene.client();
      const server = await scene.servers[0]!.accept();
      client.halfClose();
      await server.rest();
      server.halfClose();
      await client.rest();
    },
    { frontend: ["option dontlognull"], lines: 0 },
  ],
  [
    "a server that speaks first, dontlognull",
    async (scene) => {
      const client = await scene.client();
      const server = await scene.servers[0]!.accept();
      server.send("220 ready");
      await client.read(9);
      client.halfClose();
      await server.rest();
      server.halfClose();
      await client.rest();
    },
    { frontend: ["option dontlognull"], lines: 0 },
  ],
  [
    "a client that falls silent",
    async (scene) => {
      const { client } = await connected(scene);
      await client.rest();
    },
    { frontend: [`timeout client ${SHORT}`], backend: ["timeout server 300ms"] },
  ],
  [
    "sides that fall silent equally long",
    async (scene) => {
      const { client } = await connected(scene);
      await client.rest();
    },
    { frontend: [`timeout client ${SHORT}`], backend: [`timeout server ${SHORT}`] },
  ],
  [
    "sides that fall silent equally long after the server spoke",
    async (scene) => {
      const { client, server } = await connected(scene);
      server.send("answer");
      await client.rest();
    },
    { frontend: [`timeout client ${SHORT}`], backend: [`timeout server ${SHORT}`] },
  ],
  [
    "a server that falls silent",
    async (scene) => {
      const { client } = await connected(scene);
      await client.rest();
    },
    { backend: [`timeout server ${SHORT}`] },
  ],
  [
    "silence after the client has ended",
    async (scene) => {
      const { client } = await connected(scene);
      client.halfClose();
      await client.rest();
    },
    { backend: [`timeout server ${SHORT}`] },
  ],
  [
    "a client that does not read",
    async (scene) => {
      const { client, server } = await connected(scene);
      client.pause();
      for (let part = 0; part < 24; part++) server.send(LARGE);
      await server.rest(6000).catch(() => {});
      client.close();
    },
    { frontend: ["timeout client 200ms"] },
  ],
  [
    "sessions that an operator ends",
    async (scene) => {
      const { client } = await connected(scene);
      await killSessions(scene);
      await client.rest();
    },
  ],
  [
    "sessions of a server that an operator ends",
    async (scene) => {
      const { client } = await connected(scene);
      await scene.proxy.command(`shutdown sessions server ${scene.backend}/s1`);
      await client.rest();
    },
  ],
  [
    "an echo, logasap",
    async (scene) => {
      const { client, server } = await connected(scene);
      client.halfClose();
      await server.rest();
      server.halfClose();
      await client.rest();
    },
    { frontend: ["option logasap"] },
  ],
  [
    "a server that refuses, logasap",
    (scene) => asked(scene, "hello"),
    { servers: ["refused"], backend: ["retries 0"], frontend: ["option logasap"] },
  ],
  [
    "an early line of a client that says nothing, dontlognull",
    async (scene) => {
      const client = await scene.client();
      const server = await scene.servers[0]!.accept();
      server.halfClose();
      await client.rest();
      client.halfClose();
      await server.rest();
    },
    { frontend: ["option logasap", "option dontlognull"] },
  ],
  [
    "a client that has ended is not waited for",
    async (scene) => {
      const client = await scene.client();
      const server = await scene.servers[0]!.accept();
      client.halfClose();
      await server.rest();
      await Bun.sleep(200);
      server.send("late");
      server.halfClose();
      await client.rest();
    },
    { frontend: [`timeout client ${SHORT}`] },
  ],
  [
    "a client that was told of the end and does not leave",
    async (scene) => {
      const { client, server } = await connected(scene);
      server.halfClose();
      await client.rest();
      await server.rest();
    },
    { frontend: [`timeout client-fin ${SHORT}`] },
  ],
  [
    "a server that was told of the end and does not leave",
    async (scene) => {
      const { client, server } = await connected(scene);
      client.halfClose();
      await server.rest();
      await client.rest();
    },
    { backend: [`timeout server-fin ${SHORT}`] },
  ],
  [
    "a client that is silent while a server is tried again and again",
    async (scene) => {
      const client = await scene.client();
      await client.rest();
    },
    {
      servers: ["refused"],
      frontend: [`timeout client ${SHORT}`],
      backend: ["retries 20", "timeout connect 60ms"],
    },
  ],
  [
    "a client that leaves a queue before it said anything",
    async (scene) => {
      const first = await connected(scene);
      const client = await scene.client();
      await queued(scene, "1");
      client.halfClose();
      await client.rest();
      first.client.halfClose();
      await first.server.rest();
      first.server.close();
    },
    { servers: ["maxconn 1"], lines: 2 },
  ],
];
