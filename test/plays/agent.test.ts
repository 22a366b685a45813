import { expect, test } from "bun:test";
import { startAgent } from "../support/agent.ts";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import type { RunningProgram } from "../support/running-program.ts";
import { onStage, type Stage } from "../support/stage.ts";
import { StateLog } from "../support/state-log.ts";
import { until } from "../support/waiting.ts";

const COLUMNS = ["status", "agent_status", "agent_code", "last_agt", "agent_health"] as const;

/** The agent's columns, once no question is on its way: its text is empty meanwhile. */
async function agentColumns(proxy: RunningProgram, columns: readonly string[] = COLUMNS) {
  return until("the agent to be at rest", async () => {
    const row = await proxy.statistics("be", "s1");
    if (row.agent_status?.startsWith("*") !== false) return undefined;
    return columns.map((column) => row[column] ?? "").join("|");
  });
}

/** Starts a backend whose server has an agent; it says `line` first. */
async function startWithAgent(stage: Stage, line: string | null, options = "") {
  const agent = await startAgent(stage, line);
  const log = new StateLog(await stage.log());
  const relay = await startRelay(stage, {
    server: `weight 20 maxconn 50 agent-check agent-inter 30ms agent-port ${agent.port} ${options}`,
  });
  return { ...relay, agent, log };
}

eachProgram("agent", (program) => {
  test(
    "every word of its line does what the manual says, and is shown",
    onStage(program, async (stage) => {
      const { proxy, agent } = await startWithAgent(stage, "up\n");
      const say = async (line: string, wanted: string, columns: readonly string[] = COLUMNS) => {
        agent.line = line;
        let seen = "";
        await until(`"${wanted}" after "${line}"`, async () => {
          seen = await agentColumns(proxy, columns);
          return seen === wanted;
        }).catch(() => {});
        expect([line, seen]).toEqual([line, wanted]);
      };
      await say("up\n", "no check|L7OK|0|via agent : up|1");
      await say("50%\n", "10|10|CHECKED", ["weight", "uweight", "agent_status"]);
      await say("150%\r\n", "30", ["weight"]);
      await say("0%\n", "0", ["weight"]);
      await say("5000%\n", "256", ["weight"]);
      await say("100%\n", "20", ["weight"]);
      await say("maxconn:30\n", "30", ["slim"]);
      await say("MAXCONN:7\n", "7", ["slim"]);
      await say("drain\n", "DRAIN (agent)|CHECKED|||1");
      await say("ready\n", "no check|CHECKED|||1");
      await say("maint\n", "MAINT|CHECKED|||1");
      await say("ready up\n", "no check|L7OK|0|via agent : up|1");
      await say("down\n", "DOWN (agent)|L7STS|0|via agent : down|0");
      await say("UP\n", "no check|L7OK|0|via agent : UP|1");
      await say(
        "fail # too hot # today \n",
        "DOWN (agent)|L7STS|0|via agent : fail (too hot # today )|0",
      );
      await say("stopped going\n", "DOWN (agent)|L7STS|0|via agent : stopped (going)|0");
      await say("down foo # hey\n", "DOWN (agent)|L7STS|0|via agent : down (hey)|0");
      await say("\n", "DOWN (agent)|CHECKED|||0");
      await say("down up\n", "no check|L7OK|0|via agent : up|1");
      await say("up, 75%\tmaxconn:10\n", "15|10|via agent : up", ["weight", "slim", "last_agt"]);
      await say("foo bar\n", "no check|CHECKED||agent reports an error : foo|1");
      await say("-5%\n", "no check|CHECKED||agent reports an error : -5%|1");
      await say("down#x\n", "no check|CHECKED||agent reports an error : down#x|1");
      await say("50%x\n", "no check|CHECKED||agent warns : Trailing garbage in weight string|1");
      await say(
        "maxconn:x\n",
        "no check|CHECKED||agent warns : maxconn string empty or preceded by garbage|1",
      );
      await say("up", "no check|CHECKED||Ignoring incomplete line from agent|1");
      await say("", "no check|L7RSP||TCPCHK got an empty response at step 2|1");
      await say("100% up maxconn:50\n", "20|50|via agent : up", ["weight", "slim", "last_agt"]);
      const row = await proxy.statistics("be", "s1");
      expect([row.agent_rise, row.agent_fall, row.agent_desc, row.chkfail, row.chkdown]).toEqual([
        "1",
        "1",
        "Layer7 check passed",
        "",
        "",
      ]);
    }),
  );

  test(
    "an agent that cannot be asked says nothing against the server",
    onStage(program, async (stage) => {
      const { proxy, agent, log } = await startWithAgent(stage, null, 'agent-send "hi\\n"');
      await proxy.untilStatistic("be", "s1", "agent_status", "L7TOUT");
      await until("the agent to hear", () => agent.heard.includes("hi\n"));
      agent.server.close();
      await proxy.untilStatistic("be", "s1", "agent_status", "L4CON");
      const row = await proxy.statistics("be", "s1");
      expect([row.status, row.agent_code, row.last_agt, row.agent_desc, row.agent_health]).toEqual([
        "no check",
        "",
        "Connection refused",
        "Layer4 connection problem",
        "1",
      ]);
      log.expectNoMore();
    }),
  );

  test(
    "its words take the server down and up, and are told",
    onStage(program, async (stage) => {
      const { agent, log } = await startWithAgent(stage, "down # hot\n");
      const LEFT = "0 sessions active, 0 requeued, 0 remaining in queue.";
      await log.expect([
        `1 Server be/s1 is DOWN, reason: Layer7 wrong status, code: 0, info: "via agent : down (hot)", took n. 0 active and 0 backup servers left. ${LEFT}`,
        "0 backend be has no server available!",
      ]);
      agent.line = "up\n";
      await log.expect([
        '5 Server be/s1 is UP, reason: Layer7 check passed, code: 0, info: "via agent : up", took n. 1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.',
      ]);
      agent.line = "drain\n";
      await log.expect([
        "5 Server be/s1 enters drain state. 0 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.",
        "0 backend be has no server available!",
      ]);
      agent.line = "ready\n";
      await log.expect(["5 Server be/s1 is UP (leaving forced drain)."]);
      agent.line = "maint\n";
      await log.expect([
        `1 Server be/s1 is going DOWN for maintenance. 0 active and 0 backup servers left. ${LEFT}`,
        "0 backend be has no server available!",
      ]);
      agent.line = "drain\n";
      await log.expect([
        "5 Server be/s1 is UP/DRAIN (leaving forced maintenance).",
        "5 Server be/s1 remains in forced drain mode.",
      ]);
      log.expectNoMore();
    }),
  );

  test(
    "a server is up when both its check and its agent say so",
    onStage(program, async (stage) => {
      const { proxy, agent, server, log } = await startWithAgent(
        stage,
        "up\n",
        "check inter 20ms fall 1 rise 1",
      );
      const { port } = server;
      await proxy.untilStatistic("be", "s1", "check_status", "L4OK");
      agent.line = "down\n";
      await proxy.untilStatistic("be", "s1", "status", "DOWN (agent)");
      server.close();
      await proxy.untilStatistic("be", "s1", "check_status", "L4CON");
      agent.line = "up\n";
      await proxy.untilStatistic("be", "s1", "agent_status", "L7OK");
      await proxy.untilStatistic("be", "s1", "status", "DOWN");
      await stage.server("again", port);
      await proxy.untilStatistic("be", "s1", "status", "UP");
      expect(log.all.filter((text) => text.includes("Server"))).toHaveLength(2);
    }),
  );

  test(
    "operators speak for it, and stop it",
    onStage(program, async (stage) => {
      const { proxy, agent, log } = await startWithAgent(stage, "100%\n");
      await proxy.untilStatistic("be", "s1", "agent_status", "CHECKED");
      await log.follow(proxy, [
        [
          "set server be/s1 agent down",
          "1 Server be/s1 is DOWN, changed from CLI. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
          "0 backend be has no server available!",
        ],
        ["set server be/s1 agent down"],
        [
          "set server be/s1 agent up",
          "5 Server be/s1 is UP, changed from CLI. 1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.",
        ],
      ]);
      await proxy.command("disable agent be/s1");
      agent.line = "50% down\n";
      await Bun.sleep(80);
      expect(await proxy.command("get weight be/s1")).toBe("20 (initial 20)\n\n");
      const row = await proxy.statistics("be", "s1");
      expect([row.agent_status, row.agent_health]).toEqual(["", ""]);
      log.expectNoMore();
      await proxy.command("enable agent be/s1");
      await proxy.untilStatistic("be", "s1", "status", "DOWN (agent)");
      expect(await proxy.command("get weight be/s1")).toBe("10 (initial 20)\n\n");
    }),
  );

  test(
    "option log-health-checks tells of its news too",
    onStage(program, async (stage) => {
      const agent = await startAgent(stage, "up\n");
      const log = new StateLog(await stage.log());
      await startRelay(stage, {
        backend: "option log-health-checks",
        server: `agent-check agent-inter 30ms agent-port ${agent.port}`,
      });
      await log.expect([
        '5 Agent check for server be/s1 succeeded, reason: Layer7 check passed, code: 0, info: "via agent : up", took n, status: 1/1 UP.',
      ]);
      agent.line = "stopped\n";
      await log.expect([
        '5 Agent check for server be/s1 failed, reason: Layer7 wrong status, code: 0, info: "via agent : stopped", took n, status: 0/1 DOWN.',
        "1 Server be/s1 is DOWN. 0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.",
        "0 backend be has no server available!",
      ]);
      agent.line = "foo\n";
      await Bun.sleep(80);
      log.expectNoMore();
    }),
  );
});
