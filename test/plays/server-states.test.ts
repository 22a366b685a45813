import { expect, test } from "bun:test";
import { startAgent } from "../support/agent.ts";
import { eachProgram } from "../support/programs.ts";
import { HTTP_DEFAULTS, onStage, type Stage } from "../support/stage.ts";
import { StateLog } from "../support/state-log.ts";
import { until } from "../support/waiting.ts";

const LEFT = "0 sessions active, 0 requeued, 0 remaining in queue.";
const ONLINE = "0 sessions requeued, 0 total in queue.";

/** Starts a backend "be" with these lines; `$PORT` stands for a server that is there. */
async function startBackend(stage: Stage, lines: string) {
  const server = await stage.server();
  const log = new StateLog(await stage.log());
  const proxy = await stage.start(`
${HTTP_DEFAULTS}
frontend fe
  bind 127.0.0.1:${stage.port()}
  default_backend be
backend be
${lines.replaceAll("$PORT", String(server.port))}
`);
  const states = async () =>
    (await proxy.command("show servers state be"))
      .split("\n")
      .slice(2)
      .filter((line) => line !== "")
      .map((line) => line.split(" "));
  return { proxy, server, log, states };
}

eachProgram("states of servers", (program) => {
  test(
    "maintenance passes on to servers that track, and each tells of it",
    onStage(program, async (stage) => {
      const { proxy, log, states } = await startBackend(
        stage,
        `server s1 127.0.0.1:$PORT check inter 60s
         server t1 127.0.0.1:$PORT track s1
         server t2 127.0.0.1:$PORT track be/t1
         server bk 127.0.0.1:$PORT backup`,
      );
      await log.follow(proxy, [
        [
          "set server be/s1 state maint",
          `1 Server be/s1 is going DOWN for maintenance. 2 active and 1 backup servers left. ${LEFT}`,
          `1 Server be/t1 is going DOWN for maintenance via be/s1. 1 active and 1 backup servers left. ${LEFT}`,
          `1 Server be/t2 is going DOWN for maintenance via be/t1. 0 active and 1 backup servers left. Running on backup. ${LEFT}`,
        ],
        ["set server be/t1 state maint"],
        [
          "set server be/t1 state ready",
          "5 Server be/t1 is leaving forced maintenance but remains in maintenance via be/s1.",
        ],
        ["set server be/t1 state maint"],
        [
          "set server be/s1 state ready",
          "5 Server be/s1 is UP/READY (leaving forced maintenance).",
          "5 Server be/t1 remains in forced maintenance.",
        ],
        [
          "set server be/t1 state ready",
          "5 Server be/t1 is UP/READY (leaving forced maintenance).",
          "5 Server be/t2 is UP/READY (leaving maintenance).",
        ],
      ]);
      await proxy.command("disable server be/s1");
      const columns = async (name: string) => {
        const { status, tracked } = await proxy.statistics("be", name);
        return [status, tracked];
      };
      expect(await columns("s1")).toEqual(["MAINT", ""]);
      expect(await columns("t1")).toEqual(["MAINT (via be/s1)", "be/s1"]);
      expect(await columns("t2")).toEqual(["MAINT (via be/t1)", "be/t1"]);
      expect((await states()).map((row) => row.slice(5, 7).join(" "))).toEqual([
        "0 1",
        "0 2",
        "0 2",
        "2 0",
      ]);
    }),
  );

  test(
    "drain passes on too, and outlives what checks say",
    onStage(program, async (stage) => {
      const { proxy, log, states } = await startBackend(
        stage,
        `server s1 127.0.0.1:$PORT check inter 60s
         server t1 127.0.0.1:$PORT track s1
         server t2 127.0.0.1:$PORT track t1
         server bk 127.0.0.1:$PORT`,
      );
      await proxy.untilStatistic("be", "s1", "check_status", "L4OK");
      await log.follow(proxy, [
        [
          "set server be/t1 state drain",
          `5 Server be/t1 enters drain state. 3 active and 0 backup servers online. ${ONLINE}`,
          `5 Server be/t2 enters drain state via be/t1. 2 active and 0 backup servers online. ${ONLINE}`,
        ],
        [
          "set server be/s1 state drain",
          `5 Server be/s1 enters drain state. 1 active and 0 backup servers online. ${ONLINE}`,
          "5 Server be/t1 remains in forced drain mode.",
        ],
        [
          "set server be/t1 state ready",
          "5 Server be/t1 is leaving forced drain but remains in drain mode via be/s1.",
        ],
        ["set server be/s1 state drain"],
        [
          "set server be/s1 health down",
          `5 Server be/s1 is DOWN, changed from CLI. 1 active and 0 backup servers left. ${LEFT}`,
          "5 Server be/s1 remains in forced drain mode.",
          `5 Server be/t1 is DOWN via be/s1. 1 active and 0 backup servers left. ${LEFT}`,
          "5 Server be/t1 is leaving forced drain but remains in drain mode via be/s1.",
          `5 Server be/t2 is DOWN via be/t1. 1 active and 0 backup servers left. ${LEFT}`,
          "5 Server be/t2 is leaving forced drain but remains in drain mode via be/t1.",
        ],
        [
          "set server be/s1 state ready",
          "5 Server be/s1 is DOWN (leaving forced drain).",
          "5 Server be/t1 is DOWN (leaving forced drain).",
          "5 Server be/t2 is DOWN (leaving forced drain).",
        ],
        [
          "set server be/s1 state maint",
          "5 Server be/s1 was DOWN and now enters maintenance.",
          "5 Server be/t1 was DOWN and now enters maintenance via be/s1.",
          "5 Server be/t2 was DOWN and now enters maintenance via be/t1.",
        ],
        [
          "set server be/s1 state drain",
          "5 Server be/s1 is UP/DRAIN (leaving forced maintenance).",
          "5 Server be/s1 remains in forced drain mode.",
          "5 Server be/t1 is UP/DRAIN (leaving maintenance).",
          "5 Server be/t1 is leaving forced drain but remains in drain mode via be/s1.",
          "5 Server be/t2 is UP/DRAIN (leaving maintenance).",
          "5 Server be/t2 is leaving forced drain but remains in drain mode via be/t1.",
        ],
        ["set server be/s1 weight 0", "5 Server be/s1 remains in forced drain mode."],
        [
          "set server be/s1 health stopping",
          `5 Server be/s1 is stopping, changed from CLI. 1 active and 0 backup servers online. ${ONLINE}`,
          "5 Server be/s1 remains in forced drain mode.",
          `5 Server be/t1 is stopping via be/s1. 1 active and 0 backup servers online. ${ONLINE}`,
          "5 Server be/t1 is leaving forced drain but remains in drain mode via be/s1.",
          `5 Server be/t2 is stopping via be/t1. 1 active and 0 backup servers online. ${ONLINE}`,
          "5 Server be/t2 is leaving forced drain but remains in drain mode via be/t1.",
        ],
        [
          "set server be/s1 state maint",
          `5 Server be/s1 is going DOWN for maintenance. 1 active and 0 backup servers left. ${LEFT}`,
          `5 Server be/t1 is going DOWN for maintenance via be/s1. 1 active and 0 backup servers left. ${LEFT}`,
          `5 Server be/t2 is going DOWN for maintenance via be/t1. 1 active and 0 backup servers left. ${LEFT}`,
        ],
      ]);
      expect((await states()).map((row) => row.slice(5, 7).join(" "))).toEqual([
        "0 1",
        "0 2",
        "0 2",
        "2 0",
      ]);
    }),
  );

  test(
    "a server that tracks goes down and comes up with its checks",
    onStage(program, async (stage) => {
      const { proxy, server, log } = await startBackend(
        stage,
        `server s1 127.0.0.1:$PORT check inter 20ms
         server t1 127.0.0.1:$PORT track s1`,
      );
      const { port } = server;
      await proxy.untilStatistic("be", "s1", "check_status", "L4OK");
      server.close();
      await until("s1 and t1 to be down", () => log.all.length >= 3);
      const down = log.all.map((text) => text.replace(/info: "[^"]*"/, "info"));
      expect(down).toEqual([
        `1 Server be/s1 is DOWN, reason: Layer4 connection problem, info, took n. 1 active and 0 backup servers left. ${LEFT}`,
        `1 Server be/t1 is DOWN via be/s1. 0 active and 0 backup servers left. ${LEFT}`,
        "0 backend be has no server available!",
      ]);
      expect((await proxy.statistics("be", "t1")).status).toMatch(/^DOWN/);
      await stage.server("again", port);
      await until("both to be up", () => log.all.length >= 5);
      expect(log.all.slice(3)).toEqual([
        `5 Server be/s1 is UP, reason: Layer4 check passed, took n. 1 active and 0 backup servers online. ${ONLINE}`,
        `5 Server be/t1 is UP via be/s1. 2 active and 0 backup servers online. ${ONLINE}`,
      ]);
      expect((await proxy.statistics("be", "t1")).status).toBe("UP");
    }),
  );

  test(
    "a server that tracks one that starts disabled is in maintenance from the start",
    onStage(program, async (stage) => {
      const { proxy, log, states } = await startBackend(
        stage,
        `server d1 127.0.0.1:$PORT check inter 60s disabled
         server d2 127.0.0.1:$PORT track d1
         server d3 127.0.0.1:$PORT track d2`,
      );
      expect((await proxy.statistics("be", "d3")).status).toBe("MAINT (via be/d2)");
      expect((await proxy.statistics("be", "BACKEND")).status).toBe("DOWN");
      const flags = async () =>
        (await states()).map((row) => [...row.slice(5, 7), ...row.slice(12, 14)].join(" "));
      expect(await flags()).toEqual(["0 5 0 14", "0 2 0 0", "0 2 0 0"]);
      await log.follow(proxy, [
        [
          "enable server be/d1",
          "5 Server be/d1 is UP/READY (leaving forced maintenance).",
          "5 Server be/d2 is UP/READY (leaving maintenance).",
          "5 Server be/d3 is UP/READY (leaving maintenance).",
        ],
      ]);
      expect(await flags()).toEqual(["2 4 2 6", "2 0 0 0", "2 0 0 0"]);
      expect((await proxy.statistics("be", "BACKEND")).status).toBe("UP");
    }),
  );

  test(
    "checks that are stopped say nothing, and the server is as they left it",
    onStage(program, async (stage) => {
      const { proxy, server, log, states } = await startBackend(
        stage,
        "server s1 127.0.0.1:$PORT check inter 20ms fall 1",
      );
      await proxy.untilStatistic("be", "s1", "check_status", "L4OK");
      await proxy.command("disable health be/s1");
      server.close();
      await Bun.sleep(100);
      const row = await proxy.statistics("be", "s1");
      expect([row.status, row.check_status, row.chkfail, row.check_health]).toEqual([
        "no check",
        "",
        "",
        "",
      ]);
      expect((await states())[0]![13]).toBe("2");
      log.expectNoMore();
      await proxy.command("enable health be/s1");
      await proxy.untilStatistic("be", "s1", "status", "DOWN");
      expect((await proxy.statistics("be", "s1")).chkfail).toBe("1");
    }),
  );

  test(
    "the sentences of the runtime API",
    onStage(program, async (stage) => {
      const agent = await startAgent(stage, "up\n");
      const { proxy, server } = await startBackend(
        stage,
        `server s1 127.0.0.1:$PORT weight 20 check inter 60s agent-check agent-inter 60s agent-port ${agent.port}
         server s2 127.0.0.1:$PORT check port $PORT inter 60s
         server s3 127.0.0.1:$PORT
         server t1 127.0.0.1:$PORT track s1
         server m1 127.0.0.1:+5
         server u1 ${stage.directory}/none.sock`,
      );
      const usage =
        "usage: set server <backend>/<server> addr | agent | agent-addr | agent-port | agent-send | check-addr | check-port | fqdn | health | ssl | state | weight\n\n";
      const needsAddress = (what: string) =>
        `set server <b>/<s> ${what} requires an address and optionally a port.\n\n`;
      const noAgent = "agent checks are not enabled on this server.\n\n";
      const moved = (text: string) => `${text} by 'stats socket command'\n\n`;
      for (const [command, answer] of [
        ["set server be/", "Require 'backend/server'.\n\n"],
        ["set server be/s1", usage],
        ["set server be/s1 maxconn 7", usage],
        ["set server be/s1 weight x", "Empty weight string empty or preceded by garbage\n"],
        ["set server be/s1 weight 5x", "Trailing garbage in weight string\n"],
        ["set server be/s1 weight -1%", "Relative weight must be positive.\n\n"],
        ["set maxconn server be/s1 x", "maxconn string empty or preceded by garbage\n"],
        ["set maxconn server be/s1 5x", "Trailing garbage in maxconn string\n"],
        ["get weight #3/#1", "20 (initial 20)\n\n"],
        ["get weight be/#9", "No such server.\n\n"],
        ["get weight be/1", "No such server.\n\n"],
        ["get weight #9/s1", "No such backend.\n\n"],
        ["show servers state nope", "Can't find backend.\n\n"],
        ["set server be/t1 health down", "cannot change health on a tracking server.\n\n"],
        ["set server be/s3 agent up", noAgent],
        ["set server be/s1 agent sideways", "'set server <srv> agent' expects 'up' or 'down'.\n\n"],
        ["set server be/s1 agent-addr", needsAddress("agent-addr")],
        ["set server be/s1 agent-addr 127.0.0.1", "\n"],
        ["set server be/s2 agent-addr 127.0.0.1", "agent checks are not enabled on this server\n"],
        ["set server be/s1 agent-addr 127.0.0.1 port x", "provided port is not an integer\n"],
        ["set server be/s1 agent-addr 127.0.0.1 port 70000", "provided port is invalid\n"],
        ["set server be/s1 agent-port", "set server <b>/<s> agent-port requires a port.\n\n"],
        ["set server be/s1 agent-port 70000", "provided port is invalid\n"],
        ["set server be/s2 agent-port 5", "agent checks are not enabled on this server\n"],
        ["set server be/s1 agent-send hello", "\n"],
        ["set server be/s2 agent-send hello", noAgent],
        ["set server be/s1 check-addr", needsAddress("check-addr")],
        ["set server be/s1 check-addr foo", "invalid addr 'foo'\n"],
        ["set server be/s3 check-addr 127.0.0.1", "health checks are not enabled on this server\n"],
        ["set server be/s1 check-addr 127.0.0.1 port", "provided port is not an integer\n"],
        ["set server be/s1 check-port", "set server <b>/<s> check-port requires a port.\n\n"],
        ["set server be/s1 check-port 0", "\n"],
        ["set server be/s1 check-port x", "provided port is not an integer\n"],
        ["set server be/s1 fqdn", "set server <b>/<s> fqdn requires a FQDN.\n\n"],
        [
          "set server be/s1 fqdn a.b",
          "set server <b>/<s> fqdn failed because no resolution is configured.\n\n",
        ],
        ["set server be/s1 addr", needsAddress("addr")],
        ["set server be/s1 addr foo", moved("Invalid addr 'foo'")],
        ["set server be/s1 addr 127.0.0.1", moved("no need to change the addr")],
        ["set server be/s1 addr 127.0.0.3", moved("IP changed from '127.0.0.1' to '127.0.0.3'")],
        [
          `set server be/s1 addr 127.0.0.1 port ${server.port}`,
          moved("IP changed from '127.0.0.3' to '127.0.0.1', no need to change the port"),
        ],
        [
          "set server be/s1 addr 127.0.0.1 port x",
          moved("no need to change the addr, problem converting port 'x' to an int"),
        ],
        [
          "set server be/s3 addr 127.0.0.1 port +5",
          moved(
            "no need to change the addr, can't change <port> to port map because it is incompatible with current health check port configuration (use 'port' statement from the 'server' directive.",
          ),
        ],
        [
          "set server be/s2 addr 127.0.0.1 port +5",
          moved(`no need to change the addr, port changed from '${server.port}' to '+5'`),
        ],
        [
          "set server be/s2 addr 127.0.0.1 port -10",
          moved("no need to change the addr, port changed from '+5' to '-10'"),
        ],
        [
          "set server be/m1 addr ::1 port 80",
          moved("IP changed from '127.0.0.1' to '::1', port changed from '+5' to '80'"),
        ],
        [
          "set server be/u1 addr 127.0.0.1",
          moved(
            "Update for the current server address family is only supported through configuration file",
          ),
        ],
        [
          "enable health be/s3",
          "Health check was not configured on this server, cannot enable.\n\n",
        ],
        ["enable agent be/s3", "Agent was not configured on this server, cannot enable.\n\n"],
        ["disable health be/s3", "\n"],
        ["disable agent be/s3", "\n"],
        ["disable health be", "Require 'backend/server'.\n\n"],
        ["shutdown sessions server be/s1", "\n"],
        ["shutdown sessions server be/s9", "No such server.\n\n"],
      ] as const) {
        expect([command, await proxy.command(command)]).toEqual([command, answer]);
      }
    }),
  );

  test(
    "show servers state tells what is set for checks and agents",
    onStage(program, async (stage) => {
      const agent = await startAgent(stage, "up\n");
      const { proxy, states } = await startBackend(
        stage,
        `id 77
         server s1 127.0.0.1:$PORT check inter 60s
         server s2 127.0.0.1:$PORT id 9 check port $PORT inter 60s
         server s3 127.0.0.1:+5
         server s4 127.0.0.1:$PORT check inter 60s addr 127.0.0.1 port $PORT agent-check agent-inter 60s agent-port ${agent.port}
         server s5 127.0.0.1:$PORT agent-check agent-inter 60s agent-port ${agent.port} agent-addr 127.0.0.1
         server u1 ${stage.directory}/none.sock`,
      );
      await proxy.command("disable agent be/s5;set server be/s4 agent-port 11");
      const port = (await states())[0]![18]!;
      const shown = (await states()).map((row) => [
        ...row.slice(0, 5),
        row[14]! === "23" ? "22" : row[14]!,
        ...row.slice(15),
      ]);
      expect(shown.map((row) => row.join(" "))).toEqual([
        `77 be 1 s1 127.0.0.1 0 1 0 - ${port} - 0 0 - - 0`,
        `77 be 9 s2 127.0.0.1 0 1 1 - ${port} - 0 ${port} - - ${port}`,
        "77 be 3 s3 127.0.0.1 0 1 0 - 5 - 0 0 - - 0",
        `77 be 4 s4 127.0.0.1 22 1 0 - ${port} - 0 ${port} 127.0.0.1 127.0.0.1 11`,
        `77 be 5 s5 127.0.0.1 18 1 0 - ${port} - 0 0 - 127.0.0.1 ${agent.port}`,
        "77 be 6 u1 - 0 1 0 - 0 - 0 0 - - 0",
      ]);
    }),
  );

  test(
    "set server addr moves traffic and checks at once",
    onStage(program, async (stage) => {
      const { proxy, log } = await startBackend(
        stage,
        "server s1 127.0.0.1:$PORT check inter 20ms fall 1 rise 1",
      );
      const other = await stage.answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother");
      await proxy.untilStatistic("be", "s1", "check_status", "L4OK");
      const closed = stage.port();
      await proxy.command(`set server be/s1 addr 127.0.0.1 port ${closed}`);
      await proxy.untilStatistic("be", "s1", "status", "DOWN");
      await proxy.command(`set server be/s1 addr 127.0.0.1 port ${other.port}`);
      await proxy.untilStatistic("be", "s1", "status", "UP");
      expect(log.all).toHaveLength(3);
      expect((await proxy.statistics("be", "s1")).addr).toBe(`127.0.0.1:${other.port}`);
    }),
  );

  test(
    "show sess lists a stream and tells of it, shutdown ends it",
    onStage(program, async (stage) => {
      const server = await stage.server();
      const port = stage.port();
      const proxy = await stage.start(
        `${HTTP_DEFAULTS.replace("mode http", "mode tcp").replace("option httplog", "option tcplog")}
listen li
  bind 127.0.0.1:${port}
  server s1 127.0.0.1:${server.port}`,
      );
      const client = await stage.client(port);
      client.send("hello");
      await (await server.accept()).readUntil("hello");
      const listed = (await proxy.command("show sess")).split("\n");
      const line = listed.find((text) => text.includes("fe=li"))!;
      expect(line).toMatch(
        /^0x[0-9a-f]+: proto=tcpv4 src=127\.0\.0\.1:\d+ fe=li be=li srv=s1 .*age=\ds/,
      );
      const id = line.split(":")[0]!;
      const detail = await proxy.command(`show sess ${id}`);
      for (const text of [
        `${id}: [`,
        "proto=tcpv4 source=127.0.0.1:",
        "conn_retries=0",
        "frontend=li (id=2 mode=tcp)",
        "backend=li (id=2 mode=tcp)",
        "server=s1 (id=1)",
      ]) {
        expect(detail).toContain(text);
      }
      expect(await proxy.command("show sess 0xdeadbeef")).toBe("Session not found.\n\n");
      expect(await proxy.command("shutdown session x")).toBe(
        "Session pointer expected (use 'show sess').\n\n",
      );
      expect(await proxy.command(`shutdown session ${id}`)).toBe("\n");
      await client.expectEnding("any");
      expect(await stage.logLine()).toMatch(/ li\/s1 .* K[-D] /);
    }),
  );

  test(
    "a server cannot track one of a section with another view of 404",
    onStage(program, async (stage) => {
      const path = await stage.configure(`
${HTTP_DEFAULTS}
backend one
  option httpchk
  http-check disable-on-404
  server s1 127.0.0.1:80 track two/s1
backend two
  option httpchk
  server s1 127.0.0.1:80 check`);
      const { status, stderr } = await stage.run(["-c", "-f", path]);
      expect(status).toBe(1);
      expect(stderr).toMatch(
        /unable to use two\/s1 for ?tracking: disable-on-404 option inconsistency/,
      );
    }),
  );
});
