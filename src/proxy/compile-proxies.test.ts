import { afterEach, describe, expect, test } from "bun:test";
import { Severity } from "../config/diagnostic.ts";
import { Diagnostics } from "../config/diagnostics.ts";
import { readText } from "../config/testing.ts";
import { type CommandLine, parseCommandLine } from "../process/command-line.ts";
import { compile, type Plan } from "../process/compile.ts";
import { Messages } from "../process/messages.ts";
import { LANGUAGE } from "../process/registry.ts";
import { descriptorCount } from "../sys/testing.ts";
import { ConnectionMode, Reuse, Splicing } from "./proxy-options.ts";

const TIMEOUTS = "timeout client 1s\ntimeout connect 1s\ntimeout server 1s\n";

let plans: Plan[] = [];

afterEach(() => {
  for (const plan of plans) plan.engine.loop.close();
  plans = [];
});

/** Compiles a text; gives the plan and what is wrong with it, by level. */
function compiled(text: string) {
  const { draft, diagnostics: read } = readText(text, {}, LANGUAGE);
  const diagnostics = new Diagnostics();
  const commandLine = parseCommandLine(["-f", "none"]) as CommandLine;
  const messages = new Messages(1, "v", "p");
  messages.isQuiet = true;
  const plan = compile(draft, { commandLine, diagnostics, messages });
  plans.push(plan);
  const texts = (wanted: Severity) =>
    [...read.list, ...diagnostics.list]
      .filter(({ severity, at }) => severity === wanted && at !== undefined)
      .map(({ message, at }) => `${at!.line}: ${message}`);
  return { plan, errors: texts(Severity.ALERT), warnings: texts(Severity.WARNING) };
}

function proxyOf(plan: Plan, name: string) {
  return plan.proxies.find(({ proxy }) => proxy.name === name)!;
}

describe("compileProxies() refuses", () => {
  test.each([
    {
      text: `frontend f\nmode http\nbind :1\ndefault_backend none\n${TIMEOUTS}`,
      errors: ["4: frontend 'f': unable to find required default_backend: 'none'"],
      because: "no section has that name",
    },
    {
      text: `listen l\nmode http\nbind :1\nuse_backend none\n${TIMEOUTS}`,
      errors: ["4: proxy 'l': unable to find required use_backend: 'none'"],
      because: "no section has that name",
    },
    {
      text: `frontend f\nmode http\nbind :1\ndefault_backend g\n${TIMEOUTS}frontend g\nmode http\nbind :2\n${TIMEOUTS}`,
      errors: ["4: frontend 'f': unable to find required default_backend: 'g'"],
      because: "a frontend has no servers",
    },
    {
      text: `frontend f\nmode http\nbind :1\ndefault_backend b\n${TIMEOUTS}backend b\nmode tcp\n${TIMEOUTS}`,
      errors: [
        "4: default_backend 'b': frontend 'f' is in http mode, and the backend is in tcp mode",
      ],
      because: "the modes differ",
    },
    {
      text: `frontend f\nmode http\nbind :1\nbind nonsense\n${TIMEOUTS}`,
      errors: [/^4: 'bind' : /],
      because: "an address is none",
    },
    {
      text: `frontend f\nmode http\nbind :1\nuse_backend a\ndefault_backend b\n${TIMEOUTS}`,
      errors: [/required default_backend: 'b'/, /required use_backend: 'a'/],
      because: "all errors are told at once",
    },
  ])("$because", ({ text, errors }) => {
    const told = compiled(text).errors;
    expect(told).toHaveLength(errors.length);
    for (const [index, wanted] of errors.entries()) {
      if (typeof wanted === "string") expect(told[index]).toBe(wanted);
      else expect(told[index]).toMatch(wanted);
    }
  });
});

describe("compileProxies()", () => {
  test("warns of timeouts that are missing, once a section", () => {
    const { warnings } = compiled(
      "frontend f\nmode http\nbind :1\ndefault_backend b\nbackend b\nmode http\nserver s 127.0.0.1:1\n",
    );
    expect(warnings).toEqual([
      expect.stringMatching(/^1: missing timeouts for frontend 'f'/),
      expect.stringMatching(/^5: missing timeouts for backend 'b'/),
    ]);
  });

  test("links what a section names: use_backend before default_backend, a listen to itself", () => {
    const { plan, errors } = compiled(
      `defaults\nmode http\n${TIMEOUTS}` +
        "listen l\nbind :1\n" +
        "frontend f\nbind :2\nuse_backend a\ndefault_backend b\n" +
        "frontend g\nbind :3\ndefault_backend b\n" +
        "frontend h\nbind :4\n" +
        "listen m\nbind :5\ndefault_backend b\n" +
        "backend a\nbackend b\n",
    );
    expect(errors).toEqual([]);
    const chosen = ["l", "f", "g", "h", "m"].map(
      (name) => proxyOf(plan, name).proxy.chooseBackend(null)?.name ?? null,
    );
    expect(chosen).toEqual(["l", "a", "b", null, "b"]);
  });

  test("leaves disabled sections out, and numbers all others as they stand", () => {
    const { plan } = compiled(
      `defaults\nmode http\n${TIMEOUTS}backend a\ndisabled\nbackend b\nbackend c\nid 9\n`,
    );
    expect(plan.proxies.map(({ proxy }) => [proxy.name, proxy.id])).toEqual([
      ["b", 3],
      ["c", 9],
    ]);
  });

  test("makes a listener of each address and port, binding none", () => {
    const before = descriptorCount();
    const { plan } = compiled(
      `frontend f\nmode http\nmaxconn 50\n${TIMEOUTS}bind 127.0.0.1:7001-7003,:7005 name x maxconn 5\nbind unix@/tmp/none.sock\n`,
    );
    const { binds, gate } = proxyOf(plan, "f").frontend!;
    expect(binds.map(({ bind }) => [bind.id, bind.name, bind.connectionsMax])).toEqual([
      [1, "x", 5],
      [2, "x", 5],
      [3, "x", 5],
      [4, "x", 5],
      [5, "sock-5", 0],
    ]);
    expect(binds.map(({ options }) => options.backlog)).toEqual([5, 5, 5, 5, 50]);
    expect(gate.listenerCount).toBe(0);
    // The loop's own one.
    expect(descriptorCount()).toBe(before + 1);
  });

  test("tells why an address cannot be bound, and where it stands", () => {
    const { plan } = compiled(
      `listen l\nmode http\n${TIMEOUTS}bind 192.0.2.1:80\nbind abns@sluice-test-${process.pid}\n`,
    );
    const diagnostics = new Diagnostics();
    const { frontend } = proxyOf(plan, "l");
    frontend!.bind(diagnostics, () => {}, 4);
    expect(diagnostics.list.map(({ message, at }) => [at?.line, message])).toEqual([
      [
        6,
        "Starting proxy l: cannot bind socket (Cannot assign requested address) for [192.0.2.1:80]",
      ],
    ]);
    expect(frontend!.gate.listenerCount).toBe(1);
    frontend!.gate.shutdown();
  });
});

describe("keywords of a proxy", () => {
  const options = (text: string) => proxyOf(compiled(text).plan, "p").proxy.options;
  const section = (lines: string, defaults = "") =>
    `defaults\nmode http\n${TIMEOUTS}${defaults}\nlisten p\nbind :1\n${lines}\n`;

  test.each([
    { lines: "", defaults: "", wanted: {}, because: "nothing was said" },
    {
      lines: "option abortonclose\noption http-ignore-probes\noption persist",
      defaults: "",
      wanted: { abortsOnClose: true, ignoresProbes: true, persists: true },
      because: "flags",
    },
    {
      lines: "no option abortonclose",
      defaults: "option abortonclose",
      wanted: { abortsOnClose: false },
      because: "no undoes what defaults say",
    },
    {
      lines: "",
      defaults: "option abortonclose\nretries 7",
      wanted: { abortsOnClose: true, retries: 7 },
      because: "defaults are inherited",
    },
    {
      lines: "option httpclose",
      defaults: "",
      wanted: { connectionMode: ConnectionMode.CLOSE, closesClient: true, closesServer: true },
      because: "both sides close",
    },
    {
      lines: "option http-server-close",
      defaults: "option httpclose",
      wanted: {
        connectionMode: ConnectionMode.SERVER_CLOSE,
        closesClient: false,
        closesServer: true,
      },
      because: "the section's own mode counts",
    },
    {
      lines: "no option httpclose",
      defaults: "option http-server-close",
      wanted: { connectionMode: ConnectionMode.SERVER_CLOSE, closesServer: true },
      because: "no undoes only its own mode",
    },
    { lines: "option redispatch", defaults: "", wanted: { redispatch: -1 }, because: "the last" },
    { lines: "option redispatch 2", defaults: "", wanted: { redispatch: 2 }, because: "each n-th" },
    {
      lines: "no option redispatch",
      defaults: "option redispatch",
      wanted: { redispatch: 0 },
      because: "never",
    },
    { lines: "redispatch", defaults: "", wanted: { redispatch: -1 }, because: "the old spelling" },
    {
      lines: "no option splice-auto",
      defaults: "",
      wanted: { splicesRequests: Splicing.OFF, splicesResponses: Splicing.OFF },
      because: "both directions",
    },
    {
      lines: "maxconn 77\nbacklog 5",
      defaults: "",
      wanted: { connectionsMax: 77, backlog: 5 },
      because: "limits",
    },
  ])("say how streams are treated: $because", ({ lines, defaults, wanted }) => {
    const plain = {
      isHttp: true,
      abortsOnClose: false,
      ignoresProbes: false,
      connectionMode: ConnectionMode.KEEP_ALIVE,
      closesClient: false,
      closesServer: false,
      redispatch: 0,
      retries: 3,
      splicesRequests: Splicing.UNSAID,
      splicesResponses: Splicing.UNSAID,
      connectionsMax: 0,
      reuse: Reuse.SAFE,
      persists: false,
    };
    expect(options(section(lines, defaults))).toMatchObject({ ...plain, ...wanted });
  });

  test.each([
    { kind: "backend", line: "default_backend x", warns: true },
    { kind: "backend", line: "maxconn 5", warns: true },
    { kind: "backend", line: "option http-ignore-probes", warns: true },
    { kind: "frontend", line: "retries 2", warns: true },
    { kind: "frontend", line: "option redispatch", warns: true },
    { kind: "frontend", line: "option http-ignore-probes", warns: false },
    { kind: "backend", line: "retries 2", warns: false },
    { kind: "listen", line: "retries 2", warns: false },
  ])("in a $kind, '$line' is ignored with a warning: $warns", ({ kind, line, warns }) => {
    const bind = kind === "backend" ? "" : "bind :1\n";
    const { warnings, errors } = compiled(
      `defaults\nmode http\n${TIMEOUTS}\n${kind} p\n${bind}${line}\n`,
    );
    expect(errors).toEqual([]);
    expect(warnings.some((text) => text.includes("ignored because"))).toBe(warns);
  });

  test.each([
    { line: "mode odd", message: /'odd'|odd/ },
    { line: "retries -1", message: /retries/ },
    { line: "maxconn many", message: /maxconn/ },
    { line: "default_backend", message: /default_backend/ },
    { line: "option redispatch -200", message: /redispatch/ },
    { line: "mode health", message: /'mode health' doesn't exist anymore/ },
    { line: "appsession ID len 52 timeout 3h", message: /'appsession' is not supported anymore/ },
    { line: "monitor-uri", message: /'monitor-uri' expects <uri>/ },
    { line: "unique-id-header a:b", message: /'a:b' is no name of a header field/ },
    { line: "unique-id-format", message: /'unique-id-format' expects <string>/ },
    { line: "server s 127.0.0.1:1 redir", message: /'redir' expects <prefix>/ },
    { line: 'server s 127.0.0.1:1 redir "http://a b"', message: /blank or a control character/ },
  ])("refuse '$line'", ({ line, message }) => {
    const { diagnostics } = readText(section(line), {}, LANGUAGE);
    const told = diagnostics.list.filter(({ at }) => at !== undefined);
    expect(told.map(({ severity }) => severity)).toEqual([Severity.ALERT]);
    expect(told[0]!.message).toMatch(message);
  });

  test.each([
    {
      line: "server s 127.0.0.1:1 cookie a",
      said: "ignoring cookie for server 's'",
      isError: false,
    },
    {
      line: "server s 127.0.0.1:1 redir http://a",
      said: "server cannot have cookie or redirect",
      isError: true,
    },
    { line: "monitor-uri /a", said: "monitor-uri will be ignored", isError: false },
    { line: "balance hash nope", said: "unknown fetch method 'nope'", isError: true },
    { line: "balance hash src,nope", said: "unknown converter 'nope'", isError: true },
    { line: "balance hash status", said: "which 'balance hash' does not have", isError: true },
    { line: "balance hash", said: "'balance hash' expects <expression>", isError: true },
    { line: "balance hash src more", said: "unexpected argument 'more'", isError: true },
    { line: "unique-id-format %ci", said: "unique-id-format will be ignored", isError: false },
    { line: "unique-id-header X", said: "'unique-id-header' has no effect", isError: false },
    {
      line: "persist rdp-cookie\nmode http",
      said: "persist rdp-cookie will be ignored",
      isError: false,
    },
    { line: "capture cookie A len 9", said: "'capture' statement ignored", isError: false },
  ])("in TCP mode '$line' says: $said", ({ line, said, isError }) => {
    const { warnings, errors } = compiled(
      `defaults\nmode tcp\n${TIMEOUTS}\nlisten p\nbind :1\n${line}\n`,
    );
    expect((isError ? errors : warnings).join("\n")).toContain(said);
    expect(isError ? warnings : errors).toEqual([]);
  });
});
