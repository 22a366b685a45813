import { afterAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import {
  configurationWithoutServers,
  eventually,
  freePort,
  HesitantServer,
  outcomeOf,
  ToldText,
  Workshop,
} from "./testing.ts";

const workshop = new Workshop();
afterAll(() => workshop.remove());

async function serving(global = "") {
  const port = freePort();
  const server = new HesitantServer();
  const text = `${configurationWithoutServers(port, global)}    server s 127.0.0.1:${server.port}\n`;
  const file = workshop.write(`${port}.cfg`, text);
  const child = workshop.start(["-f", file]);
  await eventually("it listens", () => accepts(port));
  return { child, port, server };
}

/** Opens a connection; a request on it waits for the server, and so does a soft stop. */
async function request(port: number, server: HesitantServer) {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  socket.on("data", (data) => {
    text += data.toString();
  });
  socket.on("error", () => {});
  const answer = new Promise<string>((resolve) => socket.once("close", () => resolve(text)));
  socket.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  await server.arrival;
  return { answer, socket };
}

/** Says whether a port takes connections. */
function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => socket.end(() => resolve(true)));
    socket.once("error", () => resolve(false));
  });
}

describe("a process that serves", () => {
  test.each(["SIGTERM", "SIGINT"] as const)("dies at once of %s", async (signal) => {
    const { child, port, server } = await serving();
    await request(port, server);
    child.kill(signal);
    const outcome = await outcomeOf(child);
    server.stop();

    expect(outcome.signal).toBe(signal);
    expect(outcome.err).toBe("");
  });

  test("closes its listeners at once on SIGUSR1, and ends with the last request", async () => {
    const { child, port, server } = await serving();
    const { answer } = await request(port, server);
    child.kill("SIGUSR1");
    await eventually("the port is closed", async () => !(await accepts(port)));
    expect(child.exitCode).toBeNull();
    server.answer();
    const outcome = await outcomeOf(child);
    server.stop();

    expect(outcome.status).toBe(0);
    expect(await answer).toMatch(/^HTTP\/1\.1 200 OK\r\n[\s\S]*connection: close/);
    expect(outcome.err).toMatch(/Proxy web stopped \(cumulated conns: FE: \d+, BE: 0\)\./);
    expect(outcome.err).toMatch(/Proxy none stopped \(cumulated conns: FE: 0, BE: \d+\)\./);
  });

  test("closes idle connections on SIGUSR1, and answers the first request of new ones", async () => {
    const { child, port, server } = await serving();
    const { socket, answer } = await request(port, server);
    server.answer();
    await new Promise((resolve) => socket.once("data", resolve));
    const fresh = connect(port, "127.0.0.1");
    await new Promise((resolve) => fresh.once("connect", resolve));
    child.kill("SIGUSR1");
    // It was idle: it is closed at once.
    expect(await answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(child.exitCode).toBeNull();
    fresh.write("GET /none HTTP/1.1\r\nhost: a\r\n\r\n");
    fresh.resume();
    await eventually("it is over", () => {
      server.answer();
      return child.exitCode !== null;
    });
    server.stop();

    expect(child.exitCode).toBe(0);
  });

  test("ends what is left when hard-stop-after is over", async () => {
    const { child, port, server } = await serving("    hard-stop-after 100ms");
    await request(port, server);
    child.kill("SIGUSR1");
    const outcome = await outcomeOf(child);
    server.stop();

    expect(outcome.status).toBe(0);
    expect(outcome.err).toMatch(/Proxy web hard-stopped \(1 remaining conns will be closed\)\./);
  });

  test("tells of servers on SIGHUP, of memory on SIGQUIT, and goes on", async () => {
    const { child, port } = await serving();
    const told = new ToldText(child.stderr);
    child.kill("SIGHUP");
    await told.eventually(/SIGHUP: Server none\/s is UP\. Conn: 0 act, 0 pend, 0 tot\./);
    child.kill("SIGQUIT");
    await told.eventually(/Pool buffer \(16384 bytes\)/);
    child.kill("SIGTTOU");
    await told.eventually(/Paused frontend web\./);
    child.kill("SIGTTIN");
    await told.eventually(/Resumed frontend web\./);
    expect(await accepts(port)).toBe(true);
    child.kill("SIGTERM");
    await child.exited;
  });

  test("replaces an older one with -sf", async () => {
    const { child: old, port } = await serving();
    const file = `${workshop.path}/${port}.cfg`;
    const young = workshop.start(["-f", file, "-sf", String(old.pid)]);

    expect((await outcomeOf(old)).status).toBe(0);
    expect(await accepts(port)).toBe(true);
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
