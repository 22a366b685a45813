import { afterAll, describe, expect, test } from "bun:test";
import { parseHead } from "../../test/support/parsed-head.ts";
import { writeHead } from "../h1/head-writer.ts";
import { STRICT } from "../h1/parse-options.ts";
import { parseRequest } from "../h1/request-parser.ts";
import { Head } from "../http/head.ts";
import { Thread } from "../net/thread.ts";
import { EditOverflow } from "./edit-overflow.ts";

const BUFFER_SIZE = 4096;
const REWRITE_SIZE = 256;
const VALUE = "v".repeat(100);
const thread = new Thread(0, {
  bufferSize: BUFFER_SIZE,
  rewriteSize: REWRITE_SIZE,
  buffersMax: 2,
  pipesMax: 2,
});

afterAll(() => thread.loop.close());

/** A request that lies in a buffer of the thread, with the room that is behind each. */
function requestIn(buffer: number, overflow: EditOverflow): Head {
  const { bytes, view } = thread.region;
  const text = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
  bytes.set(Buffer.from(text, "latin1"), buffer);
  const head = new Head(101);
  head.clear();
  parseRequest(bytes, view, buffer, buffer + text.length, head, STRICT);
  head.setEditArea(buffer + BUFFER_SIZE - REWRITE_SIZE, buffer + BUFFER_SIZE);
  head.reserve = overflow;
  return head;
}

/** Adds lines of the same size until there is no room; gives their number. */
function fill(head: Head): number {
  let count = 0;
  while (head.addFieldText(`x-${count}`, VALUE)) count++;
  return count;
}

function written(head: Head): string {
  const into = new Uint8Array(2 * BUFFER_SIZE);
  const end = writeHead(head, into, 0, into.length);
  return Buffer.from(into.subarray(0, end)).toString("latin1");
}

describe("EditOverflow", () => {
  test("lends a head another buffer, and gives it back", () => {
    const overflow = new EditOverflow(thread);
    const buffer = thread.buffers.take();
    const head = requestIn(buffer, overflow);
    const count = fill(head);
    expect(count).toBeGreaterThan(30);
    expect(thread.buffers.takenCount).toBe(2);
    const text = written(head);
    expect(text.length).toBe(head.size);
    // Whoever has to keep it takes one buffer for it, and a PROXY header may stand in front.
    expect(text.length).toBeLessThanOrEqual(BUFFER_SIZE - 256);
    for (let index = 0; index < count; index++) expect(text).toContain(`x-${index}: ${VALUE}\r\n`);
    expect(text).toStartWith("GET /a HTTP/1.1\r\nHost: a\r\nx-0: ");
    overflow.release();
    overflow.release();
    expect(thread.buffers.takenCount).toBe(1);
    thread.buffers.give(buffer);
  });

  test("has a start line written there as well", () => {
    const overflow = new EditOverflow(thread);
    const buffer = thread.buffers.take();
    const head = requestIn(buffer, overflow);
    const target = new Uint8Array(Buffer.from(`/${"t".repeat(1000)}`));
    expect(head.setTarget(target, 0, target.length)).toBe(true);
    expect(written(head)).toStartWith(`GET /${"t".repeat(1000)} HTTP/1.1\r\nHost: a\r\n\r\n`);
    overflow.release();
    thread.buffers.give(buffer);
  });

  test("has nothing to lend when all buffers are lent", () => {
    const overflow = new EditOverflow(thread);
    const buffers = [thread.buffers.take(), thread.buffers.take()];
    const head = requestIn(buffers[0]!, overflow);
    expect(fill(head)).toBe(2);
    expect(written(head)).toEndWith(`x-1: ${VALUE}\r\n\r\n`);
    overflow.release();
    for (const buffer of buffers) thread.buffers.give(buffer);
    expect(thread.buffers.takenCount).toBe(0);
  });

  test("leaves heads alone that lie in other memory", () => {
    const { head } = parseHead("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    head.setEditArea(0, 0);
    head.reserve = new EditOverflow(thread);
    expect(head.addFieldText("a", "b")).toBe(false);
    expect(thread.buffers.takenCount).toBe(0);
  });
});
