import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { BodyReader } from "../h1/body-reader.ts";
import { STRICT } from "../h1/parse-options.ts";
import { Head } from "../http/head.ts";
import type { Connection } from "../net/connection.ts";
import {
  openConnection,
  putText,
  RecordingOwner,
  SMALL_TUNING,
  smallThread,
} from "../net/testing.ts";
import type { Thread } from "../net/thread.ts";
import { Epoll } from "../sys/epoll.ts";
import { closeDescriptor, receive, send } from "../sys/socket.ts";
import { setLingerZero } from "../sys/socket-option.ts";
import { waitFor } from "../sys/testing.ts";
import { Relay } from "./relay.ts";
import { ResponseReader, ResponseResult } from "./response-reader.ts";

const FINAL = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
const HINTS = "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n";
const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

let thread: Thread;
let server: { connection: Connection; far: number };
let client: { connection: Connection; far: number };
let relay: Relay;
let reader: ResponseReader;
let head: Head;

beforeEach(() => {
  thread = smallThread();
  server = openConnection(thread, new RecordingOwner(), Epoll.IN);
  client = openConnection(thread, new RecordingOwner(), Epoll.IN);
  relay = new Relay(thread);
  reader = new ResponseReader(relay, new BodyReader());
  head = new Head(101);
});

afterEach(() => {
  relay.reset();
  for (const { connection, far } of [server, client]) {
    connection.close();
    if (far !== -1) closeDescriptor(far);
  }
  thread.loop.close();
  expect(thread.buffers.takenCount).toBe(0);
});

/** Has the server say something, and the reader read it. */
function say(text: string, takesInterim = true): ResponseResult {
  const { connection, far } = server;
  send(far, thread.region, thread.buffers.scratchStart, putText(thread, text));
  for (let rest = text.length; rest > 0; ) {
    waitFor(connection.fd, Epoll.IN);
    rest -= connection.receive(0);
  }
  return reader.read(connection, client.connection, head, STRICT, takesInterim);
}

/** What has come to the client. */
function heard(): string {
  const { scratchStart } = thread.buffers;
  if (waitFor(client.far, Epoll.IN, 20) === 0) return "";
  const size = receive(client.far, thread.region, scratchStart, 4096);
  return Buffer.from(thread.region.bytes.slice(scratchStart, scratchStart + size)).toString(
    "latin1",
  );
}

describe("ResponseReader", () => {
  test.each([
    { text: FINAL, status: 200, count: 0, passed: "", because: "there is nothing before it" },
    { text: CONTINUE + FINAL, status: 200, count: 1, passed: CONTINUE, because: "one before it" },
    {
      text: HINTS + HINTS + FINAL,
      status: 200,
      count: 2,
      passed: HINTS + HINTS,
      because: "several before it",
    },
    {
      text: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: a\r\n\r\n",
      status: 101,
      count: 0,
      passed: "",
      because: "101 ends HTTP",
    },
  ])("finds the final response, $because", ({ text, status, count, passed }) => {
    expect(say(text)).toBe(ResponseResult.FINAL);
    expect(head.status).toBe(status);
    expect(reader.interimCount).toBe(count);
    expect(heard()).toBe(passed);
    expect(server.connection.end).toBe(reader.end);
  });

  test("keeps interim responses from a client that knows none", () => {
    expect(say(HINTS + FINAL, false)).toBe(ResponseResult.FINAL);
    expect(heard()).toBe("");
  });

  test("passes an interim response on before the final one comes", () => {
    expect(say(HINTS)).toBe(ResponseResult.WAIT_SERVER);
    expect(heard()).toBe(HINTS);
    expect(thread.buffers.takenCount).toBe(0);
    expect(say(FINAL)).toBe(ResponseResult.FINAL);
    expect(reader.interimCount).toBe(0);
  });

  test("waits at every cut and finds the same", () => {
    const text = HINTS + FINAL;
    for (let cut = 1; cut < text.length; cut++) {
      head.clear();
      const first = say(text.slice(0, cut));
      expect(first).toBe(ResponseResult.WAIT_SERVER);
      expect(say(text.slice(cut))).toBe(ResponseResult.FINAL);
      expect(heard()).toBe(HINTS);
      server.connection.returnBuffer();
      relay.reset();
    }
  });

  test.each([
    { text: "nonsense\r\n\r\n", because: "it is no response" },
    { text: `${HINTS}HTTP/1.1 2000 OK\r\n\r\n`, because: "what follows an interim one is none" },
    { text: "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", because: "a field is malformed" },
  ])("refuses with a reason: $because", ({ text }) => {
    expect(say(text)).toBe(ResponseResult.MALFORMED);
    expect(reader.reason).toBeLessThan(0);
  });

  test("refuses a head that the buffer has no room for", () => {
    const room = SMALL_TUNING.bufferSize - SMALL_TUNING.rewriteSize;
    const start = "HTTP/1.1 200 OK\r\nX: ";
    expect(say(start + "x".repeat(room - start.length - 1))).toBe(ResponseResult.WAIT_SERVER);
    expect(say("x")).toBe(ResponseResult.MALFORMED);
    expect(reader.reason).toBe(0);
  });

  test("tells that the client takes no more, and of one that is gone", () => {
    const { connection } = client;
    const { scratchStart, bufferSize } = thread.buffers;
    while (connection.send(scratchStart, bufferSize, false) > 0) {}
    expect(say(HINTS)).toBe(ResponseResult.WAIT_CLIENT);
    setLingerZero(client.far);
    closeDescriptor(client.far);
    client.far = -1;
    waitFor(connection.fd, 0);
    relay.reset();
    expect(say(HINTS)).toBe(ResponseResult.CLIENT_BROKEN);
  });
});
