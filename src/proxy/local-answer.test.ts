import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Connection } from "../net/connection.ts";
import { openConnection, RecordingOwner, smallThread } from "../net/testing.ts";
import type { Thread } from "../net/thread.ts";
import { closeDescriptor, receive } from "../sys/socket.ts";
import { setLingerZero } from "../sys/socket-option.ts";
import { waitFor } from "../sys/testing.ts";
import { ConnectionWish } from "./header-edits.ts";
import { LocalAnswer } from "./local-answer.ts";

const HEAD = "HTTP/1.1 200 OK\r\ncontent-length: 4\r\n";

let thread: Thread;
let client: Connection;
let far: number;

beforeEach(() => {
  thread = smallThread();
  ({ connection: client, far } = openConnection(thread, new RecordingOwner(), 0));
});

afterEach(() => {
  client.close();
  if (far !== -1) closeDescriptor(far);
  thread.loop.close();
});

function message(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

function read(): string {
  const { region, buffers } = thread;
  const size = receive(far, region, buffers.scratchStart, 4096);
  if (size <= 0) return "";
  const { scratchStart } = buffers;
  return Buffer.from(region.bytes.slice(scratchStart, scratchStart + size)).toString("latin1");
}

describe("LocalAnswer", () => {
  test.each([
    { wish: ConnectionWish.SILENT, isHead: false, wanted: `${HEAD}\r\nbody` },
    { wish: ConnectionWish.CLOSE, isHead: false, wanted: `${HEAD}connection: close\r\n\r\nbody` },
    {
      wish: ConnectionWish.KEEP_ALIVE,
      isHead: false,
      wanted: `${HEAD}connection: keep-alive\r\n\r\nbody`,
    },
    { wish: ConnectionWish.CLOSE, isHead: true, wanted: `${HEAD}connection: close\r\n\r\n` },
    { wish: ConnectionWish.SILENT, isHead: true, wanted: `${HEAD}\r\n` },
  ])("with wish $wish, to HEAD $isHead", ({ wish, isHead, wanted }) => {
    const answer = new LocalAnswer(message(`${HEAD}\r\nbody`), isHead, wish);
    expect(answer.pump(client)).toBe(true);
    expect(read()).toBe(wanted);
    expect(answer.sentSize).toBe(wanted.length);
    expect(thread.buffers.takenCount).toBe(0);
  });

  test("leaves a body alone that looks like a head", () => {
    const answer = new LocalAnswer(message(`${HEAD}\r\na\r\n\r\nb`), false, ConnectionWish.CLOSE);
    answer.pump(client);
    expect(read()).toBe(`${HEAD}connection: close\r\n\r\na\r\n\r\nb`);
  });

  test("larger than a client takes at once goes on where it stopped", () => {
    const body = "0123456789".repeat(1_000_000);
    const whole = `HTTP/1.1 200 OK\r\n\r\n${body}`;
    const answer = new LocalAnswer(message(whole), false, ConnectionWish.SILENT);
    let isDone = answer.pump(client);
    expect(isDone).toBe(false);
    let text = "";
    for (let round = 0; round < 1_000_000 && text.length < whole.length; round++) {
      text += read();
      if (!isDone) isDone = answer.pump(client);
    }
    expect(isDone).toBe(true);
    expect(text === whole).toBe(true);
  });

  test("to a client that is gone ends with its error", () => {
    setLingerZero(far);
    closeDescriptor(far);
    far = -1;
    waitFor(client.fd, 0);
    const answer = new LocalAnswer(message(`${HEAD}\r\nbody`), false, ConnectionWish.SILENT);
    expect(answer.pump(client)).toBe(false);
    expect(client.error).toBeLessThan(0);
    expect(answer.sentSize).toBe(0);
  });
});
