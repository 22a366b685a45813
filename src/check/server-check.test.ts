import { afterEach, describe, expect, test } from "bun:test";
import { CHECK_OUTCOMES } from "../balance/check-status.ts";
import { reportCheck } from "../balance/server-health.ts";
import { testBackend } from "../balance/testing.ts";
import { SectionDraft } from "../config/draft.ts";
import { madeWord } from "../config/word.ts";
import { PLAIN_CONNECT } from "../net/connector.ts";
import { Thread } from "../net/thread.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import { HealthChecks } from "./health-checks.ts";
import { CHECK_KIND } from "./kind-part.ts";
import type { ProbePlan } from "./probe.ts";
import { httpchk } from "./probes/httpchk.ts";
import { TCP_PLAN } from "./probes/tcp.ts";
import type { ServerCheckSettings } from "./server-check.ts";
import { TEST_CONTEXT } from "./testing.ts";

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A server that answers so, or not at all. */
function listen(answer: string | undefined): number {
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      data(socket) {
        if (answer !== undefined) socket.write(answer);
      },
    },
  });
  closers.push(() => server.stop(true));
  return server.port;
}

function httpPlan(): ProbePlan {
  const draft = new SectionDraft("backend", madeWord("b"));
  draft.part(CHECK_KIND).name = "option httpchk";
  return httpchk.compile(draft, TEST_CONTEXT)!;
}

/** Checks one server until something is found, and tells what. */
async function check(
  port: number,
  plan: ProbePlan,
  more: Partial<ServerCheckSettings> = {},
  elsewhere: { address?: SocketAddress; port?: number } = {},
) {
  const { servers, announced } = testBackend([
    { isChecked: true, checkFall: 1, address: SocketAddress.fromHost("127.0.0.1", port)! },
  ]);
  const thread = new Thread(0);
  const server = servers[0]!;
  Object.assign(server.check, elsewhere);
  const settings = { ...SETTINGS, server, record: server.check, plan, ...more };
  const checks = new HealthChecks(thread, [settings], {
    spreadPercent: 10,
    firstSpreadMaxMs: 0,
    tellsChecks: true,
  });
  checks.start();
  const deadlineMs = performance.now() + 3000;
  const initial = server.state.check.status.get();
  while (server.state.check.status.get() === initial && performance.now() < deadlineMs) {
    thread.loop.turn(5);
    // The peer is one of Bun's sockets: let it run.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  const isChecking = server.state.check.isRunning.get();
  const timersCount = thread.wheel.placedCount;
  checks.stop();
  thread.loop.close();
  const outcome = CHECK_OUTCOMES[server.state.check.status.get()]!.name;
  return {
    outcome,
    code: server.state.check.code.get(),
    text: server.check.text,
    announced,
    isChecking,
    timersCount,
  };
}

const SETTINGS: Omit<ServerCheckSettings, "server" | "record" | "plan"> = {
  proxyVersion: 0,
  isProxyForced: false,
  socks: null,
  usesSocks: false,
  tellsChecks: true,
  connectOptions: PLAIN_CONNECT,
  report: reportCheck,
  pausesInMaintenance: true,
  intervalMs: 100,
  fastIntervalMs: 0,
  downIntervalMs: 0,
  connectTimeoutMs: 100,
  answerTimeoutMs: 0,
  hasAnswerTimeout: false,
};

describe("ServerCheck", () => {
  test("keeps nothing of a check that is over, whose timeout is not", async () => {
    const { outcome, timersCount } = await check(listen(undefined), TCP_PLAN, {
      connectTimeoutMs: 30_000,
    });

    expect(outcome).toBe("L4OK");
    expect(timersCount).toBe(1);
  });

  test.each([
    { answer: undefined, plan: TCP_PLAN, outcome: "L4OK", code: 0, because: "it is there" },
    {
      answer: "HTTP/1.0 204 Fine\r\n\r\n",
      plan: httpPlan(),
      outcome: "L7OK",
      code: 204,
      because: "a good answer",
    },
    {
      answer: "HTTP/1.0 503 Bad\r\n\r\n",
      plan: httpPlan(),
      outcome: "L7STS",
      code: 503,
      because: "a bad one",
    },
    {
      answer: undefined,
      plan: httpPlan(),
      outcome: "L7TOUT",
      code: 0,
      because: "no answer in time",
    },
  ])("finds $outcome: $because", async ({ answer, plan, outcome, code }) => {
    const found = await check(listen(answer), plan);
    expect([found.outcome, found.code, found.isChecking]).toEqual([outcome, code, 0]);
  });

  test("finds that nobody listens, and says so", async () => {
    const port = listen("");
    for (const close of closers.splice(0)) close();
    const found = await check(port, TCP_PLAN);
    expect([found.outcome, found.text]).toEqual(["L4CON", "Connection refused"]);
    expect(found.announced[0]).toStartWith(
      '1 Server bk/s1 is DOWN, reason: Layer4 connection problem, info: "Connection refused", check duration: ',
    );
  });

  test("gives an answer its own time once connected", async () => {
    const startedMs = performance.now();
    const found = await check(listen(undefined), httpPlan(), {
      connectTimeoutMs: 5000,
      answerTimeoutMs: 50,
      hasAnswerTimeout: true,
    });
    expect(found.outcome).toBe("L7TOUT");
    expect(performance.now() - startedMs).toBeLessThan(2000);
  });

  test("asks where port and addr say", async () => {
    const found = await check(
      1,
      TCP_PLAN,
      {},
      { address: SocketAddress.fromHost("127.0.0.1", 2)!, port: listen(undefined) },
    );
    expect(found.outcome).toBe("L4OK");
  });
});
