import { afterAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Explanation, RulesStep } from "../explain/explanation.ts";
import { COLOURS, PLAIN } from "../explain/palette.ts";
import { print } from "../explain/print.ts";
import { Acl } from "../policy/acl.ts";
import { Condition } from "../policy/condition.ts";
import { compileText } from "../proxy/testing.ts";
import { explainCommand } from "./explain-command.ts";
import { Heard, Workshop } from "./testing.ts";

const ROOT = join(import.meta.dir, "../..");
const EXAMPLE = join(ROOT, "examples/explain.cfg");
const workshop = new Workshop();
afterAll(() => workshop.remove());

/** The command within this process: a start of its own for each question takes its time. */
function run(words: readonly string[]) {
  const heard = new Heard();
  const status = explainCommand(words, heard, "sluice");
  return { status, out: heard.out, err: heard.err };
}

function ask(words: readonly string[]): Explanation {
  const outcome = run(["-f", EXAMPLE, "--json", ...words]);
  expect(outcome).toMatchObject({ status: 0, err: "" });
  return JSON.parse(outcome.out) as Explanation;
}

/** Lines of the log have a date. */
function undated(text: string): string {
  return text.replace(/\[\d\d\/[A-Z][a-z]{2}\/\d{4}:[\d:.]+\]/g, "[date]");
}

describe("sluice explain", () => {
  test("prints what the guide shows", async () => {
    const guide = readFileSync(join(ROOT, "docs/guide/explain.md"), "utf8");
    const shown = /```text\n(.*?)```/s.exec(guide)![1]!;
    const child = Bun.spawn(
      [
        ...[join(ROOT, "bin/sluice"), "explain", "-f", "examples/explain.cfg"],
        ...["--request", "/api/cart?id=7", "-H", "Host: shop.example"],
      ],
      { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] },
    );
    const printed = await child.stdout.text();

    expect(undated(printed)).toBe(undated(shown));
  });

  test("has one shape for programs", () => {
    const told = ask(["--request", "/api/cart?id=7", "--value", "be_conn(api)=3"]);

    expect(Object.keys(told)).toEqual([
      ...["version", "client", "frontend", "steps", "sent", "response", "answer"],
      ...["log", "verdict", "notes"],
    ]);
    expect(told.verdict).toEqual({
      by: "server",
      reason: "",
      status: 200,
      backend: "api",
      server: "api1",
      keepsAlive: true,
    });
    expect(told.steps.map(({ kind }) => kind as string)).toEqual([
      ...["rules", "backend", "rules", "server", "rules"],
    ]);
    expect(told.steps[1]).toEqual({
      kind: "backend",
      name: "api",
      reason: expect.stringMatching(/^use_backend, line \d+$/),
      place: { file: EXAMPLE, line: expect.any(Number) },
      choices: [
        {
          place: { file: EXAMPLE, line: expect.any(Number) },
          text: "use_backend busy if is_api { be_conn(api) ge 100 }",
          condition: {
            text: "if is_api { be_conn(api) ge 100 }",
            answer: "no",
            terms: [
              expect.objectContaining({ text: "is_api", answer: "yes", decides: false }),
              {
                text: "{ be_conn(api) ge 100 }",
                group: 0,
                isNegated: false,
                answer: "no",
                decides: true,
                tests: [
                  {
                    text: "be_conn(api) ge 100",
                    place: { file: EXAMPLE, line: expect.any(Number) },
                    answer: "no",
                    values: [
                      {
                        text: "be_conn(api)",
                        steps: [
                          {
                            text: "be_conn(api)",
                            value: { type: "integer", text: "3" },
                            origin: "given",
                          },
                        ],
                      },
                    ],
                  },
                ],
              },
            ],
          },
          outcome: "skipped",
          name: null,
        },
        expect.objectContaining({ outcome: "chosen" }),
        expect.objectContaining({ outcome: "unreached", condition: null }),
      ],
    });
    expect(told.sent).toEqual({ text: "GET /cart?id=7 HTTP/1.1\r\nx-cart: 7\r\n\r\n" });
    expect(told.answer?.text).toContain("x-served-by: api1\r\n");
    expect(told.response).toEqual({
      text: "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
      isAssumed: true,
    });
  });

  test.each([
    {
      words: ["--value", "be_conn(api)=100"],
      backend: "busy",
      server: null,
      because: "it is full",
    },
    {
      words: ["--server", "api/api1=down"],
      backend: "api",
      server: "api2",
      because: "one is down",
    },
    {
      words: ["--server", "api/api1=connections=1"],
      backend: "api",
      server: "api2",
      because: "one is busier",
    },
    {
      words: ["--server", "api/api2=maint,weight=5", "--server", "api/api1=drain"],
      backend: "api",
      server: null,
      because: "none is left",
    },
  ])("takes $words for granted: $because", ({ words, backend, server }) => {
    const { verdict } = ask(["--request", "/api/", ...words]);

    expect(verdict).toMatchObject({ backend, server });
  });

  test.each([
    { words: [], err: /^sluice explain: no configuration is given: add -f FILE\n/ },
    { words: ["-f", EXAMPLE, "--bogus"], err: /there is no option "--bogus"\nSee: / },
    {
      words: ["-f", "/none", "--request", "/"],
      err: /Cannot open configuration file\/directory \/none/,
    },
    {
      words: ["-f", workshop.write("bad.cfg", "frontend f\n  bimd :1\n"), "--request", "/"],
      err: /bad\.cfg:2\] : unknown keyword 'bimd'/,
    },
    {
      words: ["-f", EXAMPLE, "--request", "/", "--frontend", "shopp"],
      err: /no frontend is called "shopp": shop \(127\.0\.0\.1:8080\)/,
    },
    {
      words: ["-f", EXAMPLE, "--request", "/", "--dst", "127.0.0.1:81"],
      err: /nothing listens on 127\.0\.0\.1:81, only on 127\.0\.0\.1:8080/,
    },
    {
      words: ["-f", EXAMPLE, "--payload", "x"],
      err: /frontend "shop" speaks HTTP: give --request/,
    },
    {
      words: ["-f", EXAMPLE, "--request", "/", "--server", "app/app9=up", "--server", "ap/x=up"],
      err: /app9: backend "app" has no such server, only app1, app2\n.*no backend is called "ap", only api, static, app, busy/,
    },
    {
      words: ["-f", EXAMPLE, "--request", "/", "--value", "be_conn(api)=many"],
      err: /--value be_conn\(api\)=many: expects a whole number/,
    },
    { words: ["-C", "/none", "-f", "x", "--request", "/"], err: /cannot change to the directory/ },
  ])("refuses $words", ({ words, err }) => {
    const outcome = run(words);

    expect(outcome.err).toMatch(err);
    expect(outcome).toMatchObject({ status: 1, out: "" });
  });

  test("tells errors of the configuration as -c does, and fails", async () => {
    const bad = workshop.write("worse.cfg", "frontend f\n  bimd :1\n");
    const checked = await workshop.run(["-c", "-f", bad]);
    const asked = await workshop.run(["explain", "-f", bad, "--request", "/"]);
    const withoutPid = (text: string) => text.replace(/\(\d+\)/g, "(pid)");

    expect(withoutPid(asked.err)).toBe(withoutPid(checked.err));
    expect(asked).toMatchObject({ status: 1, out: "" });
  });

  test("reads files whatever their names begin with, as the program does behind --", () => {
    const outcome = run(["-f", "-nowhere.cfg", "--request", "/"]);
    expect(outcome.err).toContain("-nowhere.cfg");
    expect(outcome).toMatchObject({ status: 1, out: "" });
  });

  const VARIED = workshop.write(
    "varied.cfg",
    `defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 1s
frontend f
  bind 127.0.0.1:8080
  monitor-uri /monitor
  acl several path /one
  acl several path_beg /two
  http-request tarpit if { path /tar }
  http-request deny if { path /deny }
  http-request set-var(txn.b) str(x) if { var(txn.a) -m found }
  http-request set-header X %[req.hdr(a),lower,length] if several or { req.hdr(a) -m found }
  http-request set-log-level silent if { path /quiet }
  use_backend none if { path /none }
  use_backend stats if { path_beg /stats }
  use_backend moved if { path /moved }
  use_backend missing-%[path] if { path /dynamic }
  http-response deny if { res.hdr(no) -m found }
  default_backend b
backend b
  server s 127.0.0.1:1
backend none
backend stats
  stats uri /stats
backend moved
  server s 127.0.0.1:1 redir http://a
listen raw
  mode tcp
  bind 127.0.0.1:8081
  tcp-request content reject if { src 10.0.0.0/8 }
  tcp-response inspect-delay 1s
  tcp-response content reject if { res.payload(0,3) -m str bad }
  server s 127.0.0.1:1
`,
  );

  function explained(words: readonly string[]): Explanation {
    const outcome = run(["-f", VARIED, "--frontend", "f", "--json", ...words]);
    expect(outcome).toMatchObject({ status: 0 });
    return JSON.parse(outcome.out) as Explanation;
  }

  test.each([
    { words: ["--request", "/monitor"], by: "proxy", reason: "monitor-uri" },
    { words: ["--request", "/tar"], by: "proxy", reason: "the rule at line 11" },
    { words: ["--request", "/none"], by: "proxy", reason: "the backend has no server" },
    { words: ["--request", "/stats"], by: "proxy", reason: "the statistics page" },
    { words: ["--request", "/moved"], by: "proxy", reason: "redir of server moved/s" },
    { words: ["--request", "GET /a b HTTP/1.1"], by: "proxy", reason: "the request is malformed" },
    {
      words: ["--request", "/", "--response", "200", "--response-header", "no: x"],
      by: "proxy",
      reason: "the rule at line 20",
    },
    {
      words: ["--request", "/", "--response", "rubbish"],
      by: "proxy",
      reason: "the response is refused",
    },
    { words: ["--request", "/"], by: "server", reason: "" },
    {
      words: ["--frontend", "raw", "--payload", "x", "--src", "10.0.0.1"],
      by: "nobody",
      reason: "the rule at line 32",
    },
    {
      words: ["--frontend", "raw", "--payload", "x", "--response", "bad"],
      by: "nobody",
      reason: "the rule at line 34",
    },
    {
      words: ["--frontend", "raw", "--payload", "x", "--response", "good"],
      by: "server",
      reason: "",
    },
  ])("says why $words is answered by $by: $reason", ({ words, by, reason }) => {
    expect(explained(words).verdict).toMatchObject({ by, reason });
  });

  test("tells waits, values, changes and names that nobody has", () => {
    const { steps: waits } = explained(["--request", "/tar"]);
    expect(waits).toContainEqual({ kind: "wait", ms: 1000 });

    const { steps } = explained(["--request", "/two", "-H", "a: Bcd", "--set-var", "txn.a=1"]);
    const [rules] = steps;
    expect(rules).toMatchObject({
      kind: "rules",
      rules: [
        {},
        {},
        { outcome: "applied", effects: ['txn.b = "x"'] },
        {
          outcome: "applied",
          effects: ["+ x: 3"],
          condition: {
            terms: [
              { text: "several", tests: [{ answer: "no" }, { answer: "yes" }], decides: true },
            ],
          },
          values: [
            {
              text: "req.hdr(a),lower,length",
              steps: [
                { text: "req.hdr(a)", value: { type: "string", text: "Bcd" } },
                { text: "lower", value: { type: "string", text: "bcd" } },
                { text: "length", value: { type: "integer", text: "3" } },
              ],
            },
          ],
        },
        { outcome: "skipped" },
      ],
      unreached: 0,
    });

    const dynamic = explained(["--request", "/dynamic"]).steps.find(
      ({ kind }) => kind === "backend",
    );
    expect(dynamic).toMatchObject({
      name: "b",
      choices: [{}, {}, {}, { outcome: "passed", name: "missing-/dynamic" }],
    });
  });

  test("leads through SOCKS proxies, and lets protocols change", () => {
    const path = workshop.write(
      "ways.cfg",
      `defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 1s
listen f
  bind 127.0.0.1:8080
  use-server plain if { path /plain }
  server socks 127.0.0.1:1 socks4 127.0.0.1:1080
  server plain 127.0.0.1:2 send-proxy-v2
`,
    );
    const through = JSON.parse(run(["-f", path, "--json", "--request", "/"]).out) as Explanation;
    expect(through.sent).toEqual({ text: "GET / HTTP/1.1\r\n\r\n" });
    expect(through.steps.at(-1)).toMatchObject({
      attempts: [{ server: "socks", address: "127.0.0.1:1 by way of 127.0.0.1:1080" }],
    });

    const upgrade = ["--request", "/plain", "-H", "Upgrade: x", "-H", "Connection: upgrade"];
    const response = ["--response", "101", "--response-header", "Upgrade: x"];
    const connection = ["--response-header", "Connection: upgrade"];
    const words = ["-f", path, "--json", ...upgrade, ...response, ...connection];
    const changed = JSON.parse(run(words).out) as Explanation;
    expect(changed.verdict).toMatchObject({ by: "server", status: 101, server: "plain" });
    expect(changed.steps.map(({ kind }) => kind as string)).toEqual(["backend", "server"]);
    expect(Buffer.from(changed.sent!.base64!, "base64").toString("latin1")).toContain("GET /plain");
  });

  test("tells that there was more than one request", () => {
    const path = workshop.write("two", "GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n");

    expect(explained(["--request", `@${path}`]).notes).toEqual([
      expect.stringContaining("There is more than one request"),
    ]);
  });

  test("tells each of several values, and that there is none only where there is no other", () => {
    const path = workshop.write(
      "several.cfg",
      `defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 1s
frontend f
  bind 127.0.0.1:8080
  http-request deny if { req.hdr(a) z }
  http-request deny if { req.hdr(b) z }
`,
    );
    const words = ["-f", path, "--json", "--request", "/", "-H", "a: x, y"];
    const [rules] = (JSON.parse(run(words).out) as Explanation).steps;
    const shown = (rules as RulesStep).rules.map(({ condition }) =>
      condition!.terms[0]!.tests[0]!.values.map(({ steps }) => steps[0]!.value?.text ?? null),
    );

    expect(shown).toEqual([["x", "y"], [null]]);
  });

  test("counts the rules that were not reached", () => {
    expect(explained(["--request", "/deny"]).steps[0]).toMatchObject({ unreached: 3 });
  });

  test("tells a value that no expression reads", () => {
    const { notes } = explained(["--request", "/", "--value", "src_conn_rate=5"]);

    expect(notes).toEqual(["No expression of the configuration reads src_conn_rate."]);
  });

  test("never lets a message command the terminal", () => {
    const words = ["-f", VARIED, "--frontend", "raw", "--payload", "\x1b[2Jx"];
    const { out } = run(words);

    expect(out).toContain("> \\x1b[2Jx\n");
    expect(out).not.toContain("\x1b");
  });

  test("prints the same with colours and without", () => {
    const told = explained(["--request", "/two", "--value", "x=1"]);
    const coloured = print(told, COLOURS);

    expect(coloured).toContain("\x1b[1m");
    expect(Bun.stripANSI(coloured)).toBe(print(told, PLAIN));
  });

  test("leaves no trace in a configuration that serves", () => {
    const { plan } = compileText(readFileSync(VARIED, "latin1"));
    const { rules } = plan.proxies[0]!.proxy;

    expect(plan.policy.observer).toBeNull();
    for (const { condition } of rules!.httpRequest.rules) {
      expect(Object.getPrototypeOf(condition)).toBe(Condition.prototype);
      for (const { acl } of condition!.groups.flat()) {
        expect(Object.getPrototypeOf(acl)).toBe(Acl.prototype);
      }
    }
  });

  test("explains itself", async () => {
    const outcome = await workshop.run(["explain", "--help"]);

    expect(outcome.out).toMatch(/^Usage : sluice explain -f FILE/);
    expect(outcome).toMatchObject({ status: 0, err: "" });
  });
});
