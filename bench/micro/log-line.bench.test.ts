import { Diagnostics } from "../../src/config/diagnostics.ts";
import { madeWord } from "../../src/config/word.ts";
import { BuiltInFormat } from "../../src/log/built-in-formats.ts";
import { LogEnvironment } from "../../src/log/environment.ts";
import { compileFormat, LogFormat } from "../../src/log/format.ts";
import { LogContext, Logger, type LoggerSettings } from "../../src/log/logger.ts";
import { parseDestination } from "../../src/log/parse-target.ts";
import type { LogRecord } from "../../src/log/record.ts";
import { LogSinks, type SinkSource } from "../../src/log/sink.ts";
import { ALL_FIELDS, exampleRecord, withRequestLine } from "../../src/log/testing.ts";
import { bindSocket, datagramSocket, localAddress } from "../../src/sys/socket.ts";
import { SocketAddress } from "../../src/sys/socket-address.ts";
import { bench } from "../../test/support/bench.ts";

const OPERATIONS = 10_000;
/** Lines that a busy turn of the loop writes. */
const TURN = 32;

function settingsOf(target: string): LoggerSettings {
  const format = compileFormat(BuiltInFormat.HTTP, ALL_FIELDS);
  if (!(format instanceof LogFormat)) throw new Error(format.message);
  return {
    targets: [
      {
        destination: parseDestination(madeWord(target), new Diagnostics())!,
        sizeMax: 1024,
        format: undefined,
        facility: 16,
        levelMax: 7,
        levelMin: 0,
        sample: undefined,
      },
    ],
    tag: "haproxy",
    hostName: undefined,
    format,
    structuredData: null,
    errorFormat: null,
    isHttp: true,
    isAsSoonAsPossible: false,
    skipsNull: false,
    skipsNormal: false,
    separatesErrors: false,
  };
}

function loggerWith(sinks: SinkSource, target: string): { logger: Logger; record: LogRecord } {
  const context = new LogContext(new LogEnvironment(4242, "edge"), sinks, () => 1_700_000_000_000);
  const record = withRequestLine(
    exampleRecord(),
    "GET /assets/images/products/2024/logo-large.png?version=12 HTTP/1.1",
  );
  return { logger: new Logger(settingsOf(target), context), record };
}

bench("log: write the line of an HTTP exchange", () => {
  let sum = 0;
  const sink = {
    send: (_from: unknown, offset: number, size: number) => {
      sum += offset + size;
      return size;
    },
    flush() {},
  };
  const sinks = { open: () => sink, countDropped() {}, flush() {} };
  const { logger, record } = loggerWith(sinks, "127.0.0.1:9");
  return {
    operations: OPERATIONS,
    round() {
      sum = 0;
      for (let line = 0; line < OPERATIONS; line++) logger.log(record);
      return sum;
    },
  };
});

for (const size of [1, TURN]) {
  bench(`log: write and send lines, ${size} a turn`, () => {
    const waiting: { run(): void }[] = [];
    let dropped = 0;
    const sinks = new LogSinks(
      (count) => {
        dropped += count;
      },
      (task) => void waiting.push(task),
    );
    // A receiver that reads nothing: once it is full, the kernel delivers and throws away.
    const address = SocketAddress.fromHost("127.0.0.1", 0)!;
    const fd = datagramSocket(address.family);
    bindSocket(fd, address);
    localAddress(fd, address);
    const { logger, record } = loggerWith(sinks, address.toString());
    return {
      operations: OPERATIONS,
      round() {
        for (let line = 0; line < OPERATIONS; line++) {
          logger.log(record);
          if (line % size === size - 1) waiting.pop()?.run();
        }
        return dropped;
      },
    };
  });
}
