import { expect, test } from "bun:test";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { eachProgram, type Program } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import type { RunningProgram } from "../support/running-program.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage, type Stage } from "../support/stage.ts";
import { UnixSink } from "../support/unix-sink.ts";
import { Inbox, until } from "../support/waiting.ts";

const DATE = "[A-Z][a-z]{2} [ 123]\\d \\d\\d:\\d\\d:\\d\\d";
const ISO = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}[+-]\\d\\d:\\d\\d";

/** Receives raw datagrams on an address of loopback. */
class RawSink {
  readonly lines = new Inbox<string>("the raw sink");
  readonly port: number;

  private constructor(port: number) {
    this.port = port;
  }

  static async open(stage: Stage, hostname = "127.0.0.1"): Promise<RawSink> {
    let sink: RawSink | undefined;
    const socket = await Bun.udpSocket({
      hostname,
      socket: { data: (_socket, data) => sink?.lines.put(data.toString("latin1")) },
    });
    sink = new RawSink(socket.port);
    stage.onEnd(() => socket.close());
    return sink;
  }
}

/**
 * A format that names nothing of the response is written twice by the reference, which is an error of
 * its own; so the status is in it. Starts a proxy that logs to the targets, and gives what sends it requests. */
async function startLogging(
  stage: Stage,
  targets: readonly string[],
  options: { frontend?: readonly string[]; global?: string } = {},
): Promise<{ proxy: RunningProgram; request(path?: string): Promise<void>; port: number }> {
  const { proxy, port, server } = await startRelay(stage, {
    global: options.global ?? "",
    defaults: ["no log", ...targets.map((target) => `log ${target}`)].join("\n"),
    frontend: ["log-format line=%HU:%ST", ...(options.frontend ?? [])].join("\n"),
  });
  server.answerAll((head) =>
    head.includes(" /broken ") ? "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n" : okResponse(),
  );
  const client = await stage.client(port);
  const request = async (path = "/"): Promise<void> => {
    client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    await client.head();
  };
  return { proxy, request, port };
}

async function droppedLogs(proxy: RunningProgram): Promise<number> {
  return Number(/DroppedLogs: (\d+)/.exec(await proxy.command("show info"))![1]);
}

eachProgram("log targets", (program: Program) => {
  test.each([
    ["", `<134>${DATE} haproxy\\[PID\\]: line=/:200\n`],
    ["format local", `<134>${DATE} haproxy\\[PID\\]: line=/:200\n`],
    ["format rfc3164", `<134>${DATE} localhost haproxy\\[PID\\]: line=/:200\n`],
    ["format rfc5424", `<134>1 ${ISO} - haproxy PID - - line=/:200\n`],
    ["format priority", "<134>line=/:200\n"],
    ["format short", "<6>line=/:200\n"],
    ["format timed", `<6>${ISO} line=/:200\n`],
    ["format iso", `${ISO} line=/:200\n`],
    ["format raw", "line=/:200\n"],
  ])("%p", (words, pattern) =>
    onStage(program, async (stage) => {
      const sink = await RawSink.open(stage);
      const { proxy, request } = await startLogging(stage, [
        `127.0.0.1:${sink.port} ${words} local0`,
      ]);
      await request();
      const wanted = new RegExp(`^${pattern.replaceAll("PID", String(proxy.pid))}$`);
      expect(await sink.lines.take()).toMatch(wanted);
    })(),
  );

  test(
    "log-send-hostname puts a name into the header and makes rfc3164 the default",
    onStage(program, async (stage) => {
      const sink = await RawSink.open(stage);
      const at = `127.0.0.1:${sink.port}`;
      const formats = ["", "format local", "format rfc5424", "format short"];
      const { request } = await startLogging(
        stage,
        formats.map((format) => `${at} ${format} local0`),
        { global: "global\n  log-send-hostname edge7\n  log-tag tagged" },
      );
      await request();
      for (const pattern of [
        `^<134>${DATE} edge7 tagged\\[\\d+\\]: line=/:200\n$`,
        `^<134>${DATE} tagged\\[\\d+\\]: line=/:200\n$`,
        `^<134>1 ${ISO} edge7 tagged \\d+ - - line=/:200\n$`,
        "^<6>line=/:200\n$",
      ]) {
        expect(await sink.lines.take()).toMatch(new RegExp(pattern));
      }
    }),
  );

  test(
    "log-send-hostname without a name sends the system's",
    onStage(program, async (stage) => {
      const sink = await RawSink.open(stage);
      const { request } = await startLogging(stage, [`127.0.0.1:${sink.port} local0`], {
        global: "global\n  log-send-hostname",
        frontend: ["log-tag fe-tag"],
      });
      await request();
      expect(await sink.lines.take()).toContain(` ${hostname()} fe-tag[`);
    }),
  );

  test(
    "an IPv6 address is a target, with its port behind the last colon",
    onStage(program, async (stage) => {
      const sink = await RawSink.open(stage, "::1");
      const { request } = await startLogging(stage, [`::1:${sink.port} format raw local0`]);
      await request();
      expect(await sink.lines.take()).toBe("line=/:200\n");
    }),
  );

  test(
    "samples take the lines of their ranges, each target counting for itself",
    onStage(program, async (stage) => {
      const samples: Record<string, readonly number[]> = {
        "1:1": [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
        "1:3": [1, 4, 7, 10, 13],
        "2-3,5:6": [2, 3, 5, 8, 9, 11],
        "5,1-2:5": [1, 2, 5, 6, 7, 10, 11, 12],
        "4:4": [4, 8, 12],
      };
      const sinks: RawSink[] = [];
      for (const _ of Object.keys(samples)) sinks.push(await RawSink.open(stage));
      const { request } = await startLogging(
        stage,
        Object.keys(samples).map(
          (sample, index) =>
            `127.0.0.1:${sinks[index]!.port} format raw sample ${sample} local${index}`,
        ),
      );
      for (let number = 1; number <= 13; number++) await request(`/${number}`);
      for (const [index, numbers] of Object.values(samples).entries()) {
        const { lines } = sinks[index]!;
        for (const number of numbers) expect(await lines.take()).toBe(`line=/${number}:200\n`);
        await lines.expectNothing(10);
      }
    }),
  );

  test(
    "a line is cut at its target's length, which leaves out the line end",
    onStage(program, async (stage) => {
      const sink = await RawSink.open(stage);
      const at = `127.0.0.1:${sink.port}`;
      const { request } = await startLogging(stage, [
        `${at} len 80 format raw local0`,
        `${at} len 100 format rfc5424 local0`,
        `${at} len 2000 local0`,
      ]);
      await request(`/${"x".repeat(900)}`);
      const sizes = [];
      for (let line = 0; line < 3; line++) {
        const text = await sink.lines.take();
        expect(text).toMatch(line < 2 ? /x\n$/ : /x:200\n$/);
        sizes.push(text.length);
      }
      expect(sizes.slice(0, 2)).toEqual([81, 101]);
      expect(sizes[2]).toBeWithin(900, 1000);
    }),
  );

  test(
    "levels beyond the highest are left out, those below the lowest raised to it",
    onStage(program, async (stage) => {
      const sink = await RawSink.open(stage);
      const at = `127.0.0.1:${sink.port}`;
      const { request } = await startLogging(
        stage,
        [
          `${at} format short local0 err`,
          `${at} format short local0 info`,
          `${at} format short local0 debug warning`,
          `${at} format priority kern`,
        ],
        { frontend: ["option log-separate-errors"] },
      );
      await request("/");
      for (const wanted of ["<6>", "<6>", "<6>"]) {
        expect(await sink.lines.take()).toBe(`${wanted}line=/:200\n`);
      }
      await request("/broken");
      for (const wanted of ["<3>", "<3>", "<4>", "<3>"]) {
        expect(await sink.lines.take()).toBe(`${wanted}line=/broken:500\n`);
      }
    }),
  );

  test(
    "a socket may vanish and come back: what is sent meanwhile is dropped and counted",
    onStage(program, async (stage) => {
      const path = join(stage.directory, "log.sock");
      let sink = new UnixSink(path);
      const { proxy, request } = await startLogging(stage, [`${path} format raw local0`]);
      await request("/1");
      expect(await until("a datagram", () => sink.receive())).toBe("line=/1:200\n");
      sink.close();
      await request("/2");
      rmSync(path);
      await request("/3");
      // The reference counts only what a full socket refuses.
      const dropped = program.isOracle ? 0 : 2;
      await until("the drops", async () => (await droppedLogs(proxy)) === dropped);
      sink = new UnixSink(path);
      stage.onEnd(() => sink.close());
      await request("/4");
      expect(await until("a datagram", () => sink.receive())).toBe("line=/4:200\n");
      expect(await droppedLogs(proxy)).toBe(dropped);
    }),
  );

  test(
    "a socket that nobody reads costs lines, not traffic",
    onStage(program, async (stage) => {
      const path = join(stage.directory, "log.sock");
      const sink = new UnixSink(path);
      stage.onEnd(() => sink.close());
      const { proxy, request } = await startLogging(stage, [`${path} format raw local0`]);
      let count = 0;
      while ((await droppedLogs(proxy)) === 0) {
        for (let burst = 0; burst < 50; burst++) await request(`/${++count}`);
      }
      let received = 0;
      while (sink.receive() !== undefined) received++;
      expect(received + (await droppedLogs(proxy))).toBe(count);
    }),
  );

  test.if(process.getuid?.() === 0)(
    "a socket is found inside of the new root",
    onStage(program, async (stage) => {
      mkdirSync(join(stage.directory, "root", "dev"), { recursive: true });
      const sink = new UnixSink(join(stage.directory, "root", "dev", "inner"));
      stage.onEnd(() => sink.close());
      expect(existsSync("/dev/inner")).toBe(false);
      const { request } = await startLogging(stage, ["/dev/inner format raw local0"], {
        global: `global\n  chroot ${stage.directory}/root`,
      });
      await request("/in");
      expect(await until("a datagram", () => sink.receive())).toBe("line=/in:200\n");
    }),
  );

  test(
    "error-log-format is for clients that fail before their first exchange",
    onStage(program, async (stage) => {
      const sink = await RawSink.open(stage);
      const { port, request } = await startLogging(
        stage,
        [`127.0.0.1:${sink.port} format short local0`],
        {
          frontend: [
            'error-log-format "error=%ci %ST %B %ts %b %s %r %lc"',
            "option log-separate-errors",
          ],
        },
      );
      await request("/broken");
      expect(await sink.lines.take()).toBe("<3>line=/broken:500\n");
      const client = await stage.client(port);
      client.send("nonsense\r\n\r\n");
      await client.rest();
      expect(await sink.lines.take()).toBe("<3>error=127.0.0.1 400 0 PR fe <NOSRV> <BADREQ> 1\n");
    }),
  );

  test(
    "error-log-format is for failed handshakes, too",
    onStage(program, async (stage) => {
      const sink = await RawSink.open(stage);
      const port = stage.port();
      await stage.start(`
defaults
  mode tcp
  timeout client 100ms
  log 127.0.0.1:${sink.port} format short local0
  log-format line
frontend own
  bind 127.0.0.1:${port} accept-proxy
  error-log-format "error=%ci:%cp %ft %b/%s %Tw/%Tc %B %ts"
frontend fixed
  bind 127.0.0.1:${port + 1} name sock accept-proxy
  option log-separate-errors
`);
      const first = await stage.client(port);
      first.send("nonsense\r\n");
      await first.rest();
      expect(await sink.lines.take()).toMatch(
        /^<6>error=127\.0\.0\.1:\d+ own own\/<NOSRV> -1\/-1 0 PR\n$/,
      );
      const second = await stage.client(port + 1);
      await second.rest();
      expect(await sink.lines.take()).toMatch(
        /^<3>127\.0\.0\.1:\d+ \[\S+\] fixed\/sock: Timeout while waiting for PROXY protocol header\n$/,
      );
    }),
  );
});
