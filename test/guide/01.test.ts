import { expect, test } from "bun:test";
import {
  ask,
  observed,
  onGuideStage,
  startExample,
  startMachines,
  untilState,
} from "../support/guide.ts";
import { Peer } from "../support/peer.ts";
import type { Stage } from "../support/stage.ts";

const NAMES = ["A", "B", "C", "D"];

async function farm(
  stage: Stage,
  name = "1-cookie-insertion.cfg",
  replace: Record<string, string> = {},
) {
  const port = stage.portRange(2);
  const machines = await startMachines(stage, NAMES, (index) => `127.1.1.${11 + index}`, port);
  const program = await startExample(stage, name, { port, replace });
  return { at: { host: "127.1.1.1", port }, machines, program };
}

test(
  "the first answer sets the cookie, and later requests go to that server, which never sees it",
  onGuideStage(async (stage) => {
    const { at, machines } = await farm(stage);
    const first = await ask(at);
    expect(first.cookie).toBe(`SERVERID=${first.body}; path=/`);
    for (const name of NAMES) {
      const again = await ask(at, `Cookie: a=1; SERVERID=${name}; b=2\r\n`);
      expect([again.body, again.cookie]).toEqual([name, ""]);
    }
    for (const { heads } of machines) {
      expect(heads.at(-1)).toMatch(/\r\ncookie: a=1; b=2\r\n/i);
      expect(heads.join("")).not.toContain("SERVERID");
    }
    observed(
      1,
      "the first answer sets a cookie, which servers never see",
      `set-cookie: ${first.cookie}; four users, each on its server, none of them saw it`,
    );
  }),
);

test(
  "requests without a cookie are spread evenly, checks ask as the file says, a dead server's users move",
  onGuideStage(async (stage) => {
    const { at, machines, program } = await farm(stage);
    const counts = new Map<string, number>();
    for (let count = 0; count < 40; count++) {
      const { body } = await ask(at);
      counts.set(body, (counts.get(body) ?? 0) + 1);
    }
    expect([...counts.values()]).toEqual([10, 10, 10, 10]);
    await untilChecks(machines[0]!.checks);
    expect(new Set(machines[0]!.checks)).toEqual(new Set(["HEAD /index.html HTTP/1.0"]));
    await machines[0]!.stop();
    await untilState(program, "webfarm", "webA", "DOWN");
    const moved = await ask(at, "Cookie: SERVERID=A\r\n");
    expect(moved.body).not.toBe("A");
    expect(moved.cookie).toBe(`SERVERID=${moved.body}; path=/`);
    observed(
      1,
      "a server that dies costs its users a new cookie, no error",
      `the user of A got ${moved.status} from ${moved.body}, and ${moved.cookie}`,
    );
  }),
);

async function untilChecks(checks: readonly string[]): Promise<void> {
  while (checks.length === 0) await Bun.sleep(5);
}

const KEPT = "GET / HTTP/1.1\r\nHost: a\r\nCookie: SERVERID=B\r\n\r\n";

test(
  "in tunnel mode only the first request of a connection is looked at; with httpclose every one is",
  onGuideStage(async (stage) => {
    const add = (line: string) => ({ "mode http": `mode http\n       ${line}` });
    const { at, machines } = await farm(stage, undefined, add("option http-tunnel"));
    const client = await Peer.connect("kept", at);
    for (let count = 0; count < 3; count++) {
      client.send(KEPT);
      await client.head();
      await client.read(1);
    }
    client.close();
    expect(machines[1]!.heads.map((head) => head.includes("SERVERID"))).toEqual([
      false,
      true,
      true,
    ]);
    observed(
      1,
      "kept alive in tunnel mode, later requests pass as they are",
      "the server saw the cookie in the second and third request only",
    );
  }),
);

test(
  "httpclose with forwardfor and originalto tells of addresses in every request, and closes",
  onGuideStage(async (stage) => {
    const lines =
      "mode http\n       option httpclose\n       option forwardfor\n       option originalto";
    const { at, machines } = await farm(stage, undefined, { "mode http": lines });
    for (let count = 0; count < 2; count++) {
      const answer = await ask(
        { ...at, from: "127.1.1.99" },
        "Cookie: SERVERID=C\r\n",
        "GET / HTTP/1.1",
      );
      expect(answer.head.toLowerCase()).toContain("\r\nconnection: close\r\n");
    }
    for (const head of machines[2]!.heads) {
      expect(head).toMatch(/\r\nx-forwarded-for: 127\.1\.1\.99\r\n/i);
      expect(head).toMatch(/\r\nx-original-to: 127\.1\.1\.1\r\n/i);
      expect(head).toMatch(/\r\nconnection: close\r\n/i);
    }
    observed(
      1,
      "httpclose, forwardfor and originalto work on every request",
      "both requests carried 127.1.1.99 and 127.1.1.1",
    );
  }),
);

test(
  "balance source keeps cookieless clients on one server while their number stays; the cookie wins",
  onGuideStage(async (stage) => {
    const { at } = await farm(stage, "1-source-balancing.cfg");
    const seen = new Set<string>();
    for (let host = 1; host <= 12; host++) {
      const from = `127.1.8.${host}`;
      const answers = [await ask({ ...at, from }), await ask({ ...at, from })];
      expect(answers[0]!.body).toBe(answers[1]!.body);
      seen.add(answers[0]!.body);
      expect((await ask({ ...at, from }, "Cookie: SERVERID=D\r\n")).body).toBe("D");
    }
    expect(seen.size).toBe(4);
    observed(
      1,
      "balance source keeps clients without cookies together, the cookie wins",
      "12 addresses stayed where they were, on 4 servers; with SERVERID=D all went to D",
    );
  }),
);
