import { expect, test } from "bun:test";
import { Thread } from "../net/thread.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import { Delivery } from "./delivery.ts";

const LETTER = { from: "f@x", to: "t@x", hostName: "me", message: "Subject: a\r\n\r\na\r\n" };

test("a delivery that is over is not kept until its timeout", async () => {
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { data() {}, open: (socket) => void socket.end("554 no\r\n") },
  });
  const thread = new Thread(0);
  const told: (string | null)[] = [];
  const delivery = new Delivery(thread, LETTER, (problem) => told.push(problem));
  delivery.begin(SocketAddress.fromHost("127.0.0.1", server.port)!, 3000);
  const deadlineMs = performance.now() + 3000;
  while (told.length === 0 && performance.now() < deadlineMs) {
    thread.loop.turn(5);
    // The peer is one of Bun's sockets: let it run.
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  const { placedCount } = thread.wheel;
  thread.loop.close();
  server.stop(true);

  expect(told).toEqual(['its reply to the connection is "554 no"']);
  expect(placedCount).toBe(0);
});
