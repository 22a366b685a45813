import { afterEach, describe, expect, test } from "bun:test";
import { BodyReader } from "../h1/body-reader.ts";
import { Framing } from "../h1/framing.ts";
import { Connection, type ConnectionOwner } from "../net/connection.ts";
import { connectTo, PLAIN_CONNECT } from "../net/connector.ts";
import { openListenSocket } from "../net/listen-socket.ts";
import { Thread } from "../net/thread.ts";
import { Epoll } from "../sys/epoll.ts";
import { acceptSocket, closeDescriptor, localAddress } from "../sys/socket.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import { Relay, RelayResult } from "./relay.ts";

const OWNER: ConnectionOwner = { onReadable() {}, onWritable() {}, onBroken() {}, onFault() {} };

/** Connections with far ends that the test reads and writes itself. */
class Bench {
  readonly thread = new Thread(0, {
    bufferSize: 4096,
    rewriteSize: 256,
    buffersMax: 16,
    pipesMax: 4,
  });
  readonly #listener = openListenSocket(
    { address: SocketAddress.fromHost("127.0.0.1", 0)!, inheritedFd: -1 },
    { backlog: 8 },
  ) as { fd: number };

  pair(): { near: Connection; far: Connection } {
    const address = new SocketAddress();
    localAddress(this.#listener.fd, address);
    const far = new Connection(this.thread);
    far.open(connectTo(address, PLAIN_CONNECT), OWNER, Epoll.IN);
    const near = new Connection(this.thread);
    let fd = -1;
    while (fd < 0) fd = acceptSocket(this.#listener.fd, new SocketAddress());
    near.open(fd, OWNER, Epoll.IN);
    return { near, far };
  }

  write(connection: Connection, text: string): void {
    const { region, buffers } = this.thread;
    region.bytes.set(Buffer.from(text, "latin1"), buffers.scratchStart);
    expect(connection.send(buffers.scratchStart, text.length, false)).toBe(text.length);
  }

  /** Reads what has come, waiting until it is `size` bytes. */
  read(connection: Connection, size: number): string {
    const { region, buffers } = this.thread;
    let text = "";
    for (let round = 0; round < 100_000 && text.length < size; round++) {
      const got = connection.transport.receive(connection, buffers.scratchStart, 4096);
      if (got <= 0) continue;
      text += Buffer.from(
        region.bytes.slice(buffers.scratchStart, buffers.scratchStart + got),
      ).toString("latin1");
    }
    return text;
  }

  close(...connections: Connection[]): void {
    for (const connection of connections) connection.close();
    this.thread.loop.close();
    closeDescriptor(this.#listener.fd);
  }
}

function untilReady(act: () => RelayResult): RelayResult {
  for (let round = 0; round < 100_000; round++) {
    const result = act();
    if (result !== RelayResult.WAIT_SOURCE) return result;
  }
  return RelayResult.WAIT_SOURCE;
}

describe("Relay", () => {
  const bench = new Bench();
  const source = bench.pair();
  const sink = bench.pair();
  const relay = new Relay(bench.thread);
  const body = new BodyReader();
  const begin = (framing: Framing, size: number) => {
    source.near.returnBuffer();
    relay.reset();
    relay.source = source.near;
    relay.sink = sink.near;
    relay.body = body;
    body.begin(framing, size);
  };

  afterEach(() => {
    relay.reset();
    source.near.returnBuffer();
    // Whatever was borrowed has come back.
    expect(bench.thread.buffers.takenCount).toBe(0);
    expect(bench.thread.pipes.lentCount).toBe(0);
  });

  test("sends a head from elsewhere and the body behind it in one piece", () => {
    begin(Framing.LENGTH, 5);
    bench.write(source.far, "hello");
    while (source.near.unread < 5) source.near.receive(0);
    const { region, buffers } = bench.thread;
    const at = buffers.scratchStart + 2 * buffers.bufferSize;
    region.bytes.set(Buffer.from("HEAD:", "latin1"), at);
    expect(relay.startWith(at, at + 5, source.near.start)).toBe(RelayResult.DONE);
    expect(bench.read(sink.far, 10)).toBe("HEAD:hello");
    expect(relay.sentCount).toBe(10);
  });

  test("stops at the end of the message, whatever follows", () => {
    begin(Framing.LENGTH, 3);
    bench.write(source.far, "abcNEXT");
    expect(untilReady(() => relay.onReadable())).toBe(RelayResult.DONE);
    expect(bench.read(sink.far, 3)).toBe("abc");
    expect(source.near.end - relay.sendEnd).toBe(4);
  });

  test("passes chunks with their framing and refuses wrong ones", () => {
    begin(Framing.CHUNKED, -1);
    bench.write(source.far, "3\r\nabc\r\n0\r\n\r\n");
    expect(untilReady(() => relay.onReadable())).toBe(RelayResult.DONE);
    expect(bench.read(sink.far, 13)).toBe("3\r\nabc\r\n0\r\n\r\n");
    begin(Framing.CHUNKED, -1);
    bench.write(source.far, "zz\r\n");
    expect(untilReady(() => relay.onReadable())).toBe(RelayResult.MALFORMED);
  });

  test("moves a long body through a kernel pipe, byte for byte", () => {
    const size = 300_000;
    begin(Framing.LENGTH, size);
    relay.maySplice = true;
    const text = "0123456789".repeat(size / 10);
    let sent = 0;
    let got = "";
    let result: RelayResult = RelayResult.WAIT_SOURCE;
    for (let round = 0; round < 10_000 && got.length < size; round++) {
      if (sent < size) {
        const piece = text.slice(sent, sent + 4096);
        bench.thread.region.bytes.set(
          Buffer.from(piece, "latin1"),
          bench.thread.buffers.scratchStart,
        );
        sent += Math.max(
          0,
          source.far.send(bench.thread.buffers.scratchStart, piece.length, false),
        );
      }
      if (result === RelayResult.WAIT_SOURCE) result = relay.onReadable();
      else if (result === RelayResult.WAIT_SINK) result = relay.pump();
      got += bench.read(sink.far, 1);
    }
    while (got.length < size) got += bench.read(sink.far, 1);
    expect(result).toBe(RelayResult.DONE);
    expect(got === text).toBe(true);
  });

  test("goes back to reading when a long chunk is through", () => {
    begin(Framing.CHUNKED, -1);
    relay.maySplice = true;
    const size = 100_000;
    const text = `${size.toString(16)}\r\n${"0123456789".repeat(size / 10)}\r\n0\r\n\r\n`;
    let sent = 0;
    let got = "";
    let result: RelayResult = RelayResult.WAIT_SOURCE;
    for (let round = 0; round < 10_000 && got.length < text.length; round++) {
      const piece = text.slice(sent, sent + 4096);
      if (piece !== "") {
        const { region, buffers } = bench.thread;
        region.bytes.set(Buffer.from(piece, "latin1"), buffers.scratchStart);
        sent += Math.max(0, source.far.send(buffers.scratchStart, piece.length, false));
      }
      if (result === RelayResult.WAIT_SOURCE) result = relay.onReadable();
      else if (result === RelayResult.WAIT_SINK) result = relay.pump();
      got += bench.read(sink.far, 1);
    }
    expect(result).toBe(RelayResult.DONE);
    expect(got === text).toBe(true);
    expect(relay.splicedCount).toBeGreaterThan(0);
  });

  test("tells an end in the middle from an end at the end", () => {
    const other = bench.pair();
    begin(Framing.LENGTH, 10);
    relay.source = other.near;
    bench.write(other.far, "abc");
    other.far.shutdownWrite();
    expect(untilReady(() => relay.onReadable())).toBe(RelayResult.SOURCE_ENDED);
    expect(bench.read(sink.far, 3)).toBe("abc");
    other.near.close();
    other.far.close();
  });

  test("ends a raw stream when its source does", () => {
    const other = bench.pair();
    begin(Framing.NONE, 0);
    relay.body = null;
    relay.source = other.near;
    bench.write(other.far, "raw");
    other.far.shutdownWrite();
    expect(untilReady(() => relay.onReadable())).toBe(RelayResult.DONE);
    expect(bench.read(sink.far, 3)).toBe("raw");
    bench.close(other.near, other.far, source.near, source.far, sink.near, sink.far);
  });
});
