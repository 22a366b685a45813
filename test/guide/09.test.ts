import { expect, test } from "bun:test";
import { ask, Machine, observed, onGuideStage, startExample } from "../support/guide.ts";

test(
  "one server is reached from eight addresses, each in turn",
  onGuideStage(async (stage) => {
    const port = stage.portRange(3);
    const machine = new Machine("one", "127.1.9.10", port);
    await machine.listen();
    stage.onEnd(() => machine.stop());
    await startExample(stage, "9-source-balancing.cfg", {
      port,
      replace: { ":8089": `:${port + 2}` },
    });
    for (let count = 0; count < 80; count++) await ask({ host: "127.0.0.1", port: port + 2 });
    const counts = new Map<string, number>();
    for (const source of machine.sources) counts.set(source, (counts.get(source) ?? 0) + 1);
    const wanted = [1, 2, 3, 4, 5, 6, 7, 8].map((host) => [`127.2.9.${host}`, 10] as const);
    expect([...counts].sort()).toEqual(wanted as unknown as [string, number][]);
    observed(
      9,
      "each of eight source addresses is used in turn",
      "80 connections: ten from each of 127.2.9.1 to 127.2.9.8",
    );
  }),
);
