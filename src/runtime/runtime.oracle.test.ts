import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CheckStatus } from "../balance/check-status.ts";
import { reportCheck } from "../balance/server-health.ts";
import { INFO_FIELDS } from "../stats/info-fields.ts";
import { printTypedInfo } from "../stats/print-info.ts";
import { CSV_HEADER } from "../stats/print-rows.ts";
import { testRuntime } from "./testing.ts";

const ORACLE = Bun.which("haproxy");

const CONFIG = `
defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 5s
  option socket-stats
frontend web
  bind 127.0.0.1:0
  bind abns@runtime-oracle-test-1
  default_backend bk
backend bk
  cookie SRV insert
  server s1 127.0.0.1:1 weight 7
  server s2 127.0.0.1:1 check inter 100s backup cookie two
  server s3 127.0.0.1:1 disabled
`;

/** Runs the reference with a runtime socket. */
async function startOracle(program: string) {
  const directory = mkdtempSync(join(tmpdir(), "runtime-oracle-"));
  const socketPath = join(directory, "a.sock");
  const path = join(directory, "oracle.cfg");
  const config = CONFIG.replace("  bind 127.0.0.1:0\n", "");
  writeFileSync(
    path,
    `global\n  stats socket ${socketPath} level admin\n  description none\n${config}`,
  );
  const child = Bun.spawn([program, "-db", "-f", path], { stdout: "ignore", stderr: "ignore" });
  for (let attempt = 0; attempt < 200 && !existsSync(socketPath); attempt++) await Bun.sleep(10);
  return {
    run: (line: string) => ask(socketPath, line),
    async stop() {
      child.kill();
      await child.exited;
      rmSync(directory, { recursive: true });
    },
  };
}

function ask(path: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let answer = "";
    socket.setEncoding("latin1");
    socket.on("data", (data) => {
      answer += data;
    });
    socket.on("end", () => resolve(answer));
    socket.on("error", reject);
    socket.write(`${line}\n`);
  });
}

const suite = ORACLE === null ? describe.skip : describe;
suite(`answers are the reference's${ORACLE === null ? " (skipped: haproxy is not installed)" : ""}`, () => {
  let oracle: Awaited<ReturnType<typeof startOracle>>;
  beforeAll(async () => {
    oracle = await startOracle(ORACLE!);
    while (!(await oracle.run("show stat").catch(() => "")).includes("L4CON")) await Bun.sleep(20);
  });
  afterAll(() => oracle.stop());

  /** The same process in ours: the check of s2 has found nobody there. */
  const ours = () => {
    const servers = [{ weight: 7 }, { isChecked: true, isBackup: true }, { isDisabled: true }];
    const made = testRuntime(servers);
    const text = "Connection refused";
    const report = { status: CheckStatus.L4_CONNECT, code: 0, durationMs: 0, text };
    reportCheck(made.backend.servers[1]!, report);
    return made;
  };

  test("the columns of show stat", async () => {
    expect(CSV_HEADER).toBe(`${(await oracle.run("show stat")).split("\n")[0]}\n`);
  });

  test("the lines of show info, in their order, and Sluice's own at the end", async () => {
    const names = (await oracle.run("show info"))
      .trim()
      .split("\n")
      .map((line) => line.split(": ")[0]!);
    expect(INFO_FIELDS.map(({ name }) => name)).toEqual([...names, "Sluice"] as never);
  });

  test("numbers, tags and types of show info typed", async () => {
    const parts = (await oracle.run("show info typed"))
      .trim()
      .split("\n")
      .map((line) => /^(\d+)\.(.+)\.1:(\w{3}):(\w+):/.exec(line)!.slice(1));
    const own = INFO_FIELDS.map(({ position, name, tags, type }) => [
      String(position),
      name,
      tags,
      type,
    ]);
    expect(own.slice(0, -1)).toEqual(parts);
  });

  test("which lines of show info have a fraction when it is asked for", async () => {
    const floats = (text: string) =>
      [...text.matchAll(/^(\d+\.\w+)\.1:\w+:flt:/gm)].map((match) => match[1]);
    const wanted = floats(await oracle.run("show info typed float"));
    expect(wanted.length).toBeGreaterThan(0);
    const info = Object.fromEntries(INFO_FIELDS.map(({ name }) => [name, 1.5]));
    expect(floats(printTypedInfo(info, { isFloat: true }))).toEqual(wanted);
    expect(floats(printTypedInfo(info))).toEqual([]);
  });

  test("the schema of the JSON forms", async () => {
    const reference = JSON.parse(await oracle.run("show schema json"));
    expect(JSON.parse(ours().run("show schema json"))).toEqual(reference);
  });

  test("which columns each kind of object has, with their numbers, tags and types", async () => {
    const shapes = (text: string) => {
      const found: Record<string, string[]> = {};
      for (const line of text.trim().split("\n")) {
        const match = /^([FBSL])\.\d+\.(\d+)\.(\d+\.\w+)\.1:(\w{3}:\w+):/.exec(line);
        if (match === null) continue;
        const [, kind, id, column, type] = match as unknown as string[];
        found[`${kind}${id}`] ??= [];
        found[`${kind}${id}`]!.push(`${column} ${type}`);
      }
      return found;
    };
    const [reference, own] = [
      shapes(await oracle.run("show stat typed")),
      shapes(ours().run("show stat typed")),
    ];
    expect(Object.keys(own)).toEqual(Object.keys(reference));
    // No server of ours has a cookie here.
    const plain = (columns: string[]) => columns.filter((column) => !/^(74)\./.test(column));
    for (const key of Object.keys(reference)) {
      expect([key, plain(own[key]!)]).toEqual([key, plain(reference[key]!)]);
    }
  });

  test("the columns of show servers state, and what they hold for servers at rest", async () => {
    const lines = (text: string) =>
      text.split("\n").map((line) =>
        line
          .replace(/^\d+ bk/, "N bk")
          .replace(/ 127\.0\.0\.1 (\S+ \S+ \S+ \S+) \d+/, " 127.0.0.1 $1 N")
          .replace(/ - \d{1,4} - /, " - PORT - "),
      );
    expect(lines(ours().run("show servers state"))).toEqual(
      lines(await oracle.run("show servers state")),
    );
  });

  test("what show servers conn tells of servers at rest", async () => {
    const lines = (text: string) =>
      text.split("\n").map((line) =>
        line
          .replace(/ \d+\/(\d+) 127\.0\.0\.1 \d+ /, " N/$1 127.0.0.1 PORT ")
          .replace(/idle_per_thr\[\d+\]/, "idle_per_thr")
          // The reference counts its checks as connections in use.
          .replace(/ 5000 \d+ \d+ \d+ /, " 5000 N N N ")
          // One number for each thread at the end.
          .replace(/( -1 0 0)( 0)*$/, "$1"),
      );
    expect(lines(ours().run("show servers conn"))).toEqual(
      lines(await oracle.run("show servers conn")),
    );
  });

  test.each([
    "set server",
    "set server bk",
    "set server nope/s1 state ready",
    "set server bk/nope state ready",
    "set server bk/s1",
    "set server bk/s1 foo",
    "set server bk/s1 state",
    "set server bk/s1 state up",
    "set server bk/s1 health up2",
    "set server bk/s1 agent up",
    "set server bk/s1 weight",
    "set server bk/s1 weight -1",
    "set server bk/s1 weight 257",
    "set server bk/s1 weight 50%;get weight bk/s1",
    "set server bk/s1 weight 5000%;get weight bk/s1",
    "set weight bk/s1 7;get weight bk/s1",
    "get weight",
    "get weight bk/nope",
    "disable server",
    "disable server bk/nope",
    "enable server nope/s1",
    "disable server bk/s1;enable server bk/s1",
    "set maxconn server bk/s1",
    "set maxconn frontend",
    "set maxconn frontend web",
    "set maxconn frontend nope 5",
    "set maxconn global",
    "shutdown frontend nope",
    "shutdown session",
    "shutdown session 0x1",
    "shutdown sessions server bk/s1",
    "enable dynamic-cookie backend",
    "disable dynamic-cookie backend nope",
    "enable dynamic-cookie backend bk;disable dynamic-cookie backend bk",
    "set dynamic-cookie-key backend bk",
    "set dynamic-cookie-key backend nope x",
    "disable frontend",
    "disable frontend nope",
    "show servers state nope",
    "show backend",
    "show env NO_SUCH_VARIABLE",
    "show errors nope",
    "show stat nope 7 -1",
    "show stat domain dns",
    "show stat domain nope",
    "show cli level",
    "operator;show cli level;disable server bk/s1;clear counters all;clear counters",
    "user;operator;show cli level;show errors;show env",
    "set severity-output",
    "set severity-output number;set server bk/nope state ready;get weight bk/s1;show cli level",
    "set severity-output string;disable server bk",
    "set timeout",
    "set timeout cli",
    "set timeout cli x",
    "set timeout cli 10s",
    "clear counters",
    "clear counters all",
    "prompt;show cli level;quit",
    "quit",
    "get weight bk/s1 <<\nsome\npayload\n",
  ])("%j", async (line) => {
    // Where the reference leaves the empty line out, tools cope; ours is always there.
    const closed = (text: string) => text.replace(/([^\n])\n$/, "$1\n\n");
    expect(ours().run(line)).toBe(closed(await oracle.run(line)));
  });
});
