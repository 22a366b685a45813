import { expect, test } from "bun:test";
import { BodyReader } from "../h1/body-reader.ts";
import { Framing } from "../h1/framing.ts";
import { openConnection, RecordingOwner } from "../net/testing.ts";
import { Thread } from "../net/thread.ts";
import { Epoll } from "../sys/epoll.ts";
import { receive, send } from "../sys/socket.ts";
import { Relay, RelayResult } from "./relay.ts";

test("bytes keep their order when the source is read while the pipe is full", () => {
  const thread = new Thread(0, { bufferSize: 4096, rewriteSize: 256, buffersMax: 8, pipesMax: 2 });
  const source = openConnection(thread, new RecordingOwner(), Epoll.IN);
  const sink = openConnection(thread, new RecordingOwner(), Epoll.IN);
  const size = 40_000_000;
  const relay = new Relay(thread);
  relay.source = source.connection;
  relay.sink = sink.connection;
  relay.body = new BodyReader();
  relay.body.begin(Framing.LENGTH, size);
  relay.maySplice = true;
  const { region, buffers } = thread;
  let sent = 0;
  let result: RelayResult = RelayResult.WAIT_SOURCE;
  const push = () => {
    for (let at = 0; at < 4096; at += 4)
      region.view.setUint32(buffers.scratchStart + at, sent + at, true);
    const got = send(source.far, region, buffers.scratchStart, 4096);
    if (got > 0) sent += got - (got % 4);
    return got;
  };
  for (let idle = 0; idle < 200; ) {
    if (push() > 0) idle = 0;
    else idle++;
    if (result === RelayResult.WAIT_SOURCE) result = relay.onReadable();
  }
  expect(result).toBe(RelayResult.WAIT_SINK);
  relay.onReadable(); // what a stray watchReading(true) leads to
  let read = 0;
  let wrong = 0;
  for (let idle = 0; idle < 2000; ) {
    const got = receive(sink.far, region, buffers.scratchStart, 4096);
    if (got > 0) {
      idle = 0;
      for (let at = 0; at + 4 <= got; at += 4) {
        if (
          (read + at) % 4 === 0 &&
          region.view.getUint32(buffers.scratchStart + at, true) !== read + at &&
          wrong === 0
        )
          wrong = read + at;
      }
      read += got;
    } else idle++;
    result = relay.pump();
  }
  expect({ wrong }).toEqual({ wrong: 0 });
});
