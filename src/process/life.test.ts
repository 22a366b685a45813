import { afterAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
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

async function serving(global = "", words: readonly string[] = []) {
  const port = freePort();
  const file = workshop.write(`${port}.cfg`, configurationWithoutServers(port, global));
  const child = workshop.start(["-f", file, ...words]);
  await eventually("it serves", () => statusAt(port));
  return { child, port };
}

/** Opens a connection with half a request on it, which keeps a soft stop waiting. */
async function halfRequest(port: number) {
  const socket = connect(port, "127.0.0.1");
  await new Promise((resolve) => socket.once("connect", resolve));
  socket.write("GET / HTTP/1.1\r\n");
  return socket;
}

describe("a process that serves", () => {
  test.each(["SIGTERM", "SIGINT"] as const)("dies at once of %s", async (signal) => {
    const { child, port } = await serving();
    const client = await halfRequest(port);
    child.kill(signal);
    const outcome = await outcomeOf(child);
    client.destroy();

    expect(outcome.signal).toBe(signal);
    expect(outcome.err).toBe("");
  });

  test("closes its listeners at once on SIGUSR1, and ends with the last request", async () => {
    const { child, port } = await serving();
    const client = await halfRequest(port);
    child.kill("SIGUSR1");
    const refused = eventually("the port is closed", () =>
      statusAt(port).then(
        () => undefined,
        () => true,
      ),
    );
    await refused;
    expect(child.exitCode).toBeNull();
    let answer = "";
    client.on("data", (data) => {
      answer += data.toString();
    });
    client.write("host: a\r\n\r\n");
    const outcome = await outcomeOf(child);

    expect(outcome.status).toBe(0);
    expect(answer).toMatch(/^HTTP\/1\.1 503 /);
    expect(outcome.err).toMatch(/Proxy web stopped \(cumulated conns: FE: \d+, BE: 0\)\./);
    expect(outcome.err).toMatch(/Proxy none stopped \(cumulated conns: FE: 0, BE: \d+\)\./);
  });

  test("closes idle connections on SIGUSR1", async () => {
    const { child, port } = await serving();
    const client = connect(port, "127.0.0.1");
    await new Promise((resolve) => client.once("connect", resolve));
    const closed = new Promise((resolve) => client.once("close", resolve));
    expect(await statusAt(port)).toBe(503);
    child.kill("SIGUSR1");
    client.resume();
    await closed;

    expect((await outcomeOf(child)).status).toBe(0);
  });

  test("ends what is left when hard-stop-after is over", async () => {
    const { child, port } = await serving("    hard-stop-after 100ms");
    const client = await halfRequest(port);
    child.kill("SIGUSR1");
    const outcome = await outcomeOf(child);
    client.destroy();

    expect(outcome.status).toBe(0);
    expect(outcome.err).toMatch(/Proxy web hard-stopped \(1 remaining conns will be closed\)\./);
  });

  test("tells of servers on SIGHUP, of memory on SIGQUIT, and goes on", async () => {
    const { child, port } = await serving();
    child.kill("SIGHUP");
    child.kill("SIGQUIT");
    child.kill("SIGTTOU");
    child.kill("SIGTTIN");
    expect(await eventually("it answers", () => statusAt(port))).toBe(503);
    child.kill("SIGTERM");
    const { err } = await outcomeOf(child);

    expect(err).toMatch(/SIGHUP: Proxy none has no servers\. Conn: act\(FE\+BE\): 0\+0/);
    expect(err).toMatch(/Pool buffer \(16384 bytes\)/);
    expect(err).toMatch(/Paused frontend web\.[\s\S]*Resumed frontend web\./);
  });

  test("replaces an older one with -sf", async () => {
    const { child: old, port } = await serving();
    const file = `${workshop.path}/${port}.cfg`;
    const young = workshop.start(["-f", file, "-sf", String(old.pid)]);

    expect((await outcomeOf(old)).status).toBe(0);
    expect(await statusAt(port)).toBe(503);
    young.kill("SIGTERM");
    await outcomeOf(young);
  });

  test("refuses to start where the limits cannot be had", async () => {
    const file = workshop.write("huge.cfg", configurationWithoutServers(freePort()));
    const child = workshop.start(["-n", "900000000", "-f", file]);
    const { status, err } = await outcomeOf(child);

    expect(status).toBe(1);
    expect(err).toMatch(/Cannot raise FD limit to \d+, limit is \d+/);
  });

  test("names what it cannot bind", async () => {
    const file = workshop.write(
      "far.cfg",
      "frontend f\n    bind 192.0.2.1:80\n    timeout client 1s\n",
    );
    const { status, err } = await workshop.run(["-f", file]);

    expect(status).toBe(1);
    expect(err).toMatch(/Binding \[.*far\.cfg:2\] for frontend f: cannot bind socket/);
  });
});
