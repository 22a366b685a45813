import { expect } from "bun:test";
import { until } from "../support/waiting.ts";
import type { Scene } from "./scene.ts";
import { describeTool, testAlike } from "./tool.ts";

/**
 * What hangs on time or on the machine. Bytes of HTTP are counted as they are on the wire, where
 * HAProxy counts those of its own form of a message.
 */
const DIFFERS = /_seconds|limit_sessions|session_rate|bytes_(in|out)_total.*"(be|fe|up)"/;

describeTool("prometheus-haproxy-exporter", (path) => {
  /** Scrapes once and gives the samples about the proxies. */
  async function samples({ stage }: Scene, uri: string): Promise<Record<string, number>> {
    const port = stage.port();
    const exporter = Bun.spawn(
      [path, `--web.listen-address=127.0.0.1:${port}`, `--haproxy.scrape-uri=${uri}`],
      { stdio: ["ignore", "ignore", "ignore"] },
    );
    stage.onEnd(async () => {
      exporter.kill();
      await exporter.exited;
    });
    const text = await until("the exporter", () =>
      fetch(`http://127.0.0.1:${port}/metrics`).then(
        (answer) => answer.text(),
        () => undefined,
      ),
    );
    const lines = text.split("\n").filter((line) => line.startsWith("haproxy_"));
    return Object.fromEntries(
      lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]),
    );
  }

  /** Names with their values, where both programs have to count the same. */
  function comparable(found: Record<string, number>): [string, number | "differs"][] {
    expect(found.haproxy_up).toBe(1);
    expect(found.haproxy_exporter_csv_parse_failures_total).toBe(0);
    return Object.entries(found).map(([name, value]) => {
      const labels = name.replace(/release_date=.*/, "...}");
      return [labels, DIFFERS.test(name) ? "differs" : value];
    });
  }

  testAlike("reads the same from the runtime API", async (scene) =>
    comparable(await samples(scene, `unix:${scene.stage.runtimePath}`)),
  );
  testAlike("reads the same from the statistics page", async (scene) =>
    comparable(await samples(scene, `http://127.0.0.1:${scene.statsPort}/;csv`)),
  );
});
