import { afterAll, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { Listener } from "../net/listener.ts";
import { Thread } from "../net/thread.ts";
import { ErrorCaptures } from "../stats/error-captures.ts";
import { ProxyTable } from "../stats/proxy-table.ts";
import { bindSocket, listenSocket, localAddress, streamSocket } from "../sys/socket.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import { defineCommand } from "./command.ts";
import { CommandIndex } from "./command-index.ts";
import type { RuntimeContext } from "./context.ts";
import { AccessLevel } from "./level.ts";
import { plainRights, RuntimeServer } from "./runtime-server.ts";

const LONG = "0123456789abcdef".repeat(200_000);

const commands = [
  defineCommand({
    name: "hi",
    usage: "hi",
    summary: "greet",
    source: "test",
    level: "user",
    run: () => "hello\n",
  }),
  defineCommand({
    name: "long",
    usage: "long",
    summary: "say much",
    source: "test",
    level: "user",
    run: () => `${LONG}\n`,
  }),
  defineCommand({
    name: "pieces",
    usage: "pieces",
    summary: "say much, piece by piece",
    source: "test",
    level: "user",
    *run() {
      for (let at = 0; at < LONG.length; at += 1000) yield LONG.slice(at, at + 1000);
      yield "\n";
    },
  }),
  defineCommand({
    name: "break pieces",
    usage: "break pieces",
    summary: "throw in the middle",
    source: "test",
    level: "user",
    *run() {
      yield "x".repeat(100_000);
      throw new Error("broken command");
    },
  }),
  defineCommand({
    name: "break",
    usage: "break",
    summary: "throw",
    source: "test",
    level: "user",
    run: () => {
      throw new Error("broken command");
    },
  }),
];

const context = {
  table: new ProxyTable([]),
  commands: new CommandIndex(commands),
  errors: new ErrorCaptures(),
} as unknown as RuntimeContext;

const thread = new Thread(0);
thread.loop.start();
afterAll(() => thread.loop.stop());

function serve(limits: { timeoutMs?: number; connectionsMax?: number } = {}) {
  const fd = streamSocket(2);
  const address = SocketAddress.fromHost("127.0.0.1", 0)!;
  bindSocket(fd, address);
  listenSocket(fd, 16);
  localAddress(fd, address);
  const server = new RuntimeServer(thread, context, plainRights(AccessLevel.ADMIN), {
    timeoutMs: 10_000,
    connectionsMax: 10,
    ...limits,
  });
  const listener = new Listener(thread, fd, address, server);
  listener.resume();
  return { server, listener, port: address.port };
}

/** Sends a text, ends the sending side if asked to, and gives everything up to the server's end. */
function ask(port: number, text: string, halfClose = true): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    let answer = "";
    socket.setEncoding("latin1");
    socket.on("data", (data) => {
      answer += data;
    });
    socket.on("end", () => {
      socket.end();
      resolve(answer);
    });
    socket.on("error", reject);
    socket.write(text);
    if (halfClose) socket.end();
  });
}

describe("RuntimeServer", () => {
  test("answers a client that ends its side with the command, and closes", async () => {
    const { listener, server, port } = serve();
    expect(await ask(port, "hi\n")).toBe("hello\n\n");
    expect(await ask(port, "hi;hi\n")).toBe("hello\n\nhello\n\n");
    expect(server.openCount).toBe(0);
    listener.close();
  });

  test("answers and closes when the client keeps its side open", async () => {
    const { listener, port } = serve();
    expect(await ask(port, "hi\n", false)).toBe("hello\n\n");
    listener.close();
  });

  test("sends a long answer whole, after the client's end", async () => {
    const { listener, server, port } = serve();
    expect(await ask(port, "long\n")).toBe(`${LONG}\n\n`);
    expect(server.openCount).toBe(0);
    listener.close();
  });

  test("makes a long answer in turns with others, after the client's end", async () => {
    const { listener, server, port } = serve();
    const answers = await Promise.all([
      ask(port, "pieces;hi\n"),
      ask(port, "pieces\n", false),
      ask(port, "hi\n"),
    ]);
    expect(answers[0]).toBe(`${LONG}\n\nhello\n\n`);
    expect(answers[1]).toBe(`${LONG}\n\n`);
    expect(answers[2]).toBe("hello\n\n");
    expect(server.openCount).toBe(0);
    listener.close();
  });

  test("an answer that breaks in the middle ends its own session only", async () => {
    const { listener, server, port } = serve();
    const answer = await ask(port, "break pieces\n", false).catch(() => "");
    expect(answer.length).toBeLessThanOrEqual(100_000);
    expect(await ask(port, "hi\n")).toBe("hello\n\n");
    expect(server.openCount).toBe(0);
    listener.close();
  });

  test("an end without a line is answered with an end", async () => {
    const { listener, port } = serve();
    expect(await ask(port, "hi")).toBe("");
    listener.close();
  });

  test("ends a silent session", async () => {
    const { listener, server, port } = serve({ timeoutMs: 30 });
    expect(await ask(port, "prompt\n", false)).toBe("\n> ");
    expect(server.openCount).toBe(0);
    listener.close();
  });

  test("lets clients wait while all sessions are taken", async () => {
    const { listener, port } = serve({ connectionsMax: 1, timeoutMs: 100 });
    const first = ask(port, "prompt\n", false);
    const second = ask(port, "hi\n");
    expect(await first).toBe("\n> ");
    expect(await second).toBe("hello\n\n");
    listener.close();
  });

  test("a command that breaks ends its own session only", async () => {
    const { listener, server, port } = serve();
    expect(await ask(port, "break\n", false).catch(() => "")).toBe("");
    expect(await ask(port, "hi\n")).toBe("hello\n\n");
    expect(server.openCount).toBe(0);
    listener.close();
  });
});
