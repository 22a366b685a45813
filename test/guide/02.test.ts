import { expect, test } from "bun:test";
import {
  ask,
  observed,
  onGuideStage,
  startExample,
  startMachines,
  untilState,
} from "../support/guide.ts";
import type { Stage } from "../support/stage.ts";

const NAMES = ["A", "B", "C", "D"];

async function farm(stage: Stage) {
  const port = stage.portRange(2);
  const machines = await startMachines(stage, NAMES, (index) => `127.1.2.${11 + index}`, port);
  const program = await startExample(stage, "2-cookie-prefix.cfg", { port });
  return { at: { host: "127.1.2.1", port }, machines, program };
}

test(
  "the server's name goes in front of the application's cookie, and off again",
  onGuideStage(async (stage) => {
    const { at, machines } = await farm(stage);
    const plain = await ask(at);
    expect([plain.cookie, plain.status]).toEqual(["", "200"]);
    for (const machine of machines)
      machine.fields = "Set-Cookie: JSESSIONID=123; Path=/app; HttpOnly\r\n";
    const first = await ask(at);
    expect(first.cookie).toBe(`JSESSIONID=${first.body}~123; Path=/app; HttpOnly`);
    for (const machine of machines) machine.fields = "";
    for (const machine of machines) {
      const again = await ask(at, `Cookie: x=1; JSESSIONID=${machine.name}~12~3\r\n`);
      expect([again.body, again.cookie]).toEqual([machine.name, ""]);
      expect(machine.heads.at(-1)).toMatch(/\r\ncookie: x=1; JSESSIONID=12~3\r\n/i);
      expect(machine.heads.at(-1)).toMatch(/\r\nx-forwarded-for: 127\.0\.0\.1\r\n/i);
    }
    observed(
      2,
      "JSESSIONID=A~123 outward, 123 inward",
      `set-cookie: ${first.cookie}; each of four servers saw its own value`,
    );
  }),
);

test(
  "weights 12, 12, 26 and 26 spread smoothly in that ratio",
  onGuideStage(async (stage) => {
    const { at } = await farm(stage);
    const counts: Record<string, number> = { A: 0, B: 0, C: 0, D: 0 };
    let run = 0;
    let longest = 0;
    let last = "";
    for (let count = 0; count < 152; count++) {
      const { body } = await ask(at);
      counts[body]!++;
      run = body === last ? run + 1 : 1;
      last = body;
      longest = Math.max(longest, run);
    }
    for (const [name, share] of [
      ["A", 24],
      ["B", 24],
      ["C", 52],
      ["D", 52],
    ] as const) {
      expect(Math.abs(counts[name]! - share)).toBeLessThanOrEqual(1);
    }
    expect(longest).toBeLessThanOrEqual(2);
    observed(
      2,
      "weights are respected, smoothly",
      `152 requests: ${JSON.stringify(counts)}, at most ${longest} in a row`,
    );
  }),
);

test(
  "a server that dies costs its users another prefix",
  onGuideStage(async (stage) => {
    const { at, machines, program } = await farm(stage);
    for (const machine of machines) machine.fields = "Set-Cookie: JSESSIONID=9\r\n";
    await machines[0]!.stop();
    await untilState(program, "webfarm", "webA", "DOWN");
    const moved = await ask(at, "Cookie: JSESSIONID=A~123\r\n");
    expect(moved.status).toBe("200");
    expect(moved.body).not.toBe("A");
    expect(moved.cookie).toBe(`JSESSIONID=${moved.body}~9`);
    observed(
      2,
      "users of a dead server get another one",
      `200 from ${moved.body}, ${moved.cookie}`,
    );
  }),
);

test(
  "two nodes with one file serve the same user in turn: they share nothing",
  onGuideStage(async (stage) => {
    const { at } = await farm(stage);
    const other = { host: "127.1.2.2", port: at.port };
    await startExample(stage, "2-cookie-prefix.cfg", {
      port: at.port,
      as: "second",
      replace: { "127.1.2.1:": "127.1.2.2:" },
    });
    for (const node of [at, other, at, other]) {
      expect((await ask(node, "Cookie: JSESSIONID=B~1\r\n")).body).toBe("B");
    }
    observed(2, "any node serves any user", "one user, two nodes in turn, always server B");
  }),
);
