import { expect, test } from "bun:test";
import { BOTH, eachProgram } from "../support/programs.ts";
import { HTTP_DEFAULTS, onStage, Stage } from "../support/stage.ts";

const HEAD = `1
# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port
`;

/** A backend "be" whose servers load their states; checks and agents come later than any play. */
function configuration(port: number, server: number, lines: string, global = ""): string {
  return `
global
  ${global}
${HTTP_DEFAULTS}
frontend fe
  bind 127.0.0.1:${port}
  default_backend be
backend be
  ${lines}
  server up 127.0.0.1:${server} weight 10
  server down 127.0.0.1:${server} weight 10
  server maint 127.0.0.1:${server} weight 10
  server drain 127.0.0.1:${server} weight 10
  server light 127.0.0.1:${server} weight 10
  server closed 127.0.0.1:${server} weight 10 disabled
  server opened 127.0.0.1:${server} weight 10 disabled
  server unchecked 127.0.0.1:${server} check inter 1h weight 10
  server silent 127.0.0.1:${server} agent-check agent-inter 1h agent-port 9 weight 10
`;
}

/** Name, operational and administrative state, weights, switches of check and agent. */
function summary(answer: string): string[] {
  const rows = answer.split("\n").slice(2);
  return rows
    .filter((row) => row !== "")
    .map((row) => {
      const field = row.split(" ");
      const agentState = Number(field[14]) & ~1;
      return `${field[3]} ${field[5]} ${field[6]} ${field[7]}/${field[8]} ${Number(field[13]) & 6} ${agentState}`;
    });
}

const CHANGES = [
  "set server be/down health down",
  "set server be/maint state maint",
  "set server be/drain state drain",
  "set server be/light weight 3",
  "set server be/opened state ready",
  "disable health be/unchecked",
  "disable agent be/silent",
].join(";");

const CHANGED = [
  "up 2 0 10/10 0 0",
  "down 0 0 10/10 0 0",
  "maint 0 1 10/10 0 0",
  "drain 2 8 10/10 0 0",
  "light 2 0 3/10 0 0",
  "closed 0 5 10/10 0 0",
  "opened 2 4 10/10 0 0",
  "unchecked 2 0 10/10 2 0",
  "silent 2 0 10/10 0 18",
];

eachProgram("server state file", (program) => {
  for (const writer of [BOTH.oracle, BOTH.sluice]) {
    test.skipIf(writer.missing !== undefined)(
      `written by ${writer.name} is read`,
      onStage(program, async (stage) => {
        const server = await stage.server();
        const first = new Stage(writer);
        stage.onEnd(() => first.close());
        const port = first.port();
        const before = await first.start(configuration(port, server.port, ""));
        await before.command(CHANGES);
        const saved = await before.command("show servers state");
        expect(summary(saved)).toEqual(CHANGED);
        const path = stage.file("states", saved);
        const after = await stage.start(
          configuration(
            stage.port(),
            server.port,
            "load-server-state-from-file global",
            `server-state-file ${path}`,
          ),
        );
        expect(summary(await after.command("show servers state"))).toEqual(CHANGED);
        expect((await after.statistics("be", "down")).status).toBe("DOWN");
        expect((await after.statistics("be", "BACKEND")).act).toBe("5");
      }),
    );
  }

  test(
    "what the configuration says now counts for more than what it said then",
    onStage(program, async (stage) => {
      const row = (name: string, rest: string) => `3 be 1 ${name} 127.0.0.1 ${rest} - 0 0 - - 0\n`;
      const content =
        HEAD +
        row("up", "2 5 5 20 9 1 0 2 0 0 0 0 - 80") +
        row("closed", "2 0 10 10 9 1 0 2 0 0 0 0 - 80");
      stage.file("be", content);
      const proxy = await stage.start(
        configuration(
          stage.port(),
          80,
          "load-server-state-from-file local",
          `server-state-base ${stage.directory}`,
        ),
      );
      const states = summary(await proxy.command("show servers state"));
      expect(states[0]).toBe("up 2 0 10/10 0 0");
      expect(states[5]).toBe("closed 0 5 10/10 0 0");
      expect(Number((await proxy.statistics("be", "up")).lastchg)).toBeGreaterThanOrEqual(9);
    }),
  );

  test(
    "a section may name its file, and every fault in it is a warning",
    onStage(program, async (stage) => {
      const content =
        `${HEAD}3 be 1 up 127.0.0.1 2 0 4 10 0 1 0 2 0 0 0 0 - 80 - 0 0 - - 0\n` +
        "3 be 2 down 127.0.0.1 9 0 10 10 0 1 0 2 0 0 0 0 - 80 - 0 0 - - 0\n" +
        "3 be 3 maint 127.0.0.1 2 0 10\n";
      stage.file("mine", content);
      const proxy = await stage.start(
        configuration(
          stage.port(),
          80,
          "load-server-state-from-file local\n  server-state-file-name mine",
          `server-state-base ${stage.directory}`,
        ),
      );
      if (!program.isOracle) {
        // The reference stops at the first line that is too short.
        expect(summary(await proxy.command("show servers state"))[0]).toBe("up 2 0 4/10 0 0");
        expect(proxy.output).toContain("at line 4: invalid srv_op_state value '9'");
        expect(proxy.output).toContain("at line 5: has 8 fields instead of 25");
      }
      expect((await proxy.statistics("be", "maint")).status).toBe("no check");
    }),
  );

  test(
    "files that are not there, or none at all, are warnings",
    onStage(program, async (stage) => {
      const check = async (lines: string, global = "") => {
        const path = await stage.configure(configuration(stage.port(), 80, lines, global));
        const { status, stderr, stdout } = await stage.run(["-c", "-f", path]);
        expect(status).toBe(0);
        return stderr + stdout;
      };
      const from = "load-server-state-from-file";
      expect(await check(`${from} global`)).toContain(
        "backend 'be' configured to load server state file from global section 'server-state-file' directive. Unfortunately, 'server-state-file' is not set!",
      );
      expect(await check(`${from} global`, "server-state-file /nowhere/x")).toContain(
        "config: Can't open global server state file '/nowhere/x': No such file or directory",
      );
      expect(await check(`${from} local`, "server-state-base /nowhere")).toContain(
        "Proxy 'be': Can't open server state file '/nowhere/be': No such file or directory.",
      );
      const empty = stage.file("empty", "abc\n");
      expect(await check(`${from} global`, `server-state-file ${empty}`)).toContain(
        `config: Can't get version of the global server state file '${empty}'.`,
      );
      expect(await check(`${from} none`, `server-state-file ${empty}`)).toBeString();
    }),
  );
});
