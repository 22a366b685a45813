import { expect, test } from "bun:test";
import { Epoll } from "../sys/epoll.ts";
import { closeDescriptor } from "../sys/socket.ts";
import { connectedPair } from "../sys/testing.ts";
import { ConnectionPool } from "./connection-pool.ts";
import { RecordingOwner, smallThread } from "./testing.ts";

test("ConnectionPool uses objects again and counts those in use", () => {
  const thread = smallThread();
  const pool = new ConnectionPool(thread);
  const first = pool.take();
  const second = pool.take();

  expect(pool.takenCount).toBe(2);
  pool.give(first);
  expect(pool.take()).toBe(first);
  pool.give(first);
  pool.give(second);
  expect(pool.takenCount).toBe(0);
  thread.loop.close();
});

test("ConnectionPool takes no open connection back", () => {
  const thread = smallThread();
  const pool = new ConnectionPool(thread);
  const connection = pool.take();
  const { near, far } = connectedPair();
  connection.open(near, new RecordingOwner(), Epoll.IN);

  expect(() => pool.give(connection)).toThrow("only a closed connection goes back");
  connection.close();
  pool.give(connection);
  closeDescriptor(far);
  thread.loop.close();
});
