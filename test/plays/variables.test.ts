import { expect, test } from "bun:test";
import { BOTH, eachProgram } from "../support/programs.ts";
import { HTTP_DEFAULTS, onStage, Stage } from "../support/stage.ts";

const ASK = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/** A section that sets variables and tells what they are then. */
function section(port: number, rules: readonly string[], shown: string): string {
  const lines = rules.map((rule) => `  http-request ${rule}\n`).join("");
  return (
    `${HTTP_DEFAULTS}listen l\n  bind 127.0.0.1:${port}\n${lines}` +
    `  http-request return status 200 hdr x-shown "${shown}"\n`
  );
}

/** Which variables there was room for: each limit by the scopes that count in it. */
const LIMITS: readonly {
  limit: string;
  rules: readonly string[];
  shown: string;
  wanted: string;
}[] = [
  {
    limit: "tune.vars.txn-max-size 159",
    rules: ["set-var(txn.a) int(1)", "set-var(txn.b) int(2)"],
    shown: "<%[var(txn.a)]%[var(txn.b)]>",
    wanted: "<1>",
  },
  {
    limit: "tune.vars.txn-max-size 160",
    rules: ["set-var(txn.a) int(1)", "set-var(txn.b) int(2)"],
    shown: "<%[var(txn.a)]%[var(txn.b)]>",
    wanted: "<12>",
  },
  {
    limit: "tune.vars.txn-max-size 90",
    rules: ["set-var(txn.a) str(0123456789)"],
    shown: "<%[var(txn.a)]>",
    wanted: "<0123456789>",
  },
  {
    limit: "tune.vars.sess-max-size 100",
    rules: ["set-var(txn.a) int(1)", "set-var(sess.b) int(2)"],
    shown: "<%[var(txn.a)]%[var(sess.b)]>",
    wanted: "<1>",
  },
  {
    limit: "tune.vars.txn-max-size 100",
    rules: ["set-var(req.a) int(1)", "set-var(txn.b) int(2)"],
    shown: "<%[var(req.a)]%[var(txn.b)]>",
    wanted: "<1>",
  },
  {
    limit: "tune.vars.reqres-max-size 100",
    rules: ["set-var(txn.a) int(1)", "set-var(req.b) int(2)", "set-var(req.c) int(3)"],
    shown: "<%[var(txn.a)]%[var(req.b)]%[var(req.c)]>",
    wanted: "<12>",
  },
  {
    limit: "tune.vars.proc-max-size 100",
    rules: ["set-var(sess.a) int(1)", "set-var(req.b) int(2)"],
    shown: "<%[var(sess.a)]%[var(req.b)]>",
    wanted: "<1>",
  },
  {
    limit: "tune.vars.global-max-size 100",
    rules: ["set-var(proc.a) int(1)", "set-var(req.b) int(2)"],
    shown: "<%[var(proc.a)]%[var(req.b)]>",
    wanted: "<1>",
  },
  {
    limit: "tune.vars.txn-max-size 170",
    rules: [
      "set-var(txn.a) str(0123456789)",
      "unset-var(txn.a)",
      "set-var(txn.b) str(0123456789)",
      "set-var(txn.c) int(1)",
    ],
    shown: "<%[var(txn.b)]%[var(txn.c)]>",
    wanted: "<01234567891>",
  },
];

eachProgram("variables", (program) => {
  for (const { limit, rules, shown, wanted } of LIMITS) {
    test(
      `${limit}: after ${rules.join(", ")}`,
      onStage(program, async (stage) => {
        const port = stage.port();
        await stage.start(`global\n  ${limit}\n${section(port, rules, shown)}`);
        const client = await stage.client(port);
        // Each stream gives back what it took; the connection keeps its own.
        for (let turn = 0; turn < 3; turn++) {
          client.send(ASK);
          expect(await client.head()).toContain(`x-shown: ${wanted}`);
        }
        const other = await stage.client(port);
        client.close();
        await other.expectSilence();
        other.send(ASK);
        expect(await other.head()).toContain(`x-shown: ${wanted}`);
      }),
    );
  }

  test(
    "the global section sets variables of the process, in its order",
    onStage(program, async (stage) => {
      const port = stage.port();
      const proxy = await stage.start(
        `global\n  set-var proc.one int(1)\n  set-var proc.two int(40),add(proc.one)\n` +
          `  set-var-fmt proc.text "a %[var(proc.two)] b"\n  set-var proc.none var(proc.nothing)\n` +
          section(port, [], "%[var(proc.two)] %[var(proc.text)]"),
      );
      const client = await stage.client(port);
      client.send(ASK);
      expect(await client.head()).toContain("x-shown: 41 a 41 b");
      expect(await proxy.command("get var proc.two")).toBe("proc.two: type=sint value=<41>\n");
      expect(await proxy.command("get var proc.text")).toBe("proc.text: type=str value=<a 41 b>\n");
      expect(await proxy.command("get var proc.none")).toBe("Variable not found.\n\n");
      expect(await proxy.command("get var txn.x")).toBe("Variable not found.\n\n");
    }),
  );

  test(
    "types of variables are told",
    onStage(program, async (stage) => {
      const port = stage.port();
      const proxy = await stage.start(
        "global\n  set-var proc.b bool(1)\n  set-var proc.ip ipv4(192.0.2.1)\n" +
          `  set-var proc.ip6 ipv6(::1)\n  set-var proc.m meth(GET)\n${section(port, [], "x")}`,
      );
      for (const [name, told] of [
        ["b", "type=bool value=<1>"],
        ["ip", "type=ipv4 value=<192.0.2.1>"],
        ["ip6", "type=ipv6 value=<::1>"],
        ["m", "type=meth value=<GET>"],
      ] as const) {
        expect(await proxy.command(`get var proc.${name}`)).toBe(`proc.${name}: ${told}\n`);
      }
    }),
  );

  test(
    "the runtime API sets variables of the process in experimental mode",
    onStage(program, async (stage) => {
      const port = stage.port();
      const proxy = await stage.start(
        `global\n  set-var proc.a int(1)\n${section(port, [], "%[var(proc.a)] %[var(proc.new)]")}`,
      );
      expect(await proxy.command("set var proc.a int(2)")).toBe(
        "This command is restricted to experimental mode only.\n\n",
      );
      const trying = (line: string) => proxy.command(`experimental-mode on; ${line}`);
      expect(await trying("set var proc.a int(2); get var proc.a")).toBe(
        "\n\nproc.a: type=sint value=<2>\n",
      );
      expect(await trying("set var proc.new fmt a\\ %[var(proc.a)]")).toBe("\n\n");
      expect(await trying("set var txn.a int(2)")).toBe(
        "\n'set var': cannot set variable 'txn.a', only scope 'proc' is permitted here.\n",
      );
      expect(await trying("set var proc.a int(1) x")).toBe(
        "\n'set var': arg type must be either 'expr' or 'fmt' but got 'int(1)'.\n",
      );
      expect(await trying("set var proc.a nofetch")).toContain("unknown fetch method 'nofetch'");
      expect(await trying("operator; experimental-mode")).toBe("\n\nPermission denied\n\n");
      const client = await stage.client(port);
      client.send(ASK);
      expect(await client.head()).toContain("x-shown: 2 a 2");
    }),
  );
});

test("every wrong line about variables is told, and limits that cannot be reached", async () => {
  const stage = new Stage(BOTH.sluice);
  try {
    const wrong = [
      ["set-var", "requires a process-wide variable name ('proc.<name>') and a sample expression"],
      ["set-var proc.x", "requires a process-wide variable name"],
      ["set-var-fmt proc.x", "and a format string"],
      ["set-var proc.x int(1) y", "expects nothing behind the value, but found 'y'"],
      ["tune.vars.txn-max-size", "expects <size> as argument"],
      ["tune.vars.txn-max-size x", "expects a size for <size>, but got 'x'"],
    ] as const;
    const unread = await stage.run([
      ...["-c", "-f"],
      stage.file("wrong", `global\n${wrong.map(([line]) => `  ${line}\n`).join("")}`),
    ]);
    for (const [index, [line, told]] of wrong.entries()) {
      const at = unread.stderr.indexOf(`wrong:${index + 2}]`);
      expect(`${line}: ${unread.stderr.slice(at, at + 300)}`).toContain(told);
    }
    const uncompiled = [
      ["set-var txn.x int(1)", "only scope 'proc' is permitted in the global section"],
      ["set-var x int(1)", "invalid variable name 'x'"],
      ["set-var proc.x nofetch", "unknown fetch method 'nofetch'"],
      ["set-var proc.x int(1),nosuch", "unknown converter 'nosuch'"],
      ["set-var proc.x src", "the sample fetch 'src' needs the client's connection"],
      ["set-var-fmt proc.x %[src]", "the sample fetch 'src' needs the client's connection"],
      ["tune.vars.sess-max-size 100\n  tune.vars.txn-max-size 200", "no more than 100 can be used"],
      [
        "tune.vars.proc-max-size 50\n  set-var proc.x int(1)",
        "there is no room for variable 'proc.x'",
      ],
    ] as const;
    for (const [line, told] of uncompiled) {
      const { stderr } = await stage.run([
        ...["-c", "-f"],
        stage.file("cfg", `global\n  ${line}\n${section(stage.port(), [], "x")}`),
      ]);
      expect(`${line}: ${stderr}`).toContain(told);
    }
  } finally {
    await stage.close();
  }
});
