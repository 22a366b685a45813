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
  writeFileSync(`${base}.cfg`, configurationOf(`unix@${base}.sock`, formats, lines), "latin1");
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

/** Each format is answered at the path of its number. */
function configurationOf(
  address: string,
  formats: readonly string[],
  lines: readonly string[],
): string {
  return [
    "defaults",
    "  mode http",
    "  timeout client 10s",
    "frontend f",
    `  bind ${address}`,
    ...lines.map((line) => `  ${line}`),
    ...formats.map(
      (format, index) =>
        `  http-request return status 200 content-type text/plain lf-string ${quoted(format)} if { path /${index} }`,
    ),
    "",
  ].join("\n");
}

/** Finds out which formats the reference refuses to start with, by their positions. */
export function refusedFormats(formats: readonly string[]): Set<number> {
  const path = join(
    tmpdir(),
    `oracle-check-${process.pid}-${Math.trunc(performance.now() * 1000)}`,
  );
  const refused = new Set<number>();
  // It gives up after some dozens of errors.
  for (let before = -1; refused.size !== before; ) {
    before = refused.size;
    const asked = formats.map((format, index) => (refused.has(index) ? "none" : format));
    const text = configurationOf(`unix@${path}.sock`, asked, []);
    writeFileSync(path, text, "latin1");
    const { stderr } = Bun.spawnSync(["haproxy", "-c", "-f", path]);
    const first = text.split("\n").findIndex((line) => line.includes("http-request return"));
    for (const [, line] of stderr.toString("latin1").matchAll(/arsing \[[^\]]*:(\d+)\]/g)) {
      refused.add(Number(line) - 1 - first);
    }
  }
  rmSync(path);
  return refused;
}

/** One word of the configuration. */
function quoted(text: string): string {
  return `"${text.replace(/["\\$]/g, "\\$&")}"`;
}
