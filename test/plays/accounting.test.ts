import { expect, test } from "bun:test";
import { EXCHANGES, type Exchange, serveEcho, serveExchanges } from "../support/exchanges.ts";
import { eachProgram } from "../support/programs.ts";
import { Random } from "../support/random.ts";
import type { RunningProgram } from "../support/running-program.ts";
import { readStatistics } from "../support/runtime-client.ts";
import { HTTP_DEFAULTS, onStage, type Stage } from "../support/stage.ts";
import type { LogEntry } from "../support/syslog-sink.ts";
import { until } from "../support/waiting.ts";

/** Connections of each kind; with all kinds, some 2,000 exchanges. */
const ROUNDS = Number(process.env.ACCOUNTING_ROUNDS ?? 36);
const LANES = 20;
/** What the longest timeout needs to run out. */
const QUIET_MS = 6000;
const ROUGH_LINE = /^(\S+):\d+ \[[^\]]+\] (\S+) (\S+) \S+ /;

/** The frontends that the exchanges name, each with a backend of its own. */
async function startProxy(stage: Stage): Promise<{
  proxy: RunningProgram;
  ports: Map<string, number>;
}> {
  const web = await stage.server("web");
  serveExchanges(web);
  const queue = await stage.server("queue");
  serveExchanges(queue);
  const raw = await stage.server("raw");
  serveEcho(raw);
  const patient =
    "timeout connect 5s\n  timeout client 4s\n  timeout server 3s\n  timeout queue 5s";
  const hasty = "timeout connect 80ms\n  timeout client 80ms\n  timeout server 80ms";
  const refused = `127.0.0.1:${stage.port()}`;
  const local = (port: number) => `127.0.0.1:${port}`;
  const sections: readonly (readonly [string, string, string, string?])[] = [
    ["web", patient, local(web.port)],
    ["hasty", hasty, local(web.port)],
    ["refused", `${patient}\n  timeout connect 80ms`, refused],
    ["mute", `${patient}\n  timeout connect 80ms`, stage.muteAddress()],
    ["queue", `${patient}\n  timeout queue 60ms`, `${local(queue.port)} maxconn 2`],
    ["raw", `${patient}\n  mode tcp\n  option tcplog`, local(raw.port)],
    ["raw-hasty", `${hasty}\n  mode tcp\n  option tcplog`, local(raw.port)],
    ["raw-refused", `${patient}\n  timeout connect 80ms\n  mode tcp\n  option tcplog`, refused],
    ["proxied", patient, local(web.port), "accept-proxy"],
  ];
  const ports = new Map<string, number>();
  const text = sections.map(([name, lines, address, bindWords = ""]) => {
    const port = stage.port();
    ports.set(name, port);
    return `listen ${name}\n  bind 127.0.0.1:${port} ${bindWords}\n  retries 1\n  ${lines}\n  server s ${address}`;
  });
  const proxy = await stage.start(`${HTTP_DEFAULTS}\n${text.join("\n")}`);
  return { proxy, ports };
}

/** Counts the lines by client and frontend, and tells those whose state is not what it should be. */
class Ledger {
  readonly #exchanges = new Map<string, Exchange>();
  readonly #isOracle: boolean;
  #lineCount = 0;

  constructor(isOracle: boolean) {
    this.#isOracle = isOracle;
  }

  /** Notes what is about to happen, and gives the client an address that no other one has. */
  expect(exchange: Exchange): string {
    const number = this.#exchanges.size;
    const from = `127.1.${number >> 8}.${number & 255}`;
    this.#exchanges.set(`${from} ${exchange.frontend}`, exchange);
    this.#lineCount += exchange.lines;
    return from;
  }

  get lineCount(): number {
    return this.#lineCount;
  }

  /** What the log has too much, too little or wrong. */
  differences(entries: readonly LogEntry[]): string[] {
    const seen = new Map<string, LogEntry[]>();
    for (const entry of entries) {
      const match = ROUGH_LINE.exec(entry.text);
      if (match === null) continue;
      const key = `${match[1]} ${match[2]}`;
      seen.set(key, [...(seen.get(key) ?? []), entry]);
    }
    const problems: string[] = [];
    for (const [key, exchange] of this.#exchanges) {
      const { name, lines: wanted } = exchange;
      const states = this.#isOracle ? exchange.oracleStates : exchange.states;
      const lines = seen.get(key) ?? [];
      if (lines.length !== wanted) {
        const texts = lines.map((line) => line.text).join("\n  ");
        problems.push(`${name}: ${lines.length} lines for ${wanted} streams\n  ${texts}`);
      }
      for (const { text } of lines) {
        const state = text.split(" ")[/ \S*\/\S* (-?\d+\/){4}/.test(text) ? 9 : 6] ?? "";
        if (!states.test(state)) problems.push(`${name}: not ${states}: ${text}`);
      }
      seen.delete(key);
    }
    for (const lines of seen.values()) problems.push(`Nobody's: ${lines[0]!.text}`);
    return problems;
  }
}

async function infoNumber(proxy: RunningProgram, name: string): Promise<number> {
  const line = new RegExp(`^${name}: (\\d+)$`, "m").exec(await proxy.command("show info"));
  return Number(line?.[1] ?? Number.NaN);
}

/** Descriptors but for those that are kept on purpose: idle server connections and empty pipes. */
async function ownDescriptors(proxy: RunningProgram): Promise<number> {
  const rows = readStatistics(await proxy.command("show stat"));
  let idle = 0;
  for (const row of rows.values()) {
    if (row.svname !== "BACKEND" && row.svname !== "FRONTEND") idle += Number(row.srv_icur);
  }
  const pipes = await infoNumber(proxy, "PipesFree");
  return proxy.descriptorCount - idle - 2 * pipes;
}

/** Waits until no session, no place in a queue and no connection is counted any more. */
async function untilQuiet(proxy: RunningProgram): Promise<void> {
  let busy: string[] = [];
  await until(
    "nothing to be in use",
    async () => {
      const rows = readStatistics(await proxy.command("show stat"));
      busy = [...rows]
        .filter(([, row]) => Number(row.scur) !== 0 || Number(row.qcur) !== 0)
        .map(([name, row]) => `${name} scur=${row.scur} qcur=${row.qcur}`);
      return busy.length === 0;
    },
    QUIET_MS,
  ).catch((error) => {
    throw new Error(`${(error as Error).message}: ${busy.join(", ")}`);
  });
  await until("no connections", async () => (await infoNumber(proxy, "CurrConns")) === 0);
}

eachProgram("accounting", (program) => {
  test(
    `after ${ROUNDS * EXCHANGES.length} connections of ${EXCHANGES.length} kinds everything has come back`,
    onStage(program, async (stage) => {
      const { proxy, ports } = await startProxy(stage);
      const ledger = new Ledger(program.isOracle);
      const perform = async (exchange: Exchange): Promise<void> => {
        const from = ledger.expect(exchange);
        const port = ports.get(exchange.frontend)!;
        const client = await stage.client({ port, from }, exchange.name);
        try {
          await exchange.act(client, from);
        } catch (error) {
          throw new Error(`${exchange.name}: ${(error as Error).message}`);
        } finally {
          client.close();
        }
      };
      // The first of each kind opens what stays: the log's socket, pipes.
      for (const exchange of EXCHANGES) await perform(exchange);
      await untilQuiet(proxy);
      const descriptors = await ownDescriptors(proxy);

      const random = new Random(11);
      const rounds = Array.from({ length: ROUNDS - 1 }, () => EXCHANGES).flat();
      const order = rounds
        .map((exchange) => ({ exchange, rank: random.next() }))
        .sort((one, other) => one.rank - other.rank);
      const lanes = Array.from({ length: LANES }, async () => {
        for (let next = order.pop(); next !== undefined; next = order.pop()) {
          await perform(next.exchange);
        }
      });
      await Promise.all(lanes);
      await untilQuiet(proxy);

      const log = await stage.log();
      await until("a line for each stream", () => {
        return log.seen.filter(({ text }) => ROUGH_LINE.test(text)).length >= ledger.lineCount;
      }).catch(() => {});
      expect(ledger.differences(log.seen).slice(0, 12)).toEqual([]);

      await until("every descriptor to be given back", async () => {
        return (await ownDescriptors(proxy)) <= descriptors;
      }).catch(async (error) => {
        const now = await ownDescriptors(proxy);
        throw new Error(`${(error as Error).message}: ${now} instead of ${descriptors}`);
      });
      expect(await infoNumber(proxy, "PipesUsed")).toBe(0);
      if (!program.isOracle) expect(await infoNumber(proxy, "PoolUsed_bytes")).toBe(0);
      await compareTotals(proxy, log.seen);
      expect(proxy.exitStatus).toBeNull();
    }),
    60_000,
  );
});

/** The sums that the statistics must come to: every row of the table is walked. */
async function compareTotals(proxy: RunningProgram, log: readonly LogEntry[]): Promise<void> {
  const rows = readStatistics(await proxy.command("show stat"));
  const frontends = new Set(EXCHANGES.map(({ frontend }) => frontend));
  for (const name of frontends) {
    const mine = EXCHANGES.filter(({ frontend }) => frontend === name);
    const sum = (count: (exchange: Exchange) => number): number =>
      ROUNDS * mine.reduce((total, exchange) => total + count(exchange), 0);
    const front = rows.get(`${name}/FRONTEND`)!;
    expect({ name, stot: Number(front.stot), requests: Number(front.req_tot) }).toEqual({
      name,
      stot: sum(() => 1),
      requests: sum(({ requests }) => requests),
    });
    // Those that waited in vain for a slot are told without a server.
    if (name === "queue") continue;
    const reached = log.filter(({ text }) => text.includes(` ${name} ${name}/s `)).length;
    expect({ name, stot: Number(rows.get(`${name}/BACKEND`)!.stot) }).toEqual({
      name,
      stot: reached,
    });
  }
}
