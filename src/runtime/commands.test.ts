import { describe, expect, test } from "bun:test";
import { COMMANDS } from "../registry/commands.ts";
import { ServerCounter } from "../state/server-state.ts";
import { AccessLevel } from "./level.ts";
import { ALL_COMMANDS, testRuntime } from "./testing.ts";

describe("what commands say", () => {
  test.each([
    { line: "set server", answer: "Require 'backend/server'.\n\n" },
    { line: "set server bk", answer: "Require 'backend/server'.\n\n" },
    { line: "set server nope/s1 state ready", answer: "No such backend.\n\n" },
    { line: "set server bk/nope state ready", answer: "No such server.\n\n" },
    {
      line: "set server bk/s1",
      answer:
        "usage: set server <backend>/<server> addr | agent | agent-addr | agent-port | agent-send | check-addr | check-port | fqdn | health | ssl | state | weight\n\n",
    },
    { line: "set server bk/s1 state ready", answer: "\n" },
    {
      line: "set server bk/s1 state up",
      answer: "'set server <srv> state' expects 'ready', 'drain' and 'maint'.\n\n",
    },
    {
      line: "set server bk/s1 health",
      answer: "'set server <srv> health' expects 'up', 'stopping', or 'down'.\n\n",
    },
    {
      line: "set server bk/s1 agent up",
      answer: "agent checks are not enabled on this server.\n\n",
    },
    { line: "set server bk/s1 weight", answer: "Require <weight> or <weight%>.\n\n" },
    {
      line: "set server bk/s1 weight x",
      answer: "Empty weight string empty or preceded by garbage\n",
    },
    { line: "set server bk/s1 weight 5x", answer: "Trailing garbage in weight string\n" },
    {
      line: "set server bk/s1 weight 257",
      answer: "Absolute weight can only be between 0 and 256 inclusive.\n\n",
    },
    { line: "set server bk/s1 weight 30; get weight bk/s1", answer: "\n30 (initial 1)\n\n" },
    { line: "set weight bk/s1 300%; get weight bk/s1", answer: "\n3 (initial 1)\n\n" },
    { line: "show activity", answer: "thread_id: 1 (1..1)\nloops: 7\n\n" },
    {
      line: "show pools",
      answer:
        "Dumping pools usage.\n  - Pool stream (objects) : 3 allocated, 1 used, 0 failures\n" +
        "  - Pool buffer (16384 bytes) : 2 allocated (32768 bytes), 1 used, 4 failures\n" +
        "Total: 2 pools, 32768 bytes allocated, 16384 used.\n\n",
    },
    {
      line: "show fd",
      answer:
        "      4 : st=0x000001(R:A W:a) owner=Listener fe=web\n" +
        "     12 : st=0x000005(R:A W:A) owner=HttpStream\n     13 : owner=SessionConnection\n\n",
    },
    { line: "show fd 12", answer: "     12 : st=0x000005(R:A W:A) owner=HttpStream\n\n" },
    { line: "show fd 99", answer: "\n" },
    {
      line: "show profiling status",
      answer:
        "Per-task CPU profiling              : auto-off      # set profiling tasks {on|auto|off}\n" +
        "Memory usage profiling              : off           # set profiling memory {on|off}\n\n",
    },
    { line: "show profiling memory", answer: "\n" },
    {
      line: "set profiling tasks on; show profiling tasks",
      answer:
        "\nTasks activity:\n" +
        "  function                      calls   cpu_tot   cpu_avg   lat_tot   lat_avg\n" +
        "  HttpSession                       8   1.132ms   141.5us   25.36s    3.170s \n" +
        "  Listener                          2   1.582us   791.0ns   500.0ns   250.0ns\n\n",
    },
    {
      line: "set profiling tasks on; show profiling tasks byaddr 1",
      answer:
        "\nTasks activity:\n" +
        "  function                      calls   cpu_tot   cpu_avg   lat_tot   lat_avg\n" +
        "  HttpSession                       8   1.132ms   141.5us   25.36s    3.170s \n\n",
    },
    {
      line: "show profiling x",
      answer:
        "Expects either 'all', 'status', 'tasks', 'memory', 'byaddr' or a max number of output lines.\n\n",
    },
    { line: "set profiling", answer: "Expects either 'tasks' or 'memory'.\n\n" },
    { line: "set profiling memory on", answer: "Memory profiling not compiled in.\n\n" },
    { line: "set profiling tasks", answer: "Expects 'on', 'auto', or 'off'.\n\n" },
    { line: "get var", answer: "Missing process-wide variable identifier.\n\n" },
    { line: "get var proc.x", answer: "Variable not found.\n\n" },
    {
      line: "set var proc.x a",
      answer: "This command is restricted to experimental mode only.\n\n",
    },
    {
      line: "experimental-mode on; set var proc.x a; get var proc.x",
      answer: "\n\nproc.x: type=str value=<a>\n",
    },
    {
      line: "experimental-mode on; set var proc.x fmt a; get var proc.x",
      answer: "\n\nproc.x: type=str value=<a made>\n",
    },
    {
      line: "experimental-mode on; set var; set var proc.x",
      answer:
        "\nMissing process-wide variable identifier.\n\nMissing either 'expr', 'fmt' or expression.\n\n",
    },
    {
      line: "experimental-mode on; set var proc.x a b",
      answer: "\n'set var': arg type must be either 'expr' or 'fmt' but got 'a'.\n",
    },
    {
      line: "experimental-mode on; set var proc.x nofetch",
      answer: "\nunknown fetch method 'nofetch'.\n",
    },
    {
      line: "experimental-mode; experimental-mode on; experimental-mode; experimental-mode x",
      answer: "experimental-mode is OFF\n\n\nexperimental-mode is ON\n\n\n",
    },
    {
      line: "expert-mode on; expert-mode; expert-mode off; expert-mode",
      answer: "\nexpert-mode is ON\n\n\nexpert-mode is OFF\n\n",
    },
    { line: "expert-mode on; operator; expert-mode", answer: "\n\nPermission denied\n\n" },
    { line: "get weight bk/s9", answer: "No such server.\n\n" },
    { line: "disable server bk", answer: "Require 'backend/server'.\n\n" },
    { line: "disable server bk/s1; enable server bk/s1", answer: "\n\n" },
    { line: "disable frontend", answer: "A frontend name is expected.\n\n" },
    { line: "disable frontend nope", answer: "No such frontend.\n\n" },
    {
      line: "disable frontend web; disable frontend web",
      answer: "\nAll sockets are already disabled.\n\n",
    },
    { line: "enable dynamic-cookie backend", answer: "A backend name is expected.\n\n" },
    { line: "disable dynamic-cookie backend nope", answer: "No such backend.\n\n" },
    { line: "enable dynamic-cookie backend bk", answer: "\n" },
    { line: "disable dynamic-cookie backend bk", answer: "\n" },
    { line: "set dynamic-cookie-key backend bk", answer: "String value expected.\n\n" },
    { line: "set dynamic-cookie-key backend bk secret", answer: "\n" },
    { line: "enable frontend web", answer: "All sockets are already enabled.\n\n" },
    { line: "shutdown frontend web", answer: "\n" },
    { line: "set maxconn frontend web", answer: "Integer value expected.\n\n" },
    { line: "set maxconn frontend web 10", answer: "\n" },
    { line: "set maxconn global", answer: "Expects an integer value.\n\n" },
    { line: "set maxconn global 5000", answer: "Value out of range.\n\n" },
    { line: "set maxconn global 500", answer: "\n" },
    { line: "set maxconn server bk/s1", answer: "Require <maxconn>.\n\n" },
    { line: "set maxconn server bk/s1 5", answer: "\n" },
    { line: "set maxconn frontend web -1", answer: "Value out of range.\n\n" },
    { line: "set rate-limit connections global 10", answer: "\n" },
    { line: "set rate-limit sessions global 0", answer: "\n" },
    { line: "set rate-limit connections global", answer: "Expects an integer value.\n\n" },
    { line: "set rate-limit connections global x", answer: "Expects an integer value.\n\n" },
    { line: "set rate-limit sessions global -1", answer: "Value out of range.\n\n" },
    { line: "show servers state nope", answer: "Can't find backend.\n\n" },
    { line: "show servers conn nope", answer: "Can't find backend.\n\n" },
    { line: "show backend", answer: "# name\nbk\n\n" },
    { line: "show version", answer: "2.6.12\n\n" },
    { line: "show cli sockets", answer: "# socket lvl processes\nunix@/run/a.sock admin all\n\n" },
    { line: "show info", answer: "Name: HAProxy\nPid: 42\n\n" },
    { line: "show info desc", answer: 'Name: HAProxy:"Product"\nPid: 42:"Process id"\n\n' },
    { line: "show env NO_SUCH_NAME", answer: "Variable not found\n\n" },
    { line: "show errors nope", answer: "No such proxy.\n\n" },
    { line: "show sess", answer: "\n" },
    { line: "shutdown session", answer: "Session pointer expected (use 'show sess').\n\n" },
    { line: "shutdown session 0x7", answer: "No such session (use 'show sess').\n\n" },
    { line: "shutdown sessions server bk/s1", answer: "\n" },
  ])("$line", ({ line, answer }) => {
    expect(testRuntime().run(line)).toBe(answer);
  });
});

describe("what commands do", () => {
  test("set rate-limit changes a rate of the process, and says which it knows", () => {
    const { run, ended } = testRuntime();
    expect(run("set rate-limit ssl-sessions global 7")).toBe("\n");
    expect(ended).toEqual(["ssl-sessions 7"]);
    for (const line of ["set rate-limit", "set rate-limit sessions here 5"]) {
      expect(run(line)).toStartWith("'set rate-limit' only supports :\n");
    }
  });

  test("set server state moves a server through maint, drain and ready", () => {
    const { run, announced } = testRuntime();
    const status = () => run("show stat bk 4 1").split("\n")[1]!.split(",")[17];
    const seen = ["maint", "ready", "drain", "ready"].map((state) => {
      run(`set server bk/s1 state ${state}`);
      return status();
    });
    expect(seen).toEqual(["MAINT", "no check", "DRAIN", "no check"]);
    expect(announced).toHaveLength(4);
  });

  test("set server health takes a server down and up again", () => {
    const { run, backend } = testRuntime();
    run("set server bk/s1 health down");
    expect(backend.servers[0]!.isRunning).toBe(false);
    run("set server bk/s1 health up");
    expect(backend.servers[0]!.isRunning).toBe(true);
  });

  test("clear counters forgets peaks; all counters only for admins", () => {
    const { run, backend, ended } = testRuntime();
    const { state } = backend.servers[0]!;
    state.counters.values[ServerCounter.SESSIONS]! += 5;
    state.sessionsMax.set(9);

    expect(run("clear counters", AccessLevel.OPERATOR)).toBe("\n");
    expect([state.sessionsMax.get(), state.counters.total(ServerCounter.SESSIONS)]).toEqual([0, 5]);
    expect(run("clear counters all", AccessLevel.OPERATOR)).toBe("Permission denied\n\n");
    expect(run("clear counters all")).toBe("\n");
    expect(state.counters.total(ServerCounter.SESSIONS)).toBe(0);
    expect(ended).toEqual(["peaks", "counters"]);
  });

  test("show servers state prints what a state file holds", () => {
    const { run, clock } = testRuntime([{ weight: 7 }, { isChecked: true }, { isDisabled: true }]);
    clock.nowMs = 5500;
    expect(run("show servers state bk").split("\n").slice(2)).toEqual([
      "3 bk 1 s1 127.0.0.1 2 0 7 7 4 1 0 2 0 0 0 0 - 8001 - 0 0 - - 0",
      "3 bk 2 s2 127.0.0.1 2 0 1 1 4 1 0 2 6 0 0 0 - 8002 - 0 0 - - 0",
      "3 bk 3 s3 127.0.0.1 0 5 1 1 4 1 0 0 8 0 0 0 - 8003 - 0 0 - - 0",
      "",
      "",
    ]);
  });

  test("show stat selects by proxy, kind and number, in the form that is asked for", () => {
    const { run } = testRuntime();
    const rows = (line: string) =>
      run(line)
        .trim()
        .split("\n")
        .slice(1)
        .map((row) => row.split(",").slice(0, 2).join("/"));
    expect(rows("show stat")).toEqual([
      "web/FRONTEND",
      "web/sock-1",
      "bk/s1",
      "bk/s2",
      "bk/BACKEND",
    ]);
    expect(rows("show stat -1 4 -1")).toEqual(["bk/s1", "bk/s2"]);
    expect(rows("show stat 3 4 2")).toEqual(["bk/s2"]);
    expect(rows("show stat nope")).toHaveLength(5);
    expect(run("show stat bk 4 1 typed")).toStartWith("S.3.1.0.pxname.1:KNS:str:bk\n");
    expect(run("show stat json")).toStartWith('[[{"objType":"Frontend"');
    expect(run("show stat", AccessLevel.USER)).not.toContain("127.0.0.1:8001");
  });

  test("show stat refuses the statistics of name servers, unless a proxy is called so", () => {
    const { run } = testRuntime();
    const refusal =
      "'show stat resolvers' exists in the reference but is not built yet: it needs resolvers";
    expect(run("show stat resolvers")).toStartWith(refusal);
    expect(run("show stat resolvers dns")).toStartWith(refusal);
    expect(run("show stat domain resolvers")).toStartWith(refusal);
    expect(run("show stat resolvers 1 -1")).toBe("No such proxy.\n\n");
  });

  test("show errors shows what a proxy captured", () => {
    const { run, errors } = testRuntime();
    const bytes = Buffer.from("GET \x01\r\n");
    const proxy = { name: "web", id: 2 };
    const origin = { dateMs: 0, proxy, otherProxy: undefined, server: undefined, client: "c:1" };
    errors.record({ ...origin, kind: "request" }, bytes, 0, 7, 4);
    for (const line of [
      "show errors",
      "show errors web",
      "show errors 2 request",
      "show errors -1",
    ]) {
      expect(run(line)).toContain("frontend web (#2): invalid request\n");
    }
    expect(run("show errors web response")).not.toContain("invalid");
    expect(run("show errors 9")).not.toContain("invalid");
    expect(run("show errors")).toEndWith("  00000  GET \\x01\\r\\n\n\n");
  });

  test("show sess lists streams, and shutdown ends them", () => {
    const { run, streams, ended } = testRuntime();
    const stream = {
      id: 31,
      protocol: "tcpv4",
      client: "127.0.0.1:5",
      frontend: "web",
      backend: "bk",
      server: "",
      serverAddress: "",
      frontendId: 2,
      backendId: 3,
      serverId: -1,
      frontendMode: "http",
      backendMode: "http",
      retries: 1,
      isWaiting: true,
      ageMs: 2500,
    };
    streams.push(stream);
    const line = "0x1f: proto=tcpv4 src=127.0.0.1:5 fe=web be=bk srv=<none> age=2s\n\n";
    expect(run("show sess")).toBe(line);
    expect(run("show sess help")).toBe(line);
    const detail =
      "0x1f: [1969-12-31T23:59:57.500Z] id=31 proto=tcpv4 source=127.0.0.1:5\n" +
      "  conn_retries=1, waiting=1, age=2s\n" +
      "  frontend=web (id=2 mode=http)\n" +
      "  backend=bk (id=3 mode=http)\n" +
      "  server=<NONE> (id=-1)\n\n";
    expect(run("show sess 0x1f")).toBe(detail);
    expect(run("show sess all")).toBe(detail);
    expect(run("show sess 0x2")).toBe("Session not found.\n\n");
    expect(run("shutdown session x")).toBe("Session pointer expected (use 'show sess').\n\n");
    expect(run("shutdown session 0x1f")).toBe("\n");
    run("shutdown sessions server bk/s1");
    expect(ended).toEqual(["stream 31", "bk/s1"]);
  });
});

describe("every command", () => {
  test.each(ALL_COMMANDS.map((command) => [command.name, command] as const))(
    "%s is declared whole",
    (name, { usage, summary, source, level }) => {
      expect(usage).toStartWith(name);
      expect(summary).toMatch(/^[a-z].*[^.]$/);
      expect(source).toContain("section 9");
      expect(["user", "operator", "admin"]).toContain(level);
    },
  );

  test.each(ALL_COMMANDS.filter(({ level }) => level !== "user").map(({ name }) => name))(
    "%s is denied to users",
    (name) => {
      expect(testRuntime().run(name, AccessLevel.USER)).toBe("Permission denied\n\n");
    },
  );
});

test("these tests know every command that the program has", () => {
  expect(ALL_COMMANDS.map(({ name }) => name).sort()).toEqual(
    COMMANDS.map(({ name }) => name).sort(),
  );
});
