import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, readFileSync, readlinkSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import {
  configurationWithoutServers,
  eventually,
  freePort,
  statusAt,
  Workshop,
} from "./testing.ts";

const workshop = new Workshop();
afterAll(() => workshop.remove());

/** Daemons of the tests are ended whatever becomes of the test. */
async function ending<T>(pid: number, body: () => T | Promise<T>): Promise<T> {
  try {
    return await body();
  } finally {
    process.kill(pid, "SIGTERM");
  }
}

describe("a daemon", () => {
  test("serves once its parent has ended, in a session of its own, under its name", async () => {
    const port = freePort();
    const file = workshop.write("daemon.cfg", configurationWithoutServers(port));
    const link = join(workshop.path, "haproxy");
    symlinkSync(join(import.meta.dir, "../../bin/sluice"), link);
    const outcome = await workshop.run(["-D", "-f", file, "-p", "pid"], link);

    expect(outcome).toEqual({ status: 0, signal: null, out: "", err: "" });
    const pid = Number(workshop.read("pid"));
    await ending(pid, async () => {
      expect(await statusAt(port)).toBe(503);
      expect(readFileSync(`/proc/${pid}/comm`, "utf8")).toBe("haproxy\n");
      const [, , , session] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
      expect(Number(session)).toBe(pid);
      expect(readlinkSync(`/proc/${pid}/fd/2`)).toBe("/dev/null");
    });
  });

  test("keeps the sockets that it inherited, by their numbers", async () => {
    const port = freePort();
    const listener = Bun.listen({ hostname: "127.0.0.1", port, socket: { data() {} } });
    const fd = (listener as unknown as { fd: number }).fd;
    const text = configurationWithoutServers(port).replace(`127.0.0.1:${port}`, "fd@7");
    const file = workshop.write("inherited.cfg", text);
    const shell = `exec ${join(import.meta.dir, "../../bin/sluice")} -D -f ${file} -p inherited.pid`;
    const child = Bun.spawn(["/bin/sh", "-c", shell], {
      cwd: workshop.path,
      stdio: ["ignore", "ignore", "inherit", "ignore", "ignore", "ignore", "ignore", fd],
    });
    expect(await child.exited).toBe(0);
    listener.stop(true);
    const pid = Number(workshop.read("inherited.pid"));
    await ending(pid, async () => expect(await statusAt(port)).toBe(503));
  });

  test("tells through its parent what keeps it from serving", async () => {
    const file = workshop.write(
      "far.cfg",
      "frontend f\n    bind 192.0.2.1:80\n    timeout client 1s\n",
    );
    const outcome = await workshop.run(["-D", "-f", file, "-p", "none.pid"]);

    expect(outcome.status).toBe(1);
    expect(outcome.err).toMatch(/Binding .* cannot bind socket/);
    expect(existsSync(join(workshop.path, "none.pid"))).toBe(false);
  });

  test.skipIf(process.getuid?.() !== 0)("gives up root and its view of files", async () => {
    const port = freePort();
    const global = `    daemon\n    pidfile ${workshop.path}/jail.pid\n    chroot ${workshop.path}\n    uid 65534\n    gid 65534`;
    const file = workshop.write("jail.cfg", configurationWithoutServers(port, global));
    const outcome = await workshop.run(["-f", file]);

    expect(outcome).toEqual({ status: 0, signal: null, out: "", err: "" });
    const pid = Number(workshop.read("jail.pid"));
    await ending(pid, async () => {
      expect(await eventually("it serves", () => statusAt(port))).toBe(503);
      expect(readFileSync(`/proc/${pid}/status`, "utf8")).toMatch(/^Uid:\t65534\t65534\t65534/m);
      expect(readlinkSync(`/proc/${pid}/root`)).toBe(workshop.path);
    });
  });
});
