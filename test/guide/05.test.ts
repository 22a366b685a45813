import { expect, test } from "bun:test";
import {
  ask,
  observed,
  onGuideStage,
  startExample,
  startMachines,
  untilState,
} from "../support/guide.ts";
import { RawListener } from "../support/raw-listener.ts";

const NAMES = ["A", "B", "C", "D"];

test(
  "without its file a server gets no new users; its own still reach it, and move when it stops",
  onGuideStage(async (stage) => {
    const port = stage.portRange(2);
    const machines = await startMachines(stage, NAMES, (index) => `127.1.5.${11 + index}`, port);
    const program = await startExample(stage, "5-soft-stop-file.cfg", { port });
    const at = { host: "127.1.5.1", port };
    const proxy = `127.1.5.1:${port}`;
    machines[0]!.checkStatus = "404 Not Found";
    await untilState(program, proxy, "webA", "DOWN");
    expect(new Set(machines[0]!.checks)).toEqual(new Set(["HEAD /running HTTP/1.0"]));
    for (let count = 0; count < 12; count++) expect((await ask(at)).body).not.toBe("A");
    const user = await ask(at, "Cookie: SERVERID=A\r\n");
    expect([user.body, user.cookie]).toEqual(["A", ""]);
    observed(
      5,
      "removing the file stops new sessions only",
      "12 new users went elsewhere, the one with SERVERID=A reached A",
    );

    await machines[0]!.stop();
    const moved = await ask(at, "Cookie: SERVERID=A\r\n");
    expect(moved.status).toBe("200");
    expect(moved.body).not.toBe("A");
    expect(moved.cookie).toBe(`SERVERID=${moved.body}; path=/`);
    observed(
      5,
      "stopping the server redispatches its users",
      `200 from ${moved.body} with ${moved.cookie}`,
    );

    machines[0]!.checkStatus = "302 Found";
    await machines[0]!.listen();
    await untilState(program, proxy, "webA", "UP");
    observed(
      5,
      "the file brings it back after two good checks; 3xx is as good as 200",
      "webA is UP again",
    );
  }),
  20_000,
);

test(
  "a machine that is powered off costs its users the connect timeout, then another server",
  onGuideStage(async (stage) => {
    const port = stage.portRange(2);
    await startMachines(stage, NAMES.slice(1), (index) => `127.1.5.${12 + index}`, port);
    const mute = new RawListener(0);
    stage.onEnd(() => mute.close());
    mute.fill();
    await startExample(stage, "5-soft-stop-file.cfg", {
      port,
      replace: {
        "127.1.5.11:8080": `127.0.0.1:${mute.port}`,
        "contimeout 5000": "contimeout 250\n       retries 1",
      },
    });
    const start = performance.now();
    const moved = await ask({ host: "127.1.5.1", port }, "Cookie: SERVERID=A\r\n");
    const elapsed = performance.now() - start;
    expect(moved.status).toBe("200");
    expect(elapsed).toBeGreaterThan(240);
    observed(
      5,
      "a powered-off host costs contimeout, then another server answers",
      `with 250 ms: ${moved.status} from ${moved.body} after ${Math.round(elapsed)} ms`,
    );
  }),
);
