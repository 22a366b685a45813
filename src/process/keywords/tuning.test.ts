import { describe, expect, test } from "bun:test";
import { compileText } from "../../proxy/testing.ts";
import { TUNING } from "../process-part.ts";

const judge = (line: string) => compileText(`global\n${line}\n`);
const told = (line: string) => {
  const { errors, warnings } = judge(line);
  return [...errors.map((text) => `error ${text}`), ...warnings.map((text) => `warning ${text}`)];
};

describe("tune.http.cookielen", () => {
  const text = (global: string, size: number, after = "") =>
    `${global}listen l\nmode http\nbind :1\ncapture cookie A len ${size}\n${after}`;
  const warned = (config: string) =>
    compileText(config).warnings.filter((warning) => warning.includes("truncating"));

  test("bounds captured cookies, wherever it stands; 63 unless said", () => {
    expect(warned(text("", 63))).toEqual([]);
    expect(warned(text("", 64))).toEqual([
      "4: truncating capture length to 63 bytes for proxy 'l'.",
    ]);
    expect(warned(text("global\ntune.http.cookielen 5\n", 6))).toEqual([
      "6: truncating capture length to 5 bytes for proxy 'l'.",
    ]);
    expect(warned(text("global\ntune.http.cookielen 500\n", 500))).toEqual([]);
    expect(warned(text("", 500, "global\ntune.http.cookielen 500\n"))).toEqual([]);
  });

  test.each([
    ["tune.http.cookielen", /expects/],
    ["tune.http.cookielen x", /'x'/],
    ["tune.http.cookielen -1", /-1/],
    ["tune.http.cookielen 65537", /65537|65536/],
    ["tune.http.cookielen 5 6", /unexpected argument '6'/],
  ])("%s is refused", (line, wanted) => {
    const [problem, ...others] = told(line);
    expect(problem).toMatch(wanted);
    expect(problem).toStartWith("error 2:");
    expect(others).toEqual([]);
  });
});

describe("tuning of sockets", () => {
  test("reaches listening sockets and connections to servers", () => {
    const { plan, errors } = compileText(
      "global\ntune.rcvbuf.client 4000\ntune.sndbuf.client 5000\ntune.rcvbuf.server 6000\n" +
        "tune.sndbuf.server 7000\nnoreuseport\nlisten l\nbind :1\nserver s 127.0.0.1:1\n",
    );
    expect(errors).toEqual([]);
    const [entry] = plan.proxies;
    const { options } = entry!.frontend!.binds[0]!;
    expect(options.tcp).toMatchObject({ receiveBufferSize: 4000, sendBufferSize: 5000 });
    expect(options.reusesPort).toBe(false);
    const { connectOptions } = plan.engine.route(entry!.proxy.servers!.servers[0]!);
    const wanted = { receiveBufferSize: 6000, sendBufferSize: 7000 };
    expect(connectOptions.extras).toMatchObject(wanted);
  });

  test("bounds buffers, log lines and processors", () => {
    const { plan } = compileText(
      "global\ntune.buffers.limit 50\ntune.http.logurilen 600\ncpu-map 1/all 0 2-3\n",
    );
    expect(plan.limits.buffersMax).toBe(50);
    expect(plan.engine.logLineSizeMax).toBe(600);
    expect(plan.config.global.part(TUNING).processors).toEqual([0, 2, 3]);
    const few = compileText("global\ntune.buffers.limit 1\ncpu-map auto:1/1-4 4-7\ncpu-map 2 9\n");
    expect(few.plan.limits.buffersMax).toBe(8);
    expect(few.plan.config.global.part(TUNING).processors).toEqual([4]);
    expect(compileText("global\n").plan.engine.logLineSizeMax).toBe(1023);
  });

  test.each([
    { line: "tune.rcvbuf.client x", tells: /expects an integer for <bytes>/ },
    { line: "tune.sndbuf.server -1", tells: /must be between/ },
    { line: "tune.maxpollevents", tells: /expects <number>/ },
    { line: "tune.pipesize 5 6", tells: /unexpected argument '6'/ },
    { line: "tune.http.logurilen x", tells: /expects an integer/ },
    { line: "tune.fd.edge-triggered x", tells: /expects 'on' or 'off'/ },
    { line: "tune.comp.maxlevel 10", tells: /must be between 1 and 9/ },
    { line: "noepoll x", tells: /unexpected argument 'x'/ },
    { line: "maxconnrate x", tells: /expects an integer/ },
    { line: "maxsessrate", tells: /expects <number>/ },
    { line: "cpu-map", tells: /expects <\[auto:\]group/ },
    { line: "cpu-map x 0", tells: /'x' is not a valid number\/range/ },
    { line: "cpu-map 1", tells: /followed by a list of CPU ranges/ },
    { line: "cpu-map 1 x", tells: /'x' is not a CPU range/ },
    { line: "cpu-map 1/1/1 0", tells: /is not a valid number\/range/ },
  ])("refuses $line", ({ line, tells }) => {
    const all = told(line);
    expect(all).toHaveLength(1);
    expect(all[0]).toStartWith("error 2: ");
    expect(all[0]).toMatch(tells);
  });

  test.each([
    "noepoll",
    "nopoll",
    "nokqueue",
    "noevports",
    "nogetaddrinfo",
    "busy-polling",
    "numa-cpu-mapping",
    "tune.recv_enough 5",
    "tune.runqueue-depth 5",
    "tune.buffers.reserve 2",
    "tune.chksize 1000",
    "tune.fd.edge-triggered on",
    "tune.listener.multi-queue on",
    "tune.idle-pool.shared on",
    "tune.sched.low-latency on",
    "tune.idletimer 500",
    "maxsslrate 5",
    "tune.comp.maxlevel 5",
  ])("says why %s changes nothing", (line) => {
    const all = told(line);
    expect(all).toHaveLength(1);
    expect(all[0]).toMatch(/^warning 2: '\S+' (changes nothing|has no effect): /);
  });

  test.each([
    "no busy-polling",
    "tune.fd.edge-triggered off",
    "tune.idle-pool.shared off",
    "maxsslrate 0",
  ])("takes %s without a word", (line) => {
    expect(told(line)).toEqual([]);
  });

  test("names what took the place of bind-process", () => {
    expect(told("listen l\nbind :1\nbind-process 1 2-3")[0]).toMatch(
      /^warning 4: 'bind-process' is deprecated/,
    );
    expect(told("listen l\nbind :1\nbind-process x")[0]).toMatch(/^error 4: .*expects 'all'/);
    expect(told("listen l\nbind :1\nbind-process")[0]).toMatch(/^error 4: .*expects 'all'/);
  });
});
