import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { classifyLogLine, logTimers } from "../support/log-line.ts";
import type { Peer } from "../support/peer.ts";
import { BOTH, type Program } from "../support/programs.ts";
import type { RunningProgram } from "../support/running-program.ts";
import { Stage } from "../support/stage.ts";
import { Inbox, until, within } from "../support/waiting.ts";

/** What makes a request wait for its body: lines of the frontend and of the backend. */
const WAITS: readonly (readonly [name: string, frontend: string, backend: string])[] = [
  ["http-buffer-request of the frontend", "option http-buffer-request", ""],
  ["http-buffer-request of the backend", "", "option http-buffer-request"],
  ["wait-for-body of the frontend", "http-request wait-for-body time 600ms", ""],
  ["wait-for-body of the backend", "", "http-request wait-for-body time 600ms"],
  ["balance url_param check_post", "", "balance url_param id check_post"],
  [
    "check_post and http-buffer-request",
    "",
    "balance url_param id check_post\n  option http-buffer-request",
  ],
];

const TIMEOUTS = ["timeout http-request 600ms", "timeout client 600ms"];

/** When a client does something about its body: far enough to be seen in the time of the request. */
const ACT_MS = 200;
const HEAD = "POST / HTTP/1.1\r\nHost: a\r\n";
const LENGTH = `${HEAD}Content-Length: 9\r\n\r\n`;
const CHUNKED = `${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`;

/** What a client does. */
const EVENTS: readonly (readonly [name: string, sent: string, act: (client: Peer) => unknown])[] = [
  ["sends the rest", `${LENGTH}abc`, (client) => client.send("abcdef")],
  ["sends the last chunk", CHUNKED, (client) => client.send("0\r\n\r\n")],
  ["stops", `${LENGTH}abc`, () => {}],
  ["stops within its chunks", CHUNKED, () => {}],
  ["ends", `${LENGTH}abc`, (client) => client.halfClose()],
  ["resets", `${LENGTH}abc`, (client) => client.reset()],
  ["sends a wrong chunk", CHUNKED, (client) => client.send("zz\r\n")],
  [
    "waits to be invited and sends all",
    LENGTH.replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n"),
    (client) => client.send("abcabcabc"),
  ],
  [
    "waits to be invited and stops",
    LENGTH.replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n"),
    () => {},
  ],
];

const CASES = WAITS.flatMap(([wait, frontend, backend]) =>
  TIMEOUTS.flatMap((timeout) =>
    EVENTS.map(([event, sent, act]) => ({
      name: `${wait}, ${timeout}: a client ${event}`,
      lines: { frontend, backend, timeout },
      sent,
      act,
    })),
  ),
);
type Case = (typeof CASES)[number];

const COLUMNS = ["ereq", "cli_abrt", "hrsp_2xx", "hrsp_4xx", "hrsp_other", "req_tot", "econ"];

/** One program with a frontend for each case. */
class Side {
  readonly #stage: Stage;
  readonly #proxy: RunningProgram;
  readonly #firstPort: number;
  readonly #lines: readonly Inbox<string>[];

  private constructor(
    stage: Stage,
    proxy: RunningProgram,
    firstPort: number,
    lines: readonly Inbox<string>[],
  ) {
    this.#stage = stage;
    this.#proxy = proxy;
    this.#firstPort = firstPort;
    this.#lines = lines;
  }

  static async start(program: Program): Promise<Side> {
    const stage = new Stage(program);
    const server = await stage.server();
    void serve(server.accept.bind(server)).catch(() => {});
    const firstPort = stage.portRange(CASES.length);
    const texts = CASES.map(
      ({ lines }, number) => `
defaults
  mode http
  log global
  option httplog
  timeout connect 2s
  timeout server 5s
  timeout client 5s
  ${lines.timeout}
frontend f${number}
  bind 127.0.0.1:${firstPort + number}
  ${lines.frontend}
  default_backend b${number}
backend b${number}
  ${lines.backend}
  server s1 127.0.0.1:${server.port}`,
    );
    const sink = await stage.log();
    const proxy = await stage.start(texts.join("\n"));
    const inboxes = CASES.map(({ name }) => new Inbox<string>(`the log of "${name}"`));
    const read = async (): Promise<void> => {
      for (;;) {
        const { text } = await sink.find(/ f\d+ /, 600_000);
        inboxes[Number(/ f(\d+) /.exec(text)![1])]!.put(text);
      }
    };
    void read().catch(() => {});
    return new Side(stage, proxy, firstPort, inboxes);
  }

  /** Plays a case; gives what its client got, its line, and what was counted. */
  async play({ name, sent, act }: Case, number: number): Promise<Record<string, string>> {
    const client = await this.#stage.client(this.#firstPort + number, name);
    client.send(sent);
    await Bun.sleep(ACT_MS);
    act(client);
    const text = await this.#lines[number]!.take();
    await until("the client to be told", () => client.unread !== "" || client.ending !== undefined);
    const line = classifyLogLine(text)
      .replace(`f${number} `, "fe ")
      .replace(` f${number}/`, " fe/")
      .replace(` b${number}/`, " be/")
      .replace(/ \d+\/\d+\/\d+\/\d+\/\+?\d+ \d+\/\d+ /, " ");
    const [request = 0] = logTimers(text);
    const seen: Record<string, string> = {
      line,
      request: request === -1 ? "never whole" : request < ACT_MS / 2 ? "at once" : "after a wait",
      client: client.unread.split("\r\n")[0]!,
    };
    for (const [proxy, row] of [
      [`f${number}`, "FRONTEND"],
      [`b${number}`, "BACKEND"],
    ] as const) {
      const cells = await this.#proxy.statistics(proxy, row);
      for (const column of COLUMNS) {
        const value = cells[column] ?? "";
        if (value !== "" && value !== "0") seen[`${row} ${column}`] = value;
      }
    }
    client.close();
    return seen;
  }

  close(): Promise<void> {
    return this.#stage.close();
  }
}

/** Answers every request once it has come whole. */
async function serve(accept: (waitMs: number) => Promise<Peer>): Promise<void> {
  for (;;) {
    const peer = await accept(60_000);
    void answer(peer).catch(() => peer.close());
  }
}

async function answer(peer: Peer): Promise<void> {
  const head = await peer.head(60_000);
  if (head.some((line) => line.startsWith("transfer-encoding"))) await peer.chunkedBody();
  else await peer.read(9, 60_000);
  peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  peer.halfClose();
}

const missing = BOTH.oracle.missing ?? BOTH.sluice.missing;

if (missing !== undefined) {
  test.skip(`waits for bodies: skipped, ${missing}`, () => {});
} else {
  describe("both programs wait alike for the body of a request", () => {
    const sides: Side[] = [];
    const seen: Promise<Record<string, string>[]>[] = [];

    beforeAll(async () => {
      sides.push(await Side.start(BOTH.oracle), await Side.start(BOTH.sluice));
      // They spend their time waiting: many at once are no load.
      let running: Promise<unknown> = Promise.resolve();
      for (const [number, one] of CASES.entries()) {
        if (number % 9 !== 0) {
          seen.push(Promise.all(sides.map((side) => side.play(one, number))));
          continue;
        }
        await running;
        seen.push(Promise.all(sides.map((side) => side.play(one, number))));
        running = Promise.allSettled([...seen]);
      }
      await within(Promise.allSettled(seen), () => "not all cases are over", 60_000);
    }, 90_000);

    afterAll(async () => {
      for (const side of sides) await side.close();
    });

    for (const [number, { name }] of CASES.entries()) {
      test(name, async () => {
        const [oracle, sluice] = await seen[number]!;
        expect(sluice).toEqual(oracle!);
      });
    }
  });
}
