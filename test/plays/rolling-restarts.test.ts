import { expect, test } from "bun:test";
import { ContinuousLoad } from "../support/continuous-load.ts";
import { eachProgram } from "../support/programs.ts";
import { relayConfiguration } from "../support/relay.ts";
import { okResponse, ScriptedServer } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";

/** How often each server is killed. */
const ROUNDS = Number(process.env.PLAY_ROUNDS ?? 2);
const SERVERS = 3;

async function listen(name: string, port: number): Promise<ScriptedServer> {
  const server = await ScriptedServer.listen(name, { port });
  server.answerAll(okResponse("ok"));
  return server;
}

eachProgram("rolling restarts", (program) => {
  test(
    `${ROUNDS * SERVERS} servers killed and started again under load fail no request`,
    onStage(program, async (stage) => {
      const servers: ScriptedServer[] = [];
      for (let number = 1; number <= SERVERS; number++) servers.push(await listen(`s${number}`, 0));
      stage.onEnd(() => {
        for (const server of servers) server.close();
      });
      const port = stage.port();
      const proxy = await stage.start(
        relayConfiguration(port, servers, {
          defaults:
            "option redispatch 1\nretries 3\nretry-on all-retryable-errors\ntimeout connect 200ms",
          backend: "default-server check inter 100ms fall 2 rise 1",
        }),
      );
      const load = new ContinuousLoad(port, { kept: 3, closed: 3 });
      for (let round = 0; round < ROUNDS; round++) {
        for (let index = 0; index < SERVERS; index++) {
          const name = `s${index + 1}`;
          const { port: serverPort } = servers[index]!;
          // As a killed process ends: its listener, its connections, and the requests on them.
          servers[index]!.close();
          const before = load.completed;
          await until("requests to go elsewhere", () => load.completed > before + 20);
          await proxy.untilStatistic("be", name, "status", "DOWN", 10_000);
          servers[index] = await listen(name, serverPort);
          await proxy.untilStatistic("be", name, "status", "UP", 10_000);
        }
      }
      const { completed, failures } = await load.end();
      expect(failures).toEqual([]);
      expect(completed).toBeGreaterThan(ROUNDS * SERVERS * 20);
      for (let number = 1; number <= SERVERS; number++) {
        expect((await proxy.statistics("be", `s${number}`)).chkdown).toBe(String(ROUNDS));
      }
    }),
    120_000,
  );
});
