import { expect, test } from "bun:test";
import { PLAIN_HABITS } from "../../net/socket-habits.ts";
import { habitsOf } from "../socket-habits-part.ts";

test("habitsOf() asks nothing of the kernel where only times of probes are set", () => {
  expect(habitsOf({ ...PLAIN_HABITS, keepAliveIdle: 5 })).toBeNull();
});

test("habitsOf() gives all of them as soon as one needs a word", () => {
  const habits = { ...PLAIN_HABITS, keepsAlive: true, keepAliveCount: 3 };
  expect(habitsOf(habits)).toEqual(habits);
});
