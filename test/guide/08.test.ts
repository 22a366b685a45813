import { expect, test } from "bun:test";
import {
  ask,
  Machine,
  observed,
  onGuideStage,
  startExample,
  untilState,
} from "../support/guide.ts";
import type { RunningProgram } from "../support/running-program.ts";
import type { Stage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";

/** Offices check every 30 and 60 s, directors every 4 and 8 s: 25 times as fast here. */
const HASTE = 100;
const HASTE_OF_BALANCERS = 20;
const NAMES = ["s1l1", "s1l2", "s2l1", "s2l2", "sd1", "sd2", "op1", "op2", "op3"] as const;
type Name = (typeof NAMES)[number];

/** Three offices, two sites, four balancers, eight servers. */
async function world(stage: Stage) {
  const port = stage.portRange(2);
  const servers = new Map<string, Machine>();
  for (const site of [1, 2]) {
    for (const number of [1, 2, 3, 4]) {
      const host = `127.${site}0.2.${number}`;
      const name = `W${site}${number}`;
      for (const [at, of] of [
        [port, name],
        [port + 1, `${name}-check`],
      ] as const) {
        const machine = new Machine(name, host, at);
        await machine.listen();
        stage.onEnd(() => machine.stop().catch(() => {}));
        servers.set(of, machine);
      }
      servers.get(name)!.fields = "Set-Cookie: JSESSIONID=123\r\n";
    }
  }
  const programs = new Map<Name, RunningProgram>();
  const start = async (name: Name) => {
    const haste = /l\d/.test(name) ? HASTE_OF_BALANCERS : HASTE;
    programs.set(name, await startExample(stage, `8-${name}.cfg`, { port, haste }));
  };
  // From the servers outwards: nobody is to see the next one down at its start.
  await Promise.all(NAMES.slice(0, 4).map(start));
  await Promise.all(NAMES.slice(4, 6).map(start));
  for (const [name, proxy, servers] of [
    ["sd1", "127.10.1.1", ["S1L1", "S1L2", "S2L1", "S2L2"]],
    ["sd2", "127.20.1.1", ["S1L1", "S1L2", "S2L1", "S2L2"]],
  ] as const) {
    for (const server of servers) {
      await untilState(programs.get(name)!, `${proxy}:${port}`, server, "UP");
    }
  }
  await Promise.all(NAMES.slice(6).map(start));
  const office = (number: number) => ({ host: `127.192.${number}.1`, port });
  return { port, servers, programs, start, office };
}

const siteOf = (head: string) => /set-cookie: SITE=(\w+)/i.exec(head)?.[1] ?? "";

test(
  "three offices, two sites, eight servers: every walk-through of the guide",
  onGuideStage(async (stage) => {
    const { port, servers, programs, start, office } = await world(stage);
    const opProxy = `127.192.1.1:${port}`;

    for (const [number, site] of [
      [1, 1],
      [2, 1],
      [3, 2],
    ] as const) {
      const answer = await ask(office(number));
      expect([answer.body[1], siteOf(answer.head)]).toEqual([String(site), `SITE${site}`]);
      expect(answer.head).toContain(`JSESSIONID=${answer.body}~123`);
    }
    observed(
      8,
      "each office uses its own site, and two cookies tell the way back",
      "offices 1 and 2 got SITE1, office 3 SITE2, and JSESSIONID=Wxx~123",
    );

    const backup = await ask(office(1), "Cookie: SITE=SITE2; JSESSIONID=W23~123\r\n");
    expect(backup.body).toBe("W23");
    const seen = servers.get("W23")!.heads.at(-1)!;
    expect(seen).toMatch(/\r\ncookie: JSESSIONID=123\r\n/i);
    expect(seen.match(/x-forwarded-for/gi)?.length).toBe(2);
    observed(
      8,
      "a cookie that names the other site is honoured while one's own is up",
      "office 1 with SITE2 and W23 reached W23, which saw JSESSIONID=123",
    );

    // The WAN link of site 1 is cut: its director is out of reach, the dedicated link still works.
    await programs.get("sd1")!.stop();
    await untilState(programs.get("op1")!, opProxy, "SD1", "DOWN");
    const kept = await ask(office(1), "Cookie: SITE=SITE1; JSESSIONID=W14~123;\r\n");
    expect([kept.status, kept.body]).toEqual(["200", "W14"]);
    expect(servers.get("W14")!.heads.at(-1)).toMatch(/\r\ncookie: JSESSIONID=123;?\r\n/i);
    const fresh = await ask(office(1));
    expect([fresh.body[1], siteOf(fresh.head)]).toEqual(["2", "SITE2"]);
    observed(
      8,
      "WAN loss: users keep their server over the dedicated link, new ones do not load it",
      `SITE=SITE1; JSESSIONID=W14~123; reached W14 through SD2; a new user got ${fresh.body} and SITE2`,
    );

    await start("sd1");
    await untilState(programs.get("op1")!, opProxy, "SD1", "UP");
    expect((await ask(office(1), "Cookie: SITE=SITE2; JSESSIONID=W21~1\r\n")).body).toBe("W21");
    expect((await ask(office(1), "Cookie: SITE=SITE1; JSESSIONID=W14~1\r\n")).body).toBe("W14");
    observed(
      8,
      "when the site returns nobody is switched back",
      "SITE2 users stayed on site 2, SITE1 users went to SD1 again",
    );

    // A soft stop of one balancer: its check port closes at once, its service goes on.
    const balancer = programs.get("s1l1")!;
    balancer.signal("SIGUSR1");
    const checkPort = { host: "127.10.1.11", port: port + 1 };
    await until("the check port to be closed", () =>
      ask(checkPort).then(
        () => false,
        () => true,
      ),
    );
    const director = programs.get("sd1")!;
    const statuses: string[] = [];
    const isOut = async () =>
      (await director.statistics(`127.10.1.1:${port}`, "S1L1")).status === "DOWN";
    await until("the director to leave it", async () => {
      statuses.push((await ask(office(1), "Cookie: SITE=SITE1; JSESSIONID=W12~1\r\n")).body);
      return isOut();
    });
    expect((await ask({ host: "127.10.1.11", port })).status).toBe("200");
    expect(await balancer.exited(10_000)).toBe(0);
    for (let count = 0; count < 5; count++) {
      statuses.push((await ask(office(1), "Cookie: SITE=SITE1; JSESSIONID=W12~1\r\n")).body);
    }
    expect(new Set(statuses)).toEqual(new Set(["W12"]));
    observed(
      8,
      "SIGUSR1 on a balancer: port 81 closes at once, port 80 serves for its grace time",
      `${statuses.length} requests through SD1, all answered by W12; the balancer left with status 0`,
    );

    // The application of site 1 is lost: the director uses the other site, and says so.
    await programs.get("s1l2")!.stop();
    await untilState(director, `127.10.1.1:${port}`, "S1L2", "DOWN");
    const moved = await ask(office(1), "Cookie: SITE=SITE1; JSESSIONID=W12~1\r\n");
    expect([moved.status, moved.body[1], siteOf(moved.head)]).toEqual(["200", "2", "SITE2"]);
    observed(
      8,
      "application loss: the director sends users to the other site and tells the office",
      `${moved.body}, set-cookie: SITE=SITE2`,
    );
  }),
  60_000,
);
