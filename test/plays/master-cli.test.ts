import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { eachProgram } from "../support/programs.ts";
import { relayConfiguration } from "../support/relay.ts";
import { RunningProgram } from "../support/running-program.ts";
import { runCommand } from "../support/runtime-client.ts";
import { onStage, type Stage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";

async function startMaster(stage: Stage): Promise<{ path: string; master: RunningProgram }> {
  const path = join(stage.directory, "master.sock");
  const pidFile = join(stage.directory, "pid");
  const file = await stage.configure(relayConfiguration(stage.port(), [{ port: 1 }]));
  const words = ["-W", "-S", `${path},level,admin,mode,600`, "-f", file, "-p", pidFile];
  const master = new RunningProgram(stage.program, words, stage.runtimePath);
  stage.onEnd(() => master.stop());
  await until("the master to serve", () => existsSync(pidFile), 15_000);
  await until("its worker to answer", async () =>
    (await runCommand({ path }, "@1 show info").catch(() => "")).includes("Pid:"),
  );
  return { path, master };
}

/** Makes numbers and versions of both programs alike. */
function plain(text: string, master: number): string {
  return text
    .replaceAll(String(master), "MASTER")
    .replace(/\b\d+(?= +worker)/g, "WORKER")
    .replace(/\b\d+>/g, "WORKER>")
    .replace(/\d+d\d\dh\d\dm\d\ds/g, "UPTIME")
    .replace(/2\.6\.\d+\S*/g, "VERSION")
    .replace(/ +/g, " ");
}

eachProgram("master's runtime API", (program) => {
  test(
    "answers by itself, relays by prefix, and keeps a chosen target",
    onStage(program, async (stage) => {
      const { path, master } = await startMaster(stage);
      const ask = async (line: string) => plain(await runCommand({ path }, line), master.pid);

      expect(await ask("show proc")).toBe(
        "#<PID> <type> <reloads> <uptime> <version> \n" +
          "MASTER master 0 [failed: 0] UPTIME VERSION\n" +
          "# workers\nWORKER worker 0 UPTIME VERSION\n# programs\n\n",
      );
      expect(await ask("show version")).toBe("VERSION\n\n");
      expect(await ask("@1 show version")).toBe("VERSION\n\n");
      expect(await ask("@1 show version;show cli level")).toBe("VERSION\n\nadmin\n\n");
      expect(await ask("@1; show version")).toBe("VERSION\n\n");
      expect(await ask("@master show version")).toBe("VERSION\n\n");
      expect(await ask("@9 show version")).toBe(
        "Can't find the target PID matching the prefix '@9'\n",
      );
      expect(await ask("prompt\n@1\nshow version\n@master\nquit")).toMatch(
        /^master> WORKER> VERSION\n\nWORKER> master> /,
      );
      expect(await ask("@1 set server be/none state maint")).toMatch(/No such (?:server|backend)/);
    }),
    20_000,
  );
});
