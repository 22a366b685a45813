import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { classifyLogLine } from "../support/log-line.ts";
import type { Peer } from "../support/peer.ts";
import { BOTH, type Program } from "../support/programs.ts";
import type { RunningProgram } from "../support/running-program.ts";
import type { ScriptedServer } from "../support/scripted-server.ts";
import { Stage } from "../support/stage.ts";
import { Inbox, SILENCE_MS } from "../support/waiting.ts";
import { TERMINATION_CASES } from "./termination-cases.ts";
import { type Scene, settled, type TerminationCase } from "./termination-scene.ts";

/** Where the reference goes its own way: what its line has in place of ours, and why it is not ours. */
const EXPLAINED: Readonly<Record<string, readonly [ours: string, oracle: string, why: string]>> = {
  "http: a client that stops within its body": [
    "408 B - - cD--",
    "504 B - - sH--",
    "the client is to blame, though the reference waits for the server meanwhile",
  ],
  "http: the statistics page without a password": [
    "n/n/n/n/n 401",
    "n/n/n/-1/n 400",
    "the client gets a 401 from both",
  ],
};

/** Two waits that end in the same millisecond: either side may be told of. */
const IS_TIE = /silent tunnel|equally long/;

/** One program that has a frontend for each case. */
class Side {
  readonly #stage: Stage;
  readonly #proxy: RunningProgram;
  readonly #ports: readonly number[];
  readonly #servers: readonly (readonly ScriptedServer[])[];
  readonly #lines: readonly Inbox<string>[];

  private constructor(
    stage: Stage,
    proxy: RunningProgram,
    ports: readonly number[],
    servers: readonly (readonly ScriptedServer[])[],
    lines: readonly Inbox<string>[],
  ) {
    this.#stage = stage;
    this.#proxy = proxy;
    this.#ports = ports;
    this.#servers = servers;
    this.#lines = lines;
  }

  static async start(program: Program): Promise<Side> {
    const stage = new Stage(program);
    const ports: number[] = [];
    const servers: ScriptedServer[][] = [];
    const texts: string[] = [];
    const firstPort = stage.portRange(TERMINATION_CASES.length);
    for (const [number, one] of TERMINATION_CASES.entries()) {
      const port = firstPort + number;
      const own: ScriptedServer[] = [];
      const lines: string[] = [];
      for (const [index, words] of one.servers.entries()) {
        const server = await stage.server(`case ${number} s${index + 1}`);
        own.push(server);
        let address = `127.0.0.1:${server.port} ${words}`;
        if (words === "mute") address = stage.muteAddress();
        if (words === "refused") address = "127.0.0.1:1";
        lines.push(`  server s${index + 1} ${address}`);
      }
      ports.push(port);
      servers.push(own);
      const frontend = one.frontend.filter((line) => line !== "no-backend");
      if (!one.frontend.includes("no-backend")) frontend.push(`default_backend b${number}`);
      texts.push(
        one.isListen
          ? `
listen f${number}
  mode ${one.mode}
  option ${one.mode}log
  bind 127.0.0.1:${port}
  ${[...one.frontend, ...one.backend].join("\n  ")}
${lines.join("\n")}`
          : `
frontend f${number}
  mode ${one.mode}
  option ${one.mode}log
  bind 127.0.0.1:${port}
  ${frontend.join("\n  ")}
backend b${number}
  mode ${one.mode}
  ${one.backend.join("\n  ")}
${lines.join("\n")}`,
      );
    }
    const sink = await stage.log();
    const proxy = await stage.start(`${program.isOracle ? "  nbthread 1" : ""}
defaults
  log global
  timeout connect 2s
  timeout client 1s
  timeout server 1s
  timeout queue 2s
${texts.join("\n")}`);
    const inboxes = TERMINATION_CASES.map(({ name }) => new Inbox<string>(`the log of "${name}"`));
    const read = async (): Promise<void> => {
      for (;;) {
        const { text } = await sink.find(/ f\d+ /, 600_000);
        inboxes[Number(/ f(\d+) /.exec(text)![1])]!.put(text);
      }
    };
    void read().catch(() => {});
    return new Side(stage, proxy, ports, servers, inboxes);
  }

  /** Plays a case and gives its log lines. */
  async play(one: TerminationCase, number: number): Promise<string[]> {
    const clients: Peer[] = [];
    const scene: Scene = {
      frontend: `f${number}`,
      backend: `${one.isListen ? "f" : "b"}${number}`,
      proxy: this.#proxy,
      servers: this.#servers[number]!,
      client: async () => {
        const client = await this.#stage.client(this.#ports[number]!, one.name);
        clients.push(client);
        return client;
      },
    };
    await one.act(scene);
    for (const client of clients) client.close();
    const inbox = this.#lines[number]!;
    const lines: string[] = [];
    for (let line = 0; line < one.lines; line++) {
      const text = comparable(await inbox.take());
      lines.push(IS_TIE.test(one.name) ? text.replace(/ [cs]D/, " timeout") : text);
    }
    for (const server of scene.servers) server.close();
    await settled(scene);
    if (one.lines === 0) await Bun.sleep(SILENCE_MS / 3);
    while (inbox.waiting > 0) lines.push(`unexpected: ${await inbox.take()}`);
    return lines;
  }

  close(): Promise<void> {
    return this.#stage.close();
  }
}

/** What is left of a line once times and the connections of others are taken out. */
function comparable(text: string): string {
  return (
    classifyLogLine(text)
      .replace(/ \d+\/\d+(\/\d+\/\d+\/\+?\d+ \d+\/\d+)/, " n/n$1")
      // How much the system takes in before a reader stalls hangs on its buffers.
      .replace(/ \d{6,} /, " many ")
  );
}

const missing = BOTH.oracle.missing ?? BOTH.sluice.missing;

if (missing !== undefined) {
  test.skip(`terminations: skipped, ${missing}`, () => {});
} else {
  describe("both programs tell alike how a session ended", () => {
    const sides: Side[] = [];

    beforeAll(async () => {
      sides.push(await Side.start(BOTH.oracle), await Side.start(BOTH.sluice));
    });

    afterAll(async () => {
      for (const side of sides) await side.close();
    });

    for (const [number, one] of TERMINATION_CASES.entries()) {
      test(one.name, async () => {
        const [oracle, sluice] = await Promise.all(sides.map((side) => side.play(one, number)));
        const [ours = "", theirs = ""] = EXPLAINED[one.name] ?? [];
        expect(sluice).toEqual(oracle!.map((line) => line.replace(theirs, ours)));
      });
    }
  });
}
