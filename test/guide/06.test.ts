import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  ask,
  exampleText,
  Machine,
  observed,
  onGuideStage,
  startExample,
  startMachines,
  untilState,
} from "../support/guide.ts";
import { until } from "../support/waiting.ts";

const NAMES = ["A", "B", "C", "D"];

/** Users that ask again and again; they keep the cookie that they are given. */
class Users {
  readonly failures: string[] = [];
  completed = 0;
  /** How often a user was sent to another server. */
  moves = 0;
  readonly #loops: Promise<void>[];
  #isOver = false;

  constructor(at: { host: string; port: number }, count: number) {
    this.#loops = Array.from({ length: count }, () => this.#run(at));
  }

  async #run(at: { host: string; port: number }): Promise<void> {
    let cookie = "";
    while (!this.#isOver) {
      const field = cookie === "" ? "" : `Cookie: ${cookie}\r\n`;
      const answer = await ask(at, field).catch((error: Error) => ({
        status: error.message,
        cookie: "",
      }));
      if (answer.status === "200") this.completed++;
      else this.failures.push(answer.status);
      if (answer.cookie === "") continue;
      if (cookie !== "") this.moves++;
      cookie = answer.cookie.split(";")[0]!;
    }
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#loops);
  }
}

test(
  "a rolling restart of all servers under load: nobody gets an error, from first to last",
  onGuideStage(async (stage) => {
    const port = stage.portRange(2);
    const host = (index: number) => `127.1.6.${11 + index}`;
    const machines = await startMachines(stage, NAMES, host, port);
    const gates = await startMachines(stage, NAMES, host, port + 1);
    const program = await startExample(stage, "6-soft-stop-backup.cfg", { port });
    const proxy = `127.1.6.1:${port}`;
    const at = { host: "127.1.6.1", port };
    const pid = program.pid;
    const users = new Users(at, 16);
    await until("some traffic", () => users.completed > 100);
    for (const [index, name] of NAMES.entries()) {
      await gates[index]!.stop();
      await untilState(program, proxy, `web${name}`, "DOWN");
      // Whoever has its cookie stays, through the backup twin; new users go elsewhere.
      expect((await ask(at, `Cookie: SERVERID=${name}\r\n`)).body).toBe(name);
      for (let count = 0; count < 6; count++) expect((await ask(at)).body).not.toBe(name);
      expect(users.moves).toBe(0);
      await gates[index]!.listen();
      await untilState(program, proxy, `web${name}`, "UP");
    }
    await users.end();
    expect(users.failures).toEqual([]);
    expect(program.pid).toBe(pid);
    observed(
      6,
      "closing the check port moves new users away, cookie holders stay, nobody gets an error",
      `${users.completed} requests through four maintenances, ${users.failures.length} failures, ${users.moves} users moved`,
    );

    await gates[0]!.stop();
    await machines[0]!.stop();
    await untilState(program, proxy, "bkpA", "DOWN");
    const moved = await ask(at, "Cookie: SERVERID=A\r\n");
    expect([moved.status, moved.cookie]).toEqual(["200", `SERVERID=${moved.body}; path=/`]);
    observed(
      6,
      "a server that is off redispatches who still comes",
      `200 from ${moved.body} with ${moved.cookie}`,
    );
  }),
  45_000,
);

test(
  "with no check port open all users are served by the backups",
  onGuideStage(async (stage) => {
    const port = stage.portRange(2);
    await startMachines(stage, NAMES, (index) => `127.1.6.${11 + index}`, port);
    const program = await startExample(stage, "6-soft-stop-backup.cfg", { port });
    const proxy = `127.1.6.1:${port}`;
    for (const name of NAMES) await untilState(program, proxy, `web${name}`, "DOWN");
    const answer = await ask({ host: "127.1.6.1", port });
    expect(answer.status).toBe("200");
    observed(6, "when only backups are up, they serve", `200 from ${answer.body}`);
  }),
  15_000,
);

test(
  "the checker relays its port, runs in the background without a word, and ends with kill $(<pidfile)",
  onGuideStage(async (stage) => {
    const port = stage.portRange(2);
    const machine = new Machine("A", "127.1.6.11", port);
    await machine.listen();
    stage.onEnd(() => machine.stop());
    const pidFile = join(stage.directory, "checks.pid");
    const text = exampleText("6-check-port.cfg", { port });
    const path = stage.file("checks", text.replace("/tmp/sluice-checks.pid", pidFile));
    const started = await stage.run(["-f", path]);
    expect(started.status).toBe(0);
    const pid = Number(readFileSync(pidFile, "utf8"));
    stage.onEnd(() => {
      if (existsSync(`/proc/${pid}`)) process.kill(pid, "SIGKILL");
    });
    const at = { host: "127.1.6.11", port: port + 1 };
    expect((await ask(at)).body).toBe("A");
    Bun.spawnSync(["bash", "-c", `kill $(<${pidFile})`]);
    await until("the check port to be closed", () =>
      ask(at).then(
        () => false,
        () => true,
      ),
    );
    observed(
      6,
      "the checker is a TCP relay that kill $(<pidfile) stops",
      `port ${port + 1} gave the service of ${port}, and refused after the kill`,
    );
  }),
);
