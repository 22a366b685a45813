import { classifyLogLine } from "../support/log-line.ts";
import type { Peer } from "../support/peer.ts";
import type { Program } from "../support/programs.ts";
import type { RunningProgram } from "../support/running-program.ts";
import type { ScriptedServer } from "../support/scripted-server.ts";
import { Stage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";

/** What a case has in its hands: a frontend of its own, and a server of its own. */
export interface OutcomeScene {
  readonly proxy: RunningProgram;
  readonly server: ScriptedServer;
  readonly port: number;
  client(): Promise<Peer>;
}

/** One thing that happens to sessions, and everything that is told of it afterwards. */
export interface OutcomeCase {
  readonly name: string;
  /** "http" unless said. */
  readonly mode?: "http" | "tcp";
  /** Lines of the frontend and of the backend; `listen` makes one section of both. */
  readonly frontend?: readonly string[];
  readonly backend?: readonly string[];
  readonly isListen?: boolean;
  /** Words behind the server's address, or with one; SERVER stands for its port, in lines as well. */
  readonly server?: string;
  /** Words behind the address of the frontend. */
  readonly bind?: string;
  /** The frontend's port is different each time: it stands as PORT in lines and counts for nothing. */
  readonly hidesPort?: boolean;
  /** How many lines the log gets; one unless said. */
  readonly lines?: number;
  /** What it gives is compared, too. */
  act(scene: OutcomeScene): Promise<unknown>;
}

/** What one program made of a case. */
export interface Outcome {
  readonly seen: unknown;
  readonly lines: readonly string[];
  /** Counters that are not 0, by row. */
  readonly counters: Readonly<Record<string, string>>;
}

const COLUMNS = (
  "dreq dresp ereq econ eresp wretr wredis stot hrsp_1xx hrsp_2xx hrsp_3xx hrsp_4xx hrsp_5xx " +
  "hrsp_other req_tot cli_abrt srv_abrt dcon dses conn_tot intercepted connect reuse wrew"
).split(" ");

/** One program that has a frontend and a server for each case of a table. */
export class Outcomes {
  readonly #stage: Stage;
  readonly #proxy: RunningProgram;
  readonly #cases: readonly OutcomeCase[];
  readonly #firstPort: number;
  readonly #servers: readonly ScriptedServer[];

  private constructor(
    stage: Stage,
    proxy: RunningProgram,
    cases: readonly OutcomeCase[],
    firstPort: number,
    servers: readonly ScriptedServer[],
  ) {
    this.#stage = stage;
    this.#proxy = proxy;
    this.#cases = cases;
    this.#firstPort = firstPort;
    this.#servers = servers;
  }

  static async start(program: Program, cases: readonly OutcomeCase[]): Promise<Outcomes> {
    const stage = new Stage(program);
    const firstPort = stage.portRange(cases.length);
    const servers: ScriptedServer[] = [];
    const texts: string[] = [];
    for (const [number, one] of cases.entries()) {
      const server = await stage.server(`the server of "${one.name}"`);
      servers.push(server);
      texts.push(sectionsOf(one, number, firstPort + number, server.port));
    }
    await stage.log();
    const proxy = await stage.start(`${program.isOracle ? "  nbthread 1" : ""}
defaults
  log global
  timeout connect 2s
  timeout client 5s
  timeout server 5s
${texts.join("\n")}`);
    return new Outcomes(stage, proxy, cases, firstPort, servers);
  }

  /** Plays a case and tells what came of it. */
  async play(number: number): Promise<Outcome> {
    const one = this.#cases[number]!;
    const port = this.#firstPort + number;
    const ports = new RegExp(` (${port}|${this.#servers[number]!.port})(?= |$)`, "g");
    const clients: Peer[] = [];
    const seen = await one.act({
      proxy: this.#proxy,
      server: this.#servers[number]!,
      port,
      client: async () => {
        const client = await this.#stage.client(port, one.name);
        clients.push(client);
        return client;
      },
    });
    for (const client of clients) client.close();
    this.#servers[number]!.close();
    await until(`"${one.name}" to have no session`, async () => {
      return (await this.#proxy.statistics(`f${number}`, "FRONTEND")).scur === "0";
    });
    const all = await this.#linesOf(number, one.lines ?? 1);
    const lines = one.hidesPort ? all.map((line) => line.replace(ports, " PORT")) : all;
    return { seen, lines, counters: await this.#countersOf(number, one) };
  }

  async #linesOf(number: number, count: number): Promise<string[]> {
    const sink = await this.#stage.log();
    const own = () =>
      sink.seen.filter(({ text }) => new RegExp(` f${number}[ /]|^f${number} `).test(text));
    await until(`${count} lines of case ${number}`, () => own().length >= count);
    return own().map(({ text }) =>
      classifyLogLine(text).replace(/ \d+\/\d+(\/\d+\/\d+\/\+?\d+ \d+\/\d+)/, " n/n$1"),
    );
  }

  async #countersOf(number: number, one: OutcomeCase): Promise<Record<string, string>> {
    const back = one.isListen ? `f${number}` : `b${number}`;
    const result: Record<string, string> = {};
    const rows = [
      [`f${number}`, "FRONTEND"],
      [`f${number}`, "sock-1"],
      [back, "BACKEND"],
      [back, "s1"],
    ];
    for (const [proxy = "", name = ""] of rows) {
      const row = await this.#proxy.statistics(proxy, name);
      result[name] = COLUMNS.filter((column) => (row[column] ?? "0") !== "0" && row[column] !== "")
        .map((column) => `${column}=${row[column]}`)
        .join(" ");
    }
    return result;
  }

  close(): Promise<void> {
    return this.#stage.close();
  }
}

function sectionsOf(one: OutcomeCase, number: number, port: number, serverPort: number): string {
  const { mode = "http", frontend = [], backend = [], server = "", bind = "" } = one;
  const format = frontend.some((line) => line.startsWith("log-format")) ? "" : `option ${mode}log`;
  const head = `  mode ${mode}\n  ${format}\n  option socket-stats\n  bind 127.0.0.1:${port} ${bind}\n`;
  const lines = (words: readonly string[]) =>
    words.map((line) => `  ${line.replace("SERVER", String(serverPort))}\n`).join("");
  const address = server.includes(":")
    ? server.replace("SERVER", String(serverPort))
    : `127.0.0.1:${serverPort} ${server}`;
  if (one.isListen) {
    return `listen f${number}\n${head}${lines([...frontend, ...backend])}  server s1 ${address}\n`;
  }
  return (
    `frontend f${number}\n${head}${lines(frontend)}  default_backend b${number}\n` +
    `backend b${number}\n  mode ${mode}\n${lines(backend)}  server s1 ${address}\n`
  );
}
