import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Region } from "../sys/region.ts";
import {
  bindSocket,
  closeDescriptor,
  datagramSocket,
  localAddress,
  readDescriptor,
} from "../sys/socket.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import { LogSinks } from "./sink.ts";

const directory = mkdtempSync(join(tmpdir(), "sink-"));
afterAll(() => rmSync(directory, { recursive: true }));

const region = new Region(65536);
const received = new Region(65536);

function line(text: string): [Region, number, number] {
  region.bytes.set(Buffer.from(text, "latin1"), 100);
  return [region, 100, text.length];
}

/** A syslog daemon's socket. */
function listen(address: SocketAddress) {
  const fd = datagramSocket(address.family);
  expect(bindSocket(fd, address)).toBe(0);
  return {
    fd,
    read() {
      const size = readDescriptor(fd, received, 0, 65536);
      return size < 0 ? size : Buffer.from(received.bytes.slice(0, size)).toString("latin1");
    },
    close: () => closeDescriptor(fd),
  };
}

describe("LogSinks", () => {
  test("sends datagrams over UDP, one socket per address", () => {
    const address = SocketAddress.fromHost("127.0.0.1", 0)!;
    const daemon = listen(address);
    localAddress(daemon.fd, address);
    const sinks = new LogSinks();
    const sink = sinks.open({ kind: "datagram", address });

    expect(sink.send(...line("<134>hello\n"))).toBe(11);
    expect(daemon.read()).toBe("<134>hello\n");
    expect(sinks.open({ kind: "datagram", address })).toBe(sink);
    daemon.close();
  });

  test("a daemon's unix socket may vanish and come back", () => {
    const path = join(directory, "log");
    const address = SocketAddress.fromPath(path, false);
    let dropped = 0;
    const sinks = new LogSinks((count) => {
      dropped += count;
    });
    const sink = sinks.open({ kind: "datagram", address });
    sink.send(...line("nobody listens\n"));
    expect(dropped).toBe(1);

    const first = listen(address);
    expect(sink.send(...line("one\n"))).toBe(4);
    expect(first.read()).toBe("one\n");
    first.close();
    unlinkSync(path);
    sink.send(...line("lost\n"));
    expect(dropped).toBe(2);

    const second = listen(address);
    expect(sink.send(...line("two\n"))).toBe(4);
    expect(second.read()).toBe("two\n");
    second.close();
  });

  test("lines wait for the end of the turn, keep their order, and are bounded in number and size", () => {
    const path = join(directory, "turn");
    const address = SocketAddress.fromPath(path, false);
    const daemon = listen(address);
    const tasks: { run(): void }[] = [];
    let dropped = 0;
    const sinks = new LogSinks(
      (count) => {
        dropped += count;
      },
      (task) => void tasks.push(task),
    );
    const sink = sinks.open({ kind: "datagram", address });
    const read: (string | number)[] = [];
    const readAll = () => {
      for (let text = daemon.read(); typeof text === "string"; text = daemon.read()) {
        read.push(text.slice(0, 12).trim());
      }
    };
    sink.send(...line("1\n"));
    sink.send(...line("2\n"));
    readAll();
    expect([read, tasks.length]).toEqual([[], 1]);
    tasks[0]!.run();
    sink.send(...line("3\n"));
    expect(tasks).toHaveLength(2);
    // A line that no batch has room for goes out at once, those before it first.
    sink.send(...line(`4${"x".repeat(65_000)}\n`));
    sink.send(...line("5\n"));
    sinks.flush();
    tasks[1]!.run();
    readAll();
    expect(read).toEqual(["1", "2", "3", "4xxxxxxxxxxx", "5"]);

    // More than one batch holds, and more than the kernel keeps for a daemon that does not read.
    for (let number = 0; number < 200; number++) sink.send(...line(`${number}\n`));
    sinks.flush();
    readAll();
    expect(read.slice(5)).toEqual(
      Array.from({ length: 200 - dropped }, (_, number) => String(number)),
    );
    daemon.close();
  });

  test("writes whole lines to a pipe, and drops what a stalled reader leaves no room for", async () => {
    const program = `
      const { LogSinks } = await import(${JSON.stringify(`${import.meta.dir}/sink.ts`)});
      const { Region } = await import(${JSON.stringify(`${import.meta.dir}/../sys/region.ts`)});
      const region = new Region(4096);
      region.bytes.fill(0x78, 0, 999);
      region.bytes[999] = 10;
      const sink = new LogSinks().open({ kind: "descriptor", fd: 1 });
      let sent = 0;
      for (let count = 0; count < 1000; count++) if (sink.send(region, 0, 1000) === 1000) sent++;
      process.stderr.write(String(sent));
    `;
    const child = Bun.spawn([process.execPath, "-e", program], { stdout: "pipe", stderr: "pipe" });
    const sent = Number(await child.stderr.text());
    const output = await child.stdout.text();
    expect(sent).toBeGreaterThan(0);
    expect(output).toBe(`${"x".repeat(999)}\n`.repeat(sent));
  });
});
