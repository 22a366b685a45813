import { UNCOMPARED_COLUMNS } from "../differential/explained.ts";
import { classifyLogLine } from "../support/log-line.ts";
import type { Program } from "../support/programs.ts";
import type { RunningProgram } from "../support/running-program.ts";
import { readStatistics } from "../support/runtime-client.ts";
import type { ScriptedServer } from "../support/scripted-server.ts";
import { Stage } from "../support/stage.ts";
import { WalkScene } from "./scene.ts";
import type { Walk } from "./walk.ts";

/** What was seen in one step: a line for each thing that somebody saw, and for each counter that changed. */
export interface StepRecord {
  readonly name: string;
  readonly lines: readonly string[];
}

/** One program with a proxy, servers and clients for each walk of a batch. */
export class Side {
  readonly #stage: Stage;
  readonly #proxy: RunningProgram;
  readonly #scenes: readonly WalkScene[];

  private constructor(stage: Stage, proxy: RunningProgram, scenes: readonly WalkScene[]) {
    this.#stage = stage;
    this.#proxy = proxy;
    this.#scenes = scenes;
  }

  static async start(program: Program, walks: readonly Walk[]): Promise<Side> {
    const stage = new Stage(program);
    const firstPort = stage.portRange(walks.length);
    const servers: ScriptedServer[][] = [];
    const texts: string[] = [];
    for (const [number, walk] of walks.entries()) {
      const own: ScriptedServer[] = [];
      for (const { words } of walk.configuration.servers) own.push(await stage.server(words));
      servers.push(own);
      texts.push(configurationOf(walk, number, firstPort + number, own));
    }
    const sink = await stage.log();
    const global = program.isOracle ? "  nbthread 1\n" : "";
    const proxy = await stage.start(`${global}${texts.join("\n")}`);
    const scenes = walks.map(({ configuration }, number) => {
      return new WalkScene(
        stage,
        proxy,
        number,
        firstPort + number,
        servers[number]!,
        configuration,
      );
    });
    const read = async (): Promise<void> => {
      for (;;) {
        const { text } = await sink.find(/^\S+:\d+ \[\S+ f\d+ /, 600_000);
        scenes[Number(/ f(\d+) /.exec(text)![1])]!.takeLogLine(comparable(text));
      }
    };
    void read().catch(() => {});
    return new Side(stage, proxy, scenes);
  }

  /** Takes a walk of the batch and tells what was seen. */
  async take(walk: Walk, number: number): Promise<StepRecord[]> {
    const scene = this.#scenes[number]!;
    const steps: StepRecord[] = [];
    const seen: Record<string, number> = { client: 0, server: 0, log: 0 };
    let before = await this.#statistics(scene);
    const plain = (line: string) =>
      line.replaceAll(`b${number}`, "be").replaceAll(`f${number}`, "fe");
    const collect = async (name: string): Promise<void> => {
      const lines: string[] = [];
      for (const [actor, notes] of Object.entries(scene.notes)) {
        for (const note of notes.slice(seen[actor])) lines.push(`${actor}: ${note}`);
        seen[actor] = notes.length;
      }
      const after = await this.#statistics(scene);
      for (const [cell, value] of after) {
        if (before.get(cell) !== value) lines.push(`${cell}: ${before.get(cell)} -> ${value}`);
      }
      before = after;
      steps.push({ name, lines: lines.map(plain) });
    };
    for (const step of walk.steps) {
      try {
        await step.run(scene);
      } catch (error) {
        scene.note("client", `failed: ${(error as Error).message}`);
      }
      await scene.settle();
      scene.noteConnections();
      await collect(step.name);
    }
    scene.leaveAll();
    await scene.eventually(async () => {
      return (await this.#proxy.statistics(scene.frontend, "FRONTEND")).scur === "0";
    });
    scene.close();
    await scene.settle();
    await collect("all go");
    return steps;
  }

  /** The cells of the rows of a walk that can be compared. */
  async #statistics({ frontend, backend, repeats }: WalkScene): Promise<Map<string, string>> {
    const cells = new Map<string, string>();
    for (const proxy of [frontend, backend]) {
      const table = await this.#proxy.command(`show stat ${proxy} -1 -1`);
      for (const [name, row] of readStatistics(table)) {
        for (const [column, value] of Object.entries(row)) {
          // Behind this column come the internal counters of the reference's own modules.
          if (column === "-") break;
          // The reference counts twice what is sent again for a bad answer.
          if (column === "wretr" && repeats) continue;
          if (!(column in UNCOMPARED_COLUMNS)) cells.set(`${name} ${column}`, value);
        }
      }
    }
    return cells;
  }

  get proxy(): RunningProgram {
    return this.#proxy;
  }

  async close(): Promise<void> {
    for (const scene of this.#scenes) scene.close();
    await this.#stage.close();
  }
}

/** The configuration of a walk, with sections of its own. */
export function configurationOf(
  { configuration }: Walk,
  number: number | string,
  port: number | string,
  servers: readonly { port: number | string }[],
): string {
  const lines = configuration.servers.map(({ words, isRefused }, index) => {
    return `  server s${index + 1} 127.0.0.1:${isRefused ? 1 : servers[index]!.port} ${words}`;
  });
  return `
defaults
  log global
  ${configuration.defaults.join("\n  ")}
frontend f${number}
  bind 127.0.0.1:${port}
  default_backend b${number}
backend b${number}
  ${configuration.backend.join("\n  ")}
${lines.join("\n")}`;
}

/** A line without times, and without the connections of other walks. */
function comparable(text: string): string {
  return (
    classifyLogLine(text)
      .replace(/ \d+\/(\d+\/\d+\/\d+\/\+?\d+ \d+\/\d+)/, " ./$1")
      // Early lines tell of a moment.
      .replace(/(\+n \S+ \S+ .*)\.\/\d+\/\d+\/\d+\//, "$1./././")
  );
}
