import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/** A number of `show activity`: of all threads together, where there are several. */
function counterOf(text: string, name: string): number {
  return Number(new RegExp(`^${name}: (\\d+)`, "m").exec(text)?.[1] ?? Number.NaN);
}

eachProgram("what developers may ask", (program) => {
  test(
    "show activity counts turns and connections, and begins anew with clear counters",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, { global: "nbthread 1" });
      server.answerAll(okResponse("x"));
      const before = await proxy.command("show activity");
      expect(before).toMatch(/^thread_id: 1 \(1\.\.1\)\ndate_now: \d+\.\d{6}\n/);
      for (let turn = 0; turn < 3; turn++) {
        const client = await stage.client(port);
        client.send(GET);
        await client.head();
      }
      const after = await proxy.command("show activity");
      for (const name of ["ctxsw", "loops", "poll_io"]) {
        expect(counterOf(after, name)).toBeGreaterThan(counterOf(before, name));
      }
      expect(counterOf(after, "accepted")).toBeGreaterThanOrEqual(
        counterOf(before, "accepted") + 3,
      );
      for (const name of ["avg_loop_us", "pool_fail", "buf_wait", "long_rq", "wake_tasks"]) {
        expect(counterOf(after, name)).toBeGreaterThanOrEqual(0);
      }
      await proxy.command("clear counters");
      const cleared = await proxy.command("show activity");
      expect(counterOf(cleared, "loops")).toBeLessThan(counterOf(after, "loops"));
      expect(counterOf(cleared, "accepted")).toBeLessThan(counterOf(after, "accepted"));
    }),
  );

  test(
    "show fd tells listeners, clients and servers",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, { global: "nbthread 1" });
      const client = await stage.client(port);
      client.send(GET);
      const peer = await server.accept();
      await peer.head();
      const all = await proxy.command("show fd");
      expect(all).toMatch(new RegExp(`^ +\\d+ : st=.* owner=.* fe=fe .*lport=${port}`, "m"));
      expect(all).toMatch(new RegExp(` lport=${port} rport=${client.localPort} `.trimEnd()));
      expect(all).toMatch(/ back=1 .*sv=be\/s1|sv=be\/s1/);
      const fd = /^ +(\d+) : .*lport=/m.exec(all)![1]!;
      const one = await proxy.command(`show fd ${fd}`);
      expect(one.trimEnd().split("\n")).toHaveLength(1);
      expect(one).toMatch(new RegExp(`^ +${fd} : `));
      expect(await proxy.command("show fd 99999")).toBe("\n");
      expect(await proxy.command("user; show fd")).toBe("\nPermission denied\n\n");
    }),
  );

  test(
    "show pools tells what is allocated and used",
    onStage(program, async (stage) => {
      const { proxy } = await startRelay(stage);
      const text = await proxy.command("show pools");
      expect(text).toMatch(/^Dumping pools usage\./);
      expect(text).toMatch(
        /^ {2}- Pool buffer \(16384 bytes\) : \d+ allocated \(\d+ bytes\), \d+ used/m,
      );
      expect(text).toMatch(/^Total: \d+ pools, \d+ bytes allocated, \d+ used/m);
    }),
  );

  test.skipIf(program.isOracle)(
    "nothing is measured unless somebody asks",
    onStage(program, async (stage) => {
      const { proxy } = await startRelay(stage);
      expect(await proxy.command("show profiling status")).toMatch(/^Per-task CPU .*: off /);
    }),
  );

  test(
    "work is measured when that is asked for, and streams know what they took",
    onStage(program, async (stage) => {
      const { port, server, proxy } = await startRelay(stage, {
        global: "nbthread 1\nprofiling.tasks off",
        frontend:
          'log-format "%ci:%cp [%t] %[cpu_calls] %[cpu_ns_tot] %[cpu_ns_avg] %[lat_ns_tot] %[lat_ns_avg]"',
      });
      server.answerAll(okResponse("x"));
      const ask = async () => {
        const client = await stage.client(port);
        client.send(GET);
        await client.head();
        await client.readText(1);
        client.close();
        return (await stage.rawLogLine()).split("] ")[1]!.split(" ").map(Number);
      };
      const [calls, ...measures] = await ask();
      expect(calls).toBeGreaterThanOrEqual(1);
      expect(measures).toEqual([0, 0, 0, 0]);
      expect(await proxy.command("show profiling status")).toMatch(
        /^Per-task CPU profiling {14}: off {11}# set profiling tasks \{on\|auto\|off\}\n/,
      );
      expect(await proxy.command("set profiling tasks on")).toBe("\n");
      expect(await proxy.command("show profiling status")).toMatch(/^Per-task CPU .*: on /);
      const [some, total, average, latency] = await ask();
      expect(some).toBeGreaterThanOrEqual(2);
      expect(total).toBeGreaterThan(0);
      expect(average).toBe(Math.trunc(total! / some!));
      expect(latency).toBeGreaterThan(0);
      const rows = (await proxy.command("show profiling tasks")).split("\n");
      expect(rows[0]).toBe("Tasks activity:");
      expect(rows[1]).toBe(
        "  function                      calls   cpu_tot   cpu_avg   lat_tot   lat_avg",
      );
      expect(rows[2]).toMatch(/^ {2}[\w.]+ +\d+( +[\d.]+[num]?[sm] ?){4}$/);
      expect(await proxy.command("set profiling tasks maybe")).toBe(
        "Expects 'on', 'auto', or 'off'.\n\n",
      );
      await proxy.command("set profiling tasks auto");
      expect(await proxy.command("show profiling status")).toMatch(/: auto-(?:on|off) /);
    }),
  );
});
