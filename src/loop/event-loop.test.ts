import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Epoll } from "../sys/epoll.ts";
import { clearEventFd, openEventFd, ringEventFd } from "../sys/event-fd.ts";
import { closeDescriptor } from "../sys/socket.ts";
import { descriptorCount } from "../sys/testing.ts";
import { type EventHandler, EventLoop, type Task } from "./event-loop.ts";
import { Timer, type TimerTarget } from "./timer-wheel.ts";

/** A turn does at most so many tasks. */
const TASKS_A_TURN = 256;

let loop: EventLoop;
let opened: number[] = [];
let descriptors = 0;

beforeEach(() => {
  descriptors = descriptorCount();
  loop = new EventLoop();
});

afterEach(async () => {
  for (const fd of opened) closeDescriptor(fd);
  opened = [];
  loop.close();
  // Bun closes the connections of its own client on a thread of its own, in its own time.
  const deadline = performance.now() + 2000;
  while (descriptorCount() !== descriptors && performance.now() < deadline) await Bun.sleep(2);
  expect(descriptorCount()).toBe(descriptors);
});

test("what a process does before its loop starts is no turn", () => {
  let nowMs = 1000;
  const late = new EventLoop({ now: () => nowMs });
  nowMs += 5000;
  late.start();
  late.turn(0);
  late.close();

  expect(late.activity.averageMs).toBe(0);
});

/** A descriptor that is ready to be read. */
function rungFd(): number {
  const fd = openEventFd();
  opened.push(fd);
  ringEventFd(fd);
  return fd;
}

function handler(onEvents: (fd: number, events: number) => void): EventHandler {
  return { onEvents, onFault() {} };
}

function task(run: () => void): Task {
  return { run, onFault() {} };
}

function timer(onTimer: () => void, onFault: () => void = () => {}): Timer {
  const target: TimerTarget = { onTimer, onFault };
  return new Timer(loop.wheel, target, 0);
}

/** Turns without sleeping until it holds, at most for a second. */
function turnUntil(holds: () => boolean): void {
  const deadline = performance.now() + 1000;
  while (!holds() && performance.now() < deadline) loop.turn(0);
  expect(holds()).toBe(true);
}

describe("a turn", () => {
  test("handles events, fires timers, does tasks and closes, in this order", () => {
    const seen: string[] = [];
    const fd = openEventFd();
    ringEventFd(fd);
    const due = timer(() => seen.push("timer"));
    due.arm(loop.nowMs + 1);
    while (performance.now() < loop.nowMs + 2) {}
    const isOpen = () => descriptorCount() > descriptors + 1;
    loop.watch(
      fd,
      Epoll.IN,
      handler(() => {
        seen.push("event");
        loop.defer(task(() => seen.push(isOpen() ? "task" : "task after the close")));
        loop.closeLater(fd);
      }),
    );
    loop.turn(0);

    expect(seen).toEqual(["event", "timer", "task"]);
    expect(isOpen()).toBe(false);
  });

  test("handles events of urgent descriptors first, and of nice ones last", () => {
    const order: string[] = [];
    const fds = Array.from({ length: 4 }, rungFd);
    const names = ["plain", "nice", "also plain", "urgent"];
    for (const [index, fd] of fds.entries()) {
      const told = () => {
        clearEventFd(fd);
        order.push(names[index]!);
      };
      loop.watch(fd, Epoll.IN, handler(told));
    }
    loop.setNice(fds[1]!, 5);
    loop.setNice(fds[3]!, -5);
    turnUntil(() => order.length === 4);
    expect(order).toEqual(["urgent", "plain", "also plain", "nice"]);
    // A descriptor that is watched anew is like all others.
    for (const [index, fd] of fds.entries()) {
      loop.forget(fd);
      loop.watch(
        fd,
        Epoll.IN,
        handler(() => {
          clearEventFd(fd);
          order.push(names[index]!);
        }),
      );
      ringEventFd(fd);
    }
    order.length = 0;
    turnUntil(() => order.length === 4);
    expect(order).toEqual(names);
  });

  test("tells how much it handled", () => {
    const fd = rungFd();
    loop.watch(fd, Epoll.IN, handler(clearEventFd));
    timer(() => {}).arm(loop.nowMs + 1);
    while (performance.now() < loop.nowMs + 2) {}

    const handled = loop.turn(0);
    // Bun's own descriptor may be ready too, in both turns alike.
    expect(handled - loop.turn(0)).toBe(2);
  });

  test("reads the clocks once", () => {
    const before = loop.nowMs;
    const seen: number[] = [];
    loop.defer(
      task(() => {
        const started = performance.now();
        seen.push(loop.nowMs, loop.dateMs());
        while (performance.now() < started + 3) {}
        seen.push(loop.nowMs, loop.dateMs());
      }),
    );
    loop.turn(0);

    expect(seen.slice(2)).toEqual(seen.slice(0, 2));
    expect(seen[0]).toBeGreaterThanOrEqual(before);
    expect(Number.isInteger(seen[0])).toBe(true);
    expect(Math.abs(seen[1]! - Date.now())).toBeLessThan(1000);
    loop.turn(0);
    expect(loop.nowMs).toBeGreaterThanOrEqual(seen[0]! + 2);
  });

  test("does not sleep while tasks wait, or a promise was resolved", () => {
    const started = performance.now();
    loop.defer(task(() => loop.defer(task(() => {}))));
    loop.turn(5000);
    loop.turn(5000);
    loop.yieldSoon();
    loop.turn(5000);

    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe("a watched descriptor", () => {
  test("is told of until nobody watches it", () => {
    const fd = rungFd();
    let count = 0;
    loop.watch(
      fd,
      Epoll.IN,
      handler(() => count++),
    );
    expect(loop.watchedCount).toBe(1);
    loop.turn(0);
    loop.change(fd, 0);
    loop.turn(0);
    expect(count).toBe(1);
    loop.change(fd, Epoll.IN);
    loop.turn(0);
    expect(count).toBe(2);
    loop.forget(fd);
    loop.forget(fd);
    loop.turn(0);
    expect(count).toBe(2);
    expect(loop.watchedCount).toBe(0);
  });

  test("changes hands", () => {
    const fd = rungFd();
    const seen: string[] = [];
    loop.watch(
      fd,
      Epoll.IN,
      handler(() => seen.push("first")),
    );
    loop.rehandle(
      fd,
      handler(() => seen.push("second")),
    );
    loop.turn(0);

    expect(seen).toEqual(["second"]);
    loop.forget(fd);
  });

  test("is not told of events that were in hand when it was closed, and keeps its number until the end of the turn", () => {
    const fds = [openEventFd(), openEventFd()];
    for (const fd of fds) ringEventFd(fd);
    const seen: number[] = [];
    let reopened = -1;
    const closer = handler((fd) => {
      seen.push(fd);
      // Whichever comes first closes both: the other's event is in hand.
      for (const each of fds) loop.closeLater(each);
      reopened = openEventFd();
      loop.watch(reopened, Epoll.IN, closer);
    });
    for (const fd of fds) loop.watch(fd, Epoll.IN, closer);
    loop.turn(0);

    expect(seen).toHaveLength(1);
    expect(fds).not.toContain(reopened);
    expect(loop.watchedCount).toBe(1);
    loop.closeLater(reopened);
    loop.turn(0);
    expect(loop.watchedCount).toBe(0);
  });
});

describe("tasks", () => {
  test("that tasks add wait for the next turn", () => {
    const seen: number[] = [];
    loop.defer(
      task(() => {
        seen.push(1);
        loop.defer(task(() => seen.push(2)));
      }),
    );
    loop.turn(0);
    expect(seen).toEqual([1]);
    loop.turn(0);
    expect(seen).toEqual([1, 2]);
  });

  test("beyond the bound of a turn are done in the next, in order", () => {
    const seen: number[] = [];
    const count = 2 * TASKS_A_TURN + 10;
    for (let number = 0; number < count; number++) loop.defer(task(() => seen.push(number)));
    loop.turn(0);
    expect(seen).toHaveLength(TASKS_A_TURN);
    loop.turn(0);
    loop.turn(0);
    expect(seen).toEqual(Array.from({ length: count }, (_, number) => number));
  });

  test("that come again each turn keep no other from its turn", () => {
    const greedy: Task = { run: () => loop.defer(greedy), onFault() {} };
    for (let number = 0; number < TASKS_A_TURN; number++) loop.defer(greedy);
    let isDone = false;
    loop.defer(
      task(() => {
        isDone = true;
      }),
    );
    loop.turn(0);
    loop.turn(0);

    expect(isDone).toBe(true);
  });
});

describe("a fault", () => {
  test("of a handler is told to it and to the loop, and harms no other", () => {
    const told: unknown[] = [];
    loop.onFault = (error) => told.push(["loop", (error as Error).message]);
    const faulty: EventHandler = {
      onEvents(fd) {
        clearEventFd(fd);
        throw new Error("bug");
      },
      onFault: (error) => told.push(["handler", (error as Error).message]),
    };
    let served = 0;
    const fds = [rungFd(), rungFd(), rungFd()];
    loop.watch(fds[0]!, Epoll.IN, faulty);
    for (const fd of fds.slice(1)) {
      loop.watch(
        fd,
        Epoll.IN,
        handler((ready) => {
          clearEventFd(ready);
          served++;
        }),
      );
    }
    loop.turn(0);

    expect(told).toEqual([
      ["loop", "bug"],
      ["handler", "bug"],
    ]);
    expect(served).toBe(2);
    for (const fd of fds) loop.forget(fd);
  });

  test("while failing ends the watching, and the descriptor is still the handler's to close", () => {
    const told: string[] = [];
    loop.onFault = (error) => told.push((error as Error).message);
    const fd = openEventFd();
    ringEventFd(fd);
    loop.watch(fd, Epoll.IN, {
      onEvents() {
        throw new Error("first");
      },
      onFault() {
        throw new Error("second");
      },
    });
    loop.turn(0);

    expect(told).toEqual(["first", "second"]);
    expect(loop.watchedCount).toBe(0);
    loop.turn(0);
    expect(told).toHaveLength(2);
    loop.closeLater(fd);
    loop.turn(0);
    expect(told).toHaveLength(2);
  });

  test("of closing twice is told, and closes the others all the same", () => {
    const told: string[] = [];
    loop.onFault = (error) => told.push((error as Error).message);
    const fds = [openEventFd(), openEventFd()];
    loop.closeLater(fds[0]!);
    loop.closeLater(fds[0]!);
    loop.closeLater(fds[1]!);
    loop.turn(0);
    loop.turn(0);

    expect(told).toEqual(["close failed with EBADF"]);
  });

  test("of a timer or a task is told to it, and the turn goes on", () => {
    const told: string[] = [];
    loop.onFault = (error) => told.push(`loop: ${(error as Error).message}`);
    timer(
      () => {
        throw new Error("timer");
      },
      () => told.push("target"),
    ).arm(loop.nowMs + 1);
    loop.defer({
      run() {
        throw new Error("task");
      },
      onFault() {
        throw new Error("task again");
      },
    });
    loop.defer(task(() => told.push("other task")));
    turnUntil(() => told.length === 6 - 1);

    expect(told.sort()).toEqual(
      ["loop: timer", "target", "loop: task", "loop: task again", "other task"].sort(),
    );
  });
});

describe("a running loop", () => {
  /** Lets the loop run by itself for a while of real time, and counts its turns. */
  async function turnsDuring(run: () => Promise<unknown>): Promise<number> {
    loop.start();
    const before = loop.turnsCount;
    await run();
    const turns = loop.turnsCount - before;
    loop.stop();
    return turns;
  }

  test("makes no busy turns when idle", async () => {
    const turns = await turnsDuring(() => Bun.sleep(300));

    // It looks up every 100 ms, for Bun's timers; the test's own timer and start cost a few more.
    expect(turns).toBeLessThan(15);
    expect(loop.sleptMs).toBeGreaterThan(200);
  });

  test("makes no busy turns while timers are far and descriptors silent", async () => {
    const fd = openEventFd();
    opened.push(fd);
    loop.watch(
      fd,
      Epoll.IN,
      handler(() => {}),
    );
    timer(() => {}).arm(loop.nowMs + 60_000);
    const turns = await turnsDuring(() => Bun.sleep(300));

    expect(turns).toBeLessThan(15);
    loop.forget(fd);
  });

  test("fires timers in time", async () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const started = performance.now();
    timer(() => {
      resolve(performance.now() - started);
      loop.yieldSoon();
    }).arm(Math.trunc(started) + 30);
    let tookMs = 0;
    await turnsDuring(async () => {
      tookMs = await promise;
    });

    expect(tookMs).toBeWithin(29, 90);
  });

  test("lets Bun's work come at once", async () => {
    const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("ok") });
    const started = performance.now();
    let answers = 0;
    await turnsDuring(async () => {
      for (let round = 0; round < 5; round++) {
        const response = await fetch(server.url);
        if ((await response.text()) === "ok") answers++;
      }
    });

    expect(answers).toBe(5);
    // Five answers of some ms each; a loop that kept Bun waiting would take 100 ms for each step.
    expect(performance.now() - started).toBeLessThan(450);
    await server.stop(true);
  });

  test("lets Bun's timers come while it is busy itself", async () => {
    const greedy: Task = { run: () => loop.defer(greedy), onFault() {} };
    loop.defer(greedy);
    const started = performance.now();
    await turnsDuring(() => Bun.sleep(10));

    expect(performance.now() - started).toBeLessThan(400);
  });

  test("runs the callbacks of a promise that a handler resolved", async () => {
    const fd = openEventFd();
    opened.push(fd);
    const { promise, resolve } = Promise.withResolvers<number>();
    loop.watch(
      fd,
      Epoll.IN,
      handler(() => {
        clearEventFd(fd);
        resolve(performance.now());
        loop.yieldSoon();
      }),
    );
    let lateMs = Number.NaN;
    await turnsDuring(async () => {
      ringEventFd(fd);
      lateMs = performance.now() - (await promise);
    });

    expect(lateMs).toBeLessThan(50);
    loop.forget(fd);
  });

  test("stops, and starts again", async () => {
    await turnsDuring(() => Bun.sleep(1));
    const stopped = loop.turnsCount;
    await Bun.sleep(20);
    expect(loop.turnsCount - stopped).toBeLessThanOrEqual(1);
    expect(await turnsDuring(() => Bun.sleep(1))).toBeGreaterThan(0);
  });
});
