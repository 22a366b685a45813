import { okResponse } from "../support/scripted-server.ts";
import {
  asked,
  killSessions,
  queued,
  type Row,
  type Scene,
  SHORT,
  sending,
  TRAVEL_MS,
} from "./termination-scene.ts";

/** What both modes do before there is a connection; `request` makes TCP and HTTP speak alike. */
export function unconnected(request: string): Row[] {
  // The reference rewrites a head, so its end is waited for, not its size.
  const mark = request.slice(-4);
  const ask = (scene: Scene) => asked(scene, request);
  const answerSecond = async (scene: Scene) => {
    const client = await sending(scene, request);
    const server = await scene.servers[1]!.accept();
    await server.readUntil(mark);
    server.send(okResponse("ok"));
    server.halfClose();
    await client.rest();
  };
  return [
    ["no server", ask, { servers: [] }],
    ["servers that are disabled", ask, { servers: ["disabled", "disabled"] }],
    ["a server that refuses", ask, { servers: ["refused"], backend: ["retries 0"] }],
    [
      "a server that refuses every time",
      ask,
      { servers: ["refused"], backend: ["retries 2", "timeout connect 30ms"] },
    ],
    [
      "redispatch without another server",
      ask,
      {
        servers: ["refused"],
        backend: ["retries 2", "option redispatch 1", "timeout connect 30ms"],
      },
    ],
    [
      "redispatch by a hash that leads to the same server",
      ask,
      {
        servers: ["refused", "refused"],
        backend: ["retries 2", "option redispatch 1", "timeout connect 30ms", "balance source"],
      },
    ],
    [
      "redispatch to a server that is there",
      answerSecond,
      {
        servers: ["refused", ""],
        backend: ["retries 1", "option redispatch", "timeout connect 30ms", "balance roundrobin"],
      },
    ],
    [
      "redispatch after each retry",
      answerSecond,
      {
        servers: ["refused", ""],
        backend: ["retries 3", "option redispatch 1", "timeout connect 30ms"],
      },
    ],
    [
      "redispatch to a server that refuses too",
      ask,
      {
        servers: ["refused", "refused"],
        backend: ["retries 2", "option redispatch", "timeout connect 30ms"],
      },
    ],
    [
      "a mute server",
      ask,
      { servers: ["mute"], backend: ["retries 0", `timeout connect ${SHORT}`] },
    ],
    [
      "a server that stays mute",
      ask,
      { servers: ["mute"], backend: ["retries 2", "timeout connect 50ms"] },
    ],
    [
      "redispatch from a mute server",
      answerSecond,
      {
        servers: ["mute", ""],
        backend: ["retries 1", "option redispatch", "timeout connect 50ms"],
      },
    ],
    [
      "a client that leaves while we connect, abortonclose",
      async (scene) => {
        const client = await sending(scene, request);
        await Bun.sleep(TRAVEL_MS);
        client.close();
      },
      { servers: ["mute"], backend: ["option abortonclose", "retries 0", "timeout connect 500ms"] },
    ],
    [
      "sessions that an operator ends, while we connect",
      async (scene) => {
        const client = await sending(scene, request);
        await Bun.sleep(TRAVEL_MS);
        await killSessions(scene);
        await client.rest();
      },
      { servers: ["mute"], backend: ["retries 0", "timeout connect 300ms"] },
    ],
    [
      "a request that waits too long",
      async (scene) => {
        const first = await sending(scene, request);
        const server = await scene.servers[0]!.accept();
        const second = await sending(scene, request);
        await second.rest();
        first.close();
        server.close();
        await scene.proxy.untilStatistic(scene.frontend, "FRONTEND", "scur", "0");
      },
      { servers: ["maxconn 1"], backend: [`timeout queue ${SHORT}`], lines: 2 },
    ],
    [
      "requests that wait and are served",
      async (scene) => {
        const clients = [];
        for (const count of ["0", "1", "2"]) {
          clients.push(await sending(scene, request));
          await queued(scene, count);
        }
        for (const client of clients) {
          const server = await scene.servers[0]!.accept();
          await server.readUntil(mark);
          server.send(okResponse("ok"));
          server.halfClose();
          await client.rest();
          client.close();
        }
      },
      { servers: ["maxconn 1"], lines: 3 },
    ],
    [
      "a client that leaves the queue, abortonclose",
      async (scene) => {
        const first = await sending(scene, request);
        const server = await scene.servers[0]!.accept();
        const second = await sending(scene, request);
        await queued(scene, "1");
        second.close();
        await queued(scene, "0");
        server.send(okResponse("ok"));
        server.halfClose();
        await first.rest();
      },
      { servers: ["maxconn 1"], backend: ["option abortonclose"], lines: 2 },
    ],
    [
      "a full queue",
      async (scene) => {
        const first = await sending(scene, request);
        const server = await scene.servers[0]!.accept();
        const second = await sending(scene, request);
        await queued(scene, "1");
        const third = await sending(scene, request);
        await queued(scene, "2");
        second.close();
        third.close();
        server.send(okResponse("ok"));
        server.halfClose();
        await first.rest();
        first.close();
      },
      {
        servers: ["maxconn 1 maxqueue 1"],
        backend: ["option abortonclose"],
        lines: 3,
      },
    ],
  ];
}
