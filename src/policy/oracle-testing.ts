import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The reference, running, with one format for each number. */
export interface RunningOracle {
  /** The text that it makes of a format, by its position. */
  answer(index: number, request?: OracleRequest): Promise<string>;
  stop(): void;
}

/** What is asked with, besides the path that names the format. */
export interface OracleRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What follows the path `/N`. */
  readonly query?: string;
}

/**
 * Starts the reference with formats such as `%[src,ipmask(24)]`, each answered at a path of its own. It
 * listens on a unix socket, so no port is guessed.
 *
 * @param lines - More lines of the frontend, in front of those that answer.
 */
export async function runningOracle(
  formats: readonly string[],
  lines: readonly string[] = [],
): Promise<RunningOracle> {
  const base = join(tmpdir(), `oracle-${process.pid}-${Math.trunc(performance.now() * 1000)}`);
  const config = [
    "defaults",
    "  mode http",
    "  timeout client 10s",
    "frontend f",
    `  bind unix@${base}.sock`,
    ...lines.map((line) => `  ${line}`),
    ...formats.map(
      (format, index) =>
        `  http-request return status 200 content-type text/plain lf-string ${quoted(format)} if { path /${index} }`,
    ),
  ];
  writeFileSync(`${base}.cfg`, `${config.join("\n")}\n`, "latin1");
  const child = Bun.spawn(["haproxy", "-db", "-f", `${base}.cfg`], {
    stdout: "ignore",
    stderr: "pipe",
  });
  const stop = () => {
    child.kill();
    for (const kind of ["cfg", "sock"]) rmSync(`${base}.${kind}`, { force: true });
  };
  const ask = async (path: string, request: OracleRequest = {}): Promise<string> => {
    const { query = "", ...rest } = request;
    const response = await fetch(`http://oracle${path}${query}`, { ...rest, unix: `${base}.sock` });
    return Buffer.from(await response.arrayBuffer()).toString("latin1");
  };
  // It takes a moment to listen.
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error(await new Response(child.stderr).text());
    const isThere = await ask("/").then(
      () => true,
      () => false,
    );
    if (isThere) break;
    await Bun.sleep(10);
  }
  return { answer: (index, request) => ask(`/${index}`, request), stop };
}

/** One word of the configuration. */
function quoted(text: string): string {
  return `"${text.replace(/["\\$]/g, "\\$&")}"`;
}
