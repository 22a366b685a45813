import type { LogSink, SinkSource } from "../log/sink.ts";
import { destinationText } from "../log/syslog-header.ts";
import type { LogDestination } from "../log/target.ts";
import type { LoopClock } from "../loop/event-loop.ts";
import type { PolicyObserver } from "../policy/observer.ts";
import type { Connect } from "../proxy/engine.ts";
import type { Region } from "../sys/region.ts";

/** What a configuration meets when it is only rehearsed: no clock, server or log of the real world. */
export interface StandIns {
  readonly clock: LoopClock;
  readonly connect: Connect;
  readonly sinks: SinkSource;
  readonly observer: PolicyObserver;
}

/** A clock that stands still until it is told to go on. */
export class RestingClock implements LoopClock {
  nowMs = 1_000_000;

  now(): number {
    return this.nowMs;
  }
}

/** A line that would have been sent to a log. */
export interface CapturedLine {
  readonly destination: string;
  /** Its header and its message, as the bytes would go out; each character is one byte. */
  readonly text: string;
}

/** Keeps the lines that would go to logs. */
export class CapturedLog implements SinkSource {
  readonly lines: CapturedLine[] = [];

  open(destination: LogDestination): LogSink {
    const name = destinationText(destination);
    return {
      send: (from: Region, offset: number, size: number) => {
        const text = Buffer.from(from.bytes.subarray(offset, offset + size)).toString("latin1");
        this.lines.push({ destination: name, text: text.replace(/\n$/, "") });
        return size;
      },
      flush() {},
    };
  }

  countDropped(): void {}

  flush(): void {}
}
