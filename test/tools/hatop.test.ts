import { expect } from "bun:test";
import { until } from "../support/waiting.ts";
import type { Scene } from "./scene.ts";
import { describeTool, runTool, testAlike } from "./tool.ts";

/** hatop in a terminal of its own. */
class Terminal {
  readonly #socket: string;

  constructor({ stage }: Scene, command: string) {
    this.#socket = `${stage.directory}/tmux`;
    stage.onEnd(() => {
      Bun.spawnSync(["tmux", "-S", this.#socket, "kill-server"]);
    });
    const size = ["-x", "150", "-y", "40"];
    runTool(["tmux", "-f", "/dev/null", "-S", this.#socket, "new-session", "-d", ...size, command]);
  }

  keys(...keys: readonly string[]): void {
    runTool(["tmux", "-S", this.#socket, "send-keys", ...keys]);
  }

  get screen(): string {
    const shown = Bun.spawnSync(["tmux", "-S", this.#socket, "capture-pane", "-p"]);
    return shown.stdout.toString();
  }

  /** What the pattern matches, once it is on the screen. */
  shows(pattern: RegExp): Promise<string> {
    return until(`${pattern} on\n${this.screen}`, () => pattern.exec(this.screen)?.[0], 8000);
  }

  get hasEnded(): boolean {
    return Bun.spawnSync(["tmux", "-S", this.#socket, "list-sessions"]).exitCode !== 0;
  }
}

/** How far below the top of hatop's list the first server is. */
const LINES_TO_SERVER = 11;

describeTool("hatop", (path) => {
  testAlike("shows proxies, takes a server out and in, weighs it, and leaves", async (scene) => {
    const terminal = new Terminal(scene, `${path} -i 1 -s ${scene.stage.runtimePath}`);
    expect(await terminal.shows(/PID: \d+/)).toBe(`PID: ${scene.proxy.pid}`);
    await terminal.shows(/^>>> tcp$/m);
    await terminal.shows(/^FRONTEND +0 OPEN /m);
    await terminal.shows(/^down +1 DOWN +L4CON /m);
    await terminal.shows(/^maintained +1 MAINT /m);
    await terminal.shows(/^spare +1 - +none /m);
    await terminal.shows(/^drained +7 DRAIN /m);
    terminal.keys(...new Array(LINES_TO_SERVER).fill("Down"), "F10");
    await terminal.shows(/^up +1 MAINT /m);
    terminal.keys("F9");
    await terminal.shows(/^up +1 UP +L7OK /m);
    terminal.keys("F8");
    await terminal.shows(/^up +11 UP /m);
    terminal.keys("F4");
    await terminal.shows(/^up +1 UP /m);
    terminal.keys("q");
    await until("hatop to end", () => terminal.hasEnded);
  });
});
