import type { Peer } from "../support/peer.ts";
import type { Random } from "../support/random.ts";
import type { WalkConfiguration } from "./configuration.ts";
import {
  BROKEN,
  HALF_BODY,
  HALF_HEAD,
  headOf,
  makeRequest,
  SILENT,
  SOUND,
  type WalkRequest,
} from "./messages.ts";
import { plain, type Reaction, type WalkScene } from "./scene.ts";
import type { Step } from "./walk.ts";

/** How a client goes. */
const LEAVING = ["close", "half-close", "reset"] as const;
type Leaving = (typeof LEAVING)[number];

function leave(client: Peer, how: Leaving): void {
  if (how === "close") client.close();
  else if (how === "reset") client.reset();
  else client.halfClose();
}

const nameOf = (reactions: readonly Reaction[]) =>
  reactions.map(({ name }) => name).join(", then ");

/** One request and its answer. */
function exchange(place: number, request: WalkRequest, reactions: readonly Reaction[]): Step {
  return {
    name: `client ${place} asks ${request.name}, the server ${nameOf(reactions)}`,
    run: async (scene) => {
      scene.react(...reactions);
      const { logged } = scene;
      const client = await scene.client(place);
      client.send(request.head + request.body);
      await scene.answer(client, request.method);
      await scene.untilLogged(logged + 1);
    },
  };
}

/** Several requests in one go. */
function pipeline(place: number, requests: WalkRequest[], reactions: Reaction[]): Step {
  return {
    name: `client ${place} asks ${requests.map(({ name }) => name)} at once, the server ${nameOf(reactions)}`,
    run: async (scene) => {
      scene.react(...reactions);
      const { logged } = scene;
      const client = await scene.client(place);
      client.send(requests.map(({ head, body }) => head + body).join(""));
      let answered = 0;
      for (const { method } of requests) {
        answered++;
        if (!(await scene.answer(client, method))) break;
      }
      await scene.untilLogged(logged + answered);
    },
  };
}

/** A client that waits for leave to send its body. */
function expecting(place: number, path: string, isInvited: boolean): Step {
  const invite: Reaction = {
    name: "invites",
    leavesBody: true,
    act: async ({ peer }) => {
      peer.send("HTTP/1.1 100 Continue\r\n\r\n");
      await peer.readText(4);
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    },
  };
  const refuse: Reaction = {
    name: "refuses",
    leavesBody: true,
    act: ({ peer }) => {
      peer.send(
        "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno",
      );
      peer.halfClose();
    },
  };
  const fields = ["Host: walk.example", "Content-Length: 4", "Expect: 100-continue"];
  return {
    name: `client ${place} expects to be invited and ${isInvited ? "is" : "is not"}`,
    run: async (scene) => {
      scene.react(isInvited ? invite : refuse);
      const { logged } = scene;
      const client = await scene.client(place);
      client.send(headOf("POST", path, "HTTP/1.1", fields));
      const line = await scene.interim(client);
      if (line.includes(" 100 ")) {
        client.send("body");
        await scene.answer(client, "POST");
      }
      await scene.untilLogged(logged + 1);
      scene.leave(place);
    },
  };
}

/** A client that changes the protocol. */
function upgrade(path: string, isClientFirst: boolean): Step {
  const change: Reaction = {
    name: "upgrades",
    act: async ({ peer }) => {
      peer.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
      await peer.readText(4);
      peer.send("pong");
      if (!isClientFirst) peer.halfClose();
      await peer.rest();
      peer.close();
    },
  };
  const fields = ["Host: walk.example", "Connection: Upgrade", "Upgrade: x"];
  return {
    name: `a client upgrades, and the ${isClientFirst ? "client" : "server"} ends it`,
    run: async (scene) => {
      scene.react(change);
      const { logged } = scene;
      const client = await scene.client(0);
      client.send(headOf("GET", path, "HTTP/1.1", fields));
      if (await scene.answer(client)) {
        client.send("ping");
        scene.note("client", await client.readText(4).catch(() => "no pong"));
        if (isClientFirst) client.halfClose();
        await client.rest().catch(() => {});
      }
      scene.leave(0);
      await scene.untilLogged(logged + 1);
    },
  };
}

/** A server that answers before it has all of the request. */
function earlyAnswer(path: string, closes: boolean): Step {
  const early: Reaction = {
    name: "answers early",
    leavesBody: true,
    act: ({ peer }) => {
      const connection = closes ? "Connection: close\r\n" : "";
      peer.send(`HTTP/1.1 413 Too Large\r\n${connection}Content-Length: 2\r\n\r\nno`);
      if (closes) peer.halfClose();
    },
  };
  const fields = ["Host: walk.example", "Content-Length: 20"];
  return {
    name: `a server answers before the body has come${closes ? " and closes" : ""}`,
    run: async (scene) => {
      scene.react(early);
      const { logged } = scene;
      const client = await scene.client(0);
      client.send(`${headOf("POST", path, "HTTP/1.1", fields)}0123456789`);
      await scene.answer(client, "POST");
      scene.leave(0);
      await scene.untilLogged(logged + 1);
      for (const { peers } of scene.servers) for (const peer of peers) peer.close();
    },
  };
}

/** Bytes that a client sends before it goes. */
const PARTS: readonly (readonly [name: string, text: (path: string) => string])[] = [
  ["before it says anything", () => ""],
  ["within its head", (path) => `GET ${path} HTTP/1.1\r\nHo`],
  ["within its body", (path) => `${headOf("POST", path, "HTTP/1.1", ["Content-Length: 9"])}abc`],
  [
    "within its chunks",
    (path) =>
      `${headOf("POST", path, "HTTP/1.1", ["Host: a", "Transfer-Encoding: chunked"])}5\r\nabc`,
  ],
  [
    "with broken chunks",
    (path) =>
      `${headOf("POST", path, "HTTP/1.1", ["Host: a", "Transfer-Encoding: chunked"])}zz\r\n`,
  ],
  ["while the server is silent", (path) => headOf("GET", path)],
];

/** A client goes at some place of its request. */
function clientLeaves(part: (typeof PARTS)[number], path: string, how: Leaving): Step {
  const [name, text] = part;
  return {
    name: `a client goes (${how}) ${name}`,
    run: async (scene) => {
      scene.leave(0);
      scene.react(SILENT, SILENT, SILENT, SILENT);
      const { logged, served } = scene;
      const client = await scene.client(0);
      client.send(text(path));
      if (name.startsWith("while")) {
        await scene.eventually(() => scene.served > served || scene.logged > logged);
      }
      await scene.settle();
      leave(client, how);
      await scene.settle();
      await scene.untilLogged(logged + 1);
      scene.note("client", `unread ${plain(client.unread)}`);
      await endServers(scene);
    },
  };
}

/** Ends what servers still hold, so that the next step begins anew. */
async function endServers(scene: WalkScene): Promise<void> {
  for (const { peers } of scene.servers) for (const peer of peers) peer.close();
  await scene.settle();
  scene.leave(0);
}

/** A client goes while the answer comes. */
function clientLeavesAnswer(path: string, how: Leaving): Step {
  return {
    name: `a client goes (${how}) within the answer`,
    run: async (scene) => {
      scene.leave(0);
      scene.react(HALF_BODY);
      const { logged } = scene;
      const client = await scene.client(0);
      client.send(headOf("GET", path));
      await client.readUntil("part").catch(() => "");
      leave(client, how);
      await scene.settle();
      if (how === "half-close") {
        for (const { peers } of scene.servers) {
          for (const peer of peers) if (!peer.isClosed) peer.send("whole");
        }
      }
      await scene.untilLogged(logged + 1);
      await endServers(scene);
    },
  };
}

/** Somebody says nothing for longer than the timeout that is short. */
function timesOut(short: string, path: string, random: Random): Step {
  const [text, reaction] = random.pick<readonly [string, Reaction]>(
    short === "server" || short === "queue"
      ? [
          [headOf("GET", path), SILENT],
          [headOf("GET", path), HALF_HEAD],
          [headOf("GET", path), HALF_BODY],
          [`${headOf("POST", path, "HTTP/1.1", ["Content-Length: 4"])}body`, SILENT],
        ]
      : [
          ["", SILENT],
          ["GET / HT", SILENT],
          [`${headOf("POST", path, "HTTP/1.1", ["Content-Length: 4"])}bo`, SILENT],
        ],
  );
  return {
    name: `timeout ${short}: ${JSON.stringify(text.slice(0, 9))}, the server ${reaction.name}`,
    run: async (scene) => {
      scene.leave(0);
      scene.react(reaction, reaction, reaction, reaction);
      const { logged } = scene;
      const client = await scene.client(0);
      client.send(text);
      await scene.eventually(() => client.ending !== undefined || scene.logged > logged, 1500);
      await scene.eventually(() => client.ending !== undefined, 300);
      await scene.settle();
      scene.note("client", `${client.ending} ${plain(client.unread)}`);
      await scene.untilLogged(logged + 1);
      await endServers(scene);
    },
  };
}

/** A kept connection that nothing comes on for too long. */
function idleTimesOut(path: string): Step {
  return {
    name: "a kept connection is idle for too long",
    run: async (scene) => {
      scene.leave(0);
      scene.react();
      const { logged } = scene;
      const client = await scene.client(0);
      client.send(headOf("GET", path));
      await scene.answer(client);
      await scene.untilLogged(logged + 1);
      await scene.eventually(() => client.ending !== undefined, 1500);
      scene.note("client", `${client.ending}`);
      scene.leave(0);
    },
  };
}

/** Servers are kept busy, so that others wait; then they go on, or somebody goes. */
function queues(path: string, waiting: number, end: string): Step {
  return {
    name: `${waiting} wait in the queue, ${end}`,
    fillsServers: true,
    run: async (scene) => {
      const busy = scene.servers.length;
      const held: (() => void)[] = [];
      let holds = true;
      const hold: Reaction = {
        name: "holds",
        act: ({ peer }) => {
          const answer = () => peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
          if (holds) held.push(answer);
          else answer();
        },
      };
      scene.react(...Array.from({ length: 40 }, () => hold));
      const clients: Peer[] = [];
      const { logged } = scene;
      for (let place = 10; place < 10 + busy + waiting; place++) {
        const { served, logged: before } = scene;
        const queuedBefore = await scene.queued();
        const client = await scene.client(place);
        clients.push(client);
        client.send(headOf("GET", `${path}-${place}`));
        await scene.eventually(
          async () =>
            scene.served > served || scene.logged > before || (await scene.queued()) > queuedBefore,
          1000,
        );
      }
      scene.note("client", `queued ${await scene.queued()}`);
      const last = clients.at(-1)!;
      if (end === "the last one closes") last.close();
      if (end === "the last one half-closes") last.halfClose();
      if (end === "the last one resets") last.reset();
      if (end === "a server goes into maintenance")
        await scene.command("set server $b/s1 state maint");
      if (end === "until the queue's timeout") {
        await scene.eventually(async () => (await scene.queued()) === 0, 1500);
      }
      await scene.settle();
      holds = false;
      for (const answer of held) answer();
      for (const client of clients) if (!client.isClosed) await scene.answer(client);
      await scene.untilLogged(logged + clients.length);
      for (let place = 10; place < 10 + clients.length; place++) scene.leave(place);
      if (end === "a server goes into maintenance")
        await scene.command("set server $b/s1 state ready");
    },
  };
}

/** Several clients at once: each gets its answer when the others have asked. */
function concurrent(path: string, count: number): Step {
  return {
    name: `${count} clients ask at once`,
    fillsServers: true,
    run: async (scene) => {
      const held: Peer[] = [];
      const hold: Reaction = { name: "holds", act: ({ peer }) => held.push(peer) };
      scene.react(...Array.from({ length: count * 4 }, () => hold));
      const { logged } = scene;
      const clients: Peer[] = [];
      for (let place = 0; place < count; place++) {
        const { served, logged: before } = scene;
        const client = await scene.client(place);
        clients.push(client);
        client.send(headOf("GET", `${path}-${place}`));
        await scene.eventually(() => scene.served > served || scene.logged > before, 800);
      }
      for (const peer of held) {
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await scene.settle();
      }
      for (const client of clients) await scene.answer(client);
      await scene.untilLogged(logged + clients.length);
    },
  };
}

/** Servers close connections that are idle. */
const IDLE_CLOSE: Step = {
  name: "the servers close all connections",
  run: async (scene) => {
    for (const { peers } of scene.servers) for (const peer of peers) peer.close();
    await scene.settle();
  },
};

const QUEUE_ENDS = [
  "then all are answered",
  "then all are answered",
  "the last one closes",
  "the last one half-closes",
  "the last one resets",
  "a server goes into maintenance",
];

/** Makes a step of a walk in HTTP mode. */
export function makeHttpStep(
  number: number,
  random: Random,
  configuration: WalkConfiguration,
): Step {
  const path = `/step-${number}`;
  const { shortTimeout, hasQueue } = configuration;
  const place = random.below(2);
  const answer = () => [random.pick(SOUND)];
  if (shortTimeout !== "" && random.chance(0.4)) {
    if (shortTimeout === "queue") return queues(path, 1, "until the queue's timeout");
    if (shortTimeout === "http-keep-alive") return idleTimesOut(path);
    return timesOut(shortTimeout, path, random);
  }
  if (hasQueue && shortTimeout === "" && random.chance(0.25)) {
    return queues(path, 1 + random.below(3), random.pick(QUEUE_ENDS));
  }
  const dice = random.below(100);
  if (dice < 38) return exchange(place, makeRequest(random, path), answer());
  if (dice < 50) {
    const count = 1 + random.below(3);
    const reactions = Array.from({ length: count }, () => random.pick(BROKEN));
    return exchange(place, makeRequest(random, path), [...reactions, ...answer()]);
  }
  if (dice < 58) {
    const requests = Array.from({ length: 2 + random.below(2) }, (_, index) =>
      makeRequest(random, `${path}-${index}`, "HTTP/1.1"),
    );
    return pipeline(
      place,
      requests,
      requests.map(() => random.pick(SOUND)),
    );
  }
  if (dice < 63) return expecting(place, path, random.chance(0.7));
  if (dice < 67) return upgrade(path, random.chance(0.5));
  if (dice < 70) return earlyAnswer(path, random.chance(0.5));
  if (dice < 79) return clientLeaves(random.pick(PARTS), path, random.pick(LEAVING));
  if (dice < 83) return clientLeavesAnswer(path, random.pick(LEAVING));
  if (dice < 88 && shortTimeout === "") return concurrent(path, 2 + random.below(2));
  if (dice < 91) return IDLE_CLOSE;
  return makeStateStep(random, configuration);
}

const STATES = [
  "set server $b/$s state drain",
  "set server $b/$s state maint",
  "set server $b/$s state ready",
  "set server $b/$s state ready",
  "disable server $b/$s",
  "enable server $b/$s",
  "set weight $b/$s 0",
  "set weight $b/$s 100%",
  "set maxconn server $b/$s 2",
  "shutdown sessions server $b/$s",
];

/** A server changes: by command, or it dies and comes back. */
export function makeStateStep(random: Random, { servers }: WalkConfiguration): Step {
  const index = random.below(servers.length);
  if (random.chance(0.25)) {
    return {
      name: `server s${index + 1} dies`,
      run: async (scene) => {
        scene.servers[index]!.die();
        await scene.settle();
      },
    };
  }
  if (random.chance(0.3)) {
    return { name: `server s${index + 1} is back`, run: (scene) => scene.servers[index]!.rise() };
  }
  const command = random.pick(STATES).replace("$s", `s${index + 1}`);
  return {
    name: command,
    run: async (scene) => {
      await scene.command(command);
      await scene.settle();
    },
  };
}
