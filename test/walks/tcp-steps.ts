import type { Peer } from "../support/peer.ts";
import type { Random } from "../support/random.ts";
import type { WalkConfiguration } from "./configuration.ts";
import { makeStateStep } from "./http-steps.ts";
import type { Reaction, WalkScene } from "./scene.ts";
import type { Step } from "./walk.ts";

/** Who does something, and what. */
type Act =
  | "client sends"
  | "server sends"
  | `${"client" | "server"} ${"ends" | "closes" | "resets"}`;

const ACTS: readonly Act[] = [
  "client sends",
  "client sends",
  "server sends",
  "server sends",
  "client ends",
  "server ends",
  "client closes",
  "server closes",
  "client resets",
  "server resets",
];

const CATCH: (caught: Peer[]) => Reaction = (caught) => ({
  name: "waits",
  act: ({ peer }) => caught.push(peer),
});

/** One connection, and what its two ends do, one after the other. */
function session(acts: readonly Act[]): Step {
  return {
    name: `a session: ${acts.join(", ")}`,
    run: async (scene) => {
      const caught: Peer[] = [];
      scene.react(CATCH(caught));
      const { logged } = scene;
      const client = await scene.client(0);
      await scene.eventually(() => caught.length > 0 || scene.logged > logged, 1500);
      for (const act of acts) {
        const [who, what] = act.split(" ");
        const peer = who === "client" ? client : caught[0];
        if (peer === undefined || peer.isClosed) continue;
        if (what === "sends") peer.send(`${who} `.repeat(500));
        else if (what === "ends") peer.halfClose();
        else if (what === "closes") peer.close();
        else peer.reset();
        await scene.settle();
      }
      noteBoth(scene, client, caught);
      scene.leave(0);
      for (const peer of caught) peer.close();
      await scene.untilLogged(logged + 1);
    },
  };
}

/** How an end is closed once both have gone depends on the moment, and is not compared. */
function noteBoth(scene: WalkScene, client: Peer, caught: readonly Peer[]): void {
  scene.note("client", `${client.unread.length} bytes`);
  for (const peer of caught) scene.note("server", `${peer.unread.length} bytes`);
}

/** One connection that is left alone until a timeout ends it. */
function leftAlone(short: string, acts: readonly Act[]): Step {
  return {
    name: `timeout ${short} after ${acts.join(", ")}`,
    run: async (scene) => {
      const caught: Peer[] = [];
      scene.react(CATCH(caught));
      const { logged } = scene;
      const client = await scene.client(0);
      await scene.eventually(() => caught.length > 0 || scene.logged > logged, 1500);
      for (const act of acts) {
        const peer = act.startsWith("client") ? client : caught[0];
        if (peer === undefined) continue;
        if (act.endsWith("sends")) peer.send("some");
        else peer.halfClose();
      }
      await scene.eventually(() => scene.logged > logged, 1200);
      await scene.eventually(() => client.ending !== undefined, 300);
      await scene.settle();
      noteBoth(scene, client, caught);
      scene.leave(0);
      for (const peer of caught) peer.close();
      await scene.untilLogged(logged + 1);
    },
  };
}

/** Servers are kept busy, so that others wait. */
function queues(waiting: number, end: string): Step {
  return {
    name: `${waiting} wait in the queue, ${end}`,
    fillsServers: true,
    run: async (scene) => {
      const caught: Peer[] = [];
      const hold = CATCH(caught);
      scene.react(...Array.from({ length: 40 }, () => hold));
      const clients: Peer[] = [];
      const { logged } = scene;
      for (let place = 10; place < 10 + scene.servers.length + waiting; place++) {
        const { served, logged: before } = scene;
        const queuedBefore = await scene.queued();
        clients.push(await scene.client(place));
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
      if (end === "until the queue's timeout") {
        await scene.eventually(async () => (await scene.queued()) === 0, 1500);
      }
      await scene.settle();
      for (const client of clients) {
        if (!client.isClosed) client.close();
        await scene.settle();
      }
      for (const peer of caught) peer.close();
      await scene.untilLogged(logged + clients.length);
      for (let place = 10; place < 10 + clients.length; place++) scene.leave(place);
    },
  };
}

const QUEUE_ENDS = [
  "then all go",
  "the last one closes",
  "the last one half-closes",
  "the last one resets",
];

/** Makes a step of a walk in TCP mode. */
export function makeTcpStep(
  _number: number,
  random: Random,
  configuration: WalkConfiguration,
): Step {
  const { shortTimeout, hasQueue } = configuration;
  if (shortTimeout !== "" && random.chance(0.4)) {
    if (shortTimeout === "queue") return queues(1, "until the queue's timeout");
    const acts: Act[] = Array.from({ length: random.below(3) }, () =>
      random.pick<Act>(["client sends", "server sends", "client ends", "server ends"]),
    );
    return leftAlone(shortTimeout, acts);
  }
  if (hasQueue && shortTimeout === "" && random.chance(0.3))
    return queues(1 + random.below(3), random.pick(QUEUE_ENDS));
  if (random.chance(0.2)) return makeStateStep(random, configuration);
  return session(Array.from({ length: 1 + random.below(5) }, () => random.pick(ACTS)));
}
