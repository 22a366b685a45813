import { describe, expect, test } from "bun:test";
import { Epoll } from "./epoll.ts";
import { Errno } from "./errno.ts";
import { Region } from "./region.ts";
import { closeDescriptor, receive, Shutdown, send, shutdownSocket } from "./socket.ts";
import { setLingerZero } from "./socket-option.ts";
import { Pipe } from "./splice.ts";
import { connectedPair, descriptorCount, waitFor, withFewDescriptors } from "./testing.ts";

const region = new Region(65_536);

/** A connection to read from, one to write to, and a pipe between them. */
class Route {
  readonly source = connectedPair();
  readonly sink = connectedPair();
  readonly pipe = Pipe.open(1 << 18)!;

  write(text: string): void {
    region.bytes.set(Buffer.from(text, "latin1"), 0);
    send(this.source.far, region, 0, text.length);
    waitFor(this.source.near, Epoll.IN);
  }

  read(): string {
    waitFor(this.sink.far, Epoll.IN);
    const size = receive(this.sink.far, region, 0, region.size);
    return Buffer.from(region.bytes.slice(0, size)).toString("latin1");
  }

  close(): void {
    this.pipe.close();
    for (const { near, far } of [this.source, this.sink]) {
      closeDescriptor(near);
      closeDescriptor(far);
    }
  }
}

describe("Pipe", () => {
  test("moves bytes from socket to socket and counts those inside", () => {
    const before = descriptorCount();
    const route = new Route();
    route.write("abcdef");

    expect(route.pipe.fill(route.source.near, 4)).toBe(4);
    expect(route.pipe.filled).toBe(4);
    expect(route.pipe.drain(route.sink.near, 4, false)).toBe(4);
    expect(route.pipe.filled).toBe(0);
    expect(route.read()).toBe("abcd");
    expect(route.pipe.fill(route.source.near, 100)).toBe(2);
    expect(route.pipe.drain(route.sink.near, 2, false)).toBe(2);
    expect(route.read()).toBe("ef");
    route.close();
    expect(descriptorCount()).toBe(before);
  });

  test("tells an empty source from one that has ended", () => {
    const route = new Route();

    expect(route.pipe.fill(route.source.near, 10)).toBe(-Errno.EAGAIN);
    shutdownSocket(route.source.far, Shutdown.WRITE);
    waitFor(route.source.near, Epoll.IN);
    expect(route.pipe.fill(route.source.near, 10)).toBe(0);
    route.close();
  });

  test("takes no more than it holds, and keeps it until somebody takes it", () => {
    const route = new Route();
    const { pipe } = route;
    let stopped = 0;
    for (let round = 0; round < 10_000 && stopped === 0; round++) {
      if (send(route.source.far, region, 0, region.size) === -Errno.EAGAIN) {
        const moved = pipe.fill(route.source.near, 1 << 20);
        if (moved < 0) stopped = moved;
      }
    }

    expect(stopped).toBe(-Errno.EAGAIN);
    expect(pipe.filled).toBeGreaterThan(0);
    const inside = pipe.filled;
    const moved = pipe.drain(route.sink.near, inside, false);
    expect(pipe.filled).toBe(inside - moved);
    route.close();
  });

  test("tells of a sink that is gone", () => {
    const route = new Route();
    route.write("lost");
    route.pipe.fill(route.source.near, 4);
    setLingerZero(route.sink.far);
    closeDescriptor(route.sink.far);
    waitFor(route.sink.near, Epoll.IN);
    // The first call tells of the reset, the next of a closed socket, as send(2) does.
    expect([-Errno.ECONNRESET, -Errno.EPIPE]).toContain(
      route.pipe.drain(route.sink.near, 4, false),
    );
    expect(route.pipe.filled).toBe(4);
    route.pipe.close();
    closeDescriptor(route.sink.near);
    closeDescriptor(route.source.near);
    closeDescriptor(route.source.far);
  });

  test.each([
    { size: 1 << 16, because: "every pipe has that" },
    { size: 1 << 18, because: "more is asked for" },
    { size: 1 << 30, because: "what the system does not grant is halved until it does" },
  ])("opens with room for $size bytes or what is granted: $because", ({ size }) => {
    const pipe = Pipe.open(size)!;

    expect(pipe.size).toBeGreaterThanOrEqual(4096);
    expect(pipe.size).toBeLessThanOrEqual(Math.max(size, 65_536));
    pipe.close();
  });

  test("is undefined when descriptors have run out, and none is lost", () => {
    const before = descriptorCount();

    expect(withFewDescriptors(1, () => Pipe.open(65_536))).toBeUndefined();
    expect(descriptorCount()).toBe(before);
  });
});
