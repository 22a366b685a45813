import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { Region } from "../sys/region.ts";
import { bindSocket, closeDescriptor, datagramSocket, receive } from "../sys/socket.ts";
import { AddressFamily, SocketAddress } from "../sys/socket-address.ts";
import {
  configurationWithoutServers,
  eventually,
  freePort,
  outcomeOf,
  statusAt,
  Workshop,
} from "./testing.ts";

const workshop = new Workshop();
afterAll(() => workshop.remove());

/** The processes that a process has started. */
function childrenOf(pid: number): number[] {
  return readdirSync("/proc")
    .filter((name) => {
      if (!/^\d+$/.test(name)) return false;
      try {
        const fields = readFileSync(`/proc/${name}/stat`, "latin1").split(") ")[1]!.split(" ");
        return Number(fields[1]) === pid && fields[0] !== "Z";
      } catch {
        return false;
      }
    })
    .map(Number);
}

async function serving(name: string, words: readonly string[] = [], global = "") {
  const port = freePort();
  const file = workshop.write(`${name}.cfg`, configurationWithoutServers(port, global));
  const child = workshop.start(["-W", "-f", file, "-p", `${name}.pid`, ...words]);
  await eventually("it serves", () => statusAt(port));
  await eventually("the pid file is there", () => existsSync(`${workshop.path}/${name}.pid`));
  return { child, port, file };
}

describe("a master", () => {
  test.each([
    { signal: "SIGINT", status: 130, because: "it was interrupted" },
    { signal: "SIGTERM", status: 0, because: "it was told to stop" },
    { signal: "SIGUSR1", status: 0, because: "it stops softly" },
  ] as const)(
    "ends its worker and then itself with $status on $signal: $because",
    async ({ signal, status }) => {
      const { child, port } = await serving(signal);
      const workers = childrenOf(child.pid);
      expect(Number(workshop.read(`${signal}.pid`))).toBe(child.pid);
      expect(workers).toHaveLength(1);
      child.kill(signal);
      const outcome = await outcomeOf(child);

      expect(outcome.status).toBe(status);
      expect(outcome.err).toMatch(/Current worker \(\d+\) exited with code \d+/);
      expect(existsSync(`/proc/${workers[0]}`)).toBe(false);
      await expect(statusAt(port)).rejects.toThrow();
    },
  );

  test.each(["SIGUSR2", "SIGHUP"] as const)("replaces its worker on %s", async (signal) => {
    const { child, port } = await serving(signal);
    const [former] = childrenOf(child.pid);
    child.kill(signal);
    await eventually("another one serves alone", () => {
      const workers = childrenOf(child.pid);
      return workers.length === 1 && workers[0] !== former;
    });
    expect(await statusAt(port)).toBe(503);
    child.kill("SIGTERM");

    expect((await outcomeOf(child)).err).toMatch(
      /Former worker \(\d+\) exited with code 0 \(Exit\)/,
    );
  });

  test("keeps its worker when the new configuration is wrong", async () => {
    const { child, port, file } = await serving("wrong");
    const workers = childrenOf(child.pid);
    workshop.write("wrong.cfg", `${readFileSync(file, "utf8")}    foo\n`);
    child.kill("SIGUSR2");
    await eventually("the new one has failed", () => childrenOf(child.pid).length === 2);
    await eventually("the new one is gone", () => childrenOf(child.pid).length === 1);
    expect(childrenOf(child.pid)).toEqual(workers);
    expect(await statusAt(port)).toBe(503);
    child.kill("SIGTERM");
    const { err } = await outcomeOf(child);

    expect(err).toMatch(/unknown keyword 'foo'/);
    expect(err).toMatch(/\[WARNING\] {2}\(\d+\) : Loading failure!/);
  });

  test("ends when its worker is lost, and takes its worker along when it is lost", async () => {
    const lost = await serving("lost");
    process.kill(childrenOf(lost.child.pid)[0]!, "SIGKILL");
    const outcome = await outcomeOf(lost.child);
    expect(outcome.status).toBe(137);
    expect(outcome.err).toMatch(/exit-on-failure: killing every processes with SIGTERM/);

    const orphaned = await serving("orphaned");
    const [worker] = childrenOf(orphaned.child.pid);
    orphaned.child.kill("SIGKILL");
    await outcomeOf(orphaned.child);
    await eventually("the worker is gone", () => !existsSync(`/proc/${worker}/fd/0`));
  });

  test("ends with 1 when its first worker cannot serve", async () => {
    const file = workshop.write(
      "far.cfg",
      "frontend f\n    bind 192.0.2.1:80\n    timeout client 1s\n",
    );
    const outcome = await workshop.run(["-W", "-f", file, "-p", "far.pid"]);

    expect(outcome.status).toBe(1);
    expect(outcome.err).toMatch(/Binding .* cannot bind socket/);
    expect(existsSync(`${workshop.path}/far.pid`)).toBe(false);
  });

  test("goes to the background with -D, and its worker with it", async () => {
    const port = freePort();
    const file = workshop.write("both.cfg", configurationWithoutServers(port, "    master-worker"));
    const outcome = await workshop.run(["-D", "-f", file, "-p", "both.pid"]);
    expect(outcome.status).toBe(0);
    const pid = Number(workshop.read("both.pid"));
    const workers = childrenOf(pid);
    expect(workers).toHaveLength(1);
    expect(readlinkSync(`/proc/${workers[0]}/fd/1`)).toBe("/dev/null");
    expect(await statusAt(port)).toBe(503);
    process.kill(pid, "SIGTERM");
    await eventually("both are gone", () => !existsSync(`/proc/${workers[0]}/fd/0`));
  });

  test("tells systemd first that it is ready", async () => {
    const path = `${workshop.path}/notify`;
    const fd = datagramSocket(AddressFamily.UNIX);
    expect(bindSocket(fd, SocketAddress.fromPath(path, false))).toBe(0);
    const file = workshop.write("notify.cfg", configurationWithoutServers(freePort()));
    const master = workshop.start(["-Ws", "-f", file], undefined, { NOTIFY_SOCKET: path });
    const region = new Region(4096);
    const told = await eventually("it is told", () => {
      const size = receive(fd, region, 0, region.size);
      return size > 0 ? Buffer.from(region.bytes.subarray(0, size)).toString() : undefined;
    });
    closeDescriptor(fd);
    master.kill("SIGTERM");
    await outcomeOf(master);

    expect(told).toBe(`READY=1\nMAINPID=${master.pid}\nSTATUS=Ready.`);
  });
});
