import { expect, test } from "bun:test";
import type { Peer } from "../support/peer.ts";
import { eachProgram, type Program } from "../support/programs.ts";
import type { RunningProgram } from "../support/running-program.ts";
import { onStage, type Stage } from "../support/stage.ts";
import { until } from "../support/waiting.ts";

/** A frontend whose log goes to a ring: each request makes a line with its path. */
async function startRing(stage: Stage, ring: string, log = "", before = "") {
  const port = stage.port();
  const proxy = await stage.start(`
${before}
ring keep
  ${ring}
defaults
  mode http
  timeout client 2s
frontend fe
  bind 127.0.0.1:${port}
  log ring@keep ${log} local0
  log-format "%HP end"
  http-request deny
`);
  const client = await stage.client(port);
  const request = async (...paths: string[]) => {
    for (const path of paths) {
      client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
      await client.head();
      await client.readUntil("</html>\n");
    }
  };
  return { proxy, port, request };
}

function events(proxy: RunningProgram, options = ""): Promise<string> {
  return proxy.command(`show events keep ${options}`);
}

const DATE = "\\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d";
const ISO = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}[+-]\\d\\d:\\d\\d";

/** What a ring and the `log` line say of the format, and what is kept. */
const FORMATS = [
  ["", "", "/a end"],
  ["format raw", "format rfc5424", "/a end"],
  ["format rfc3164", "format raw", `<134>${DATE} localhost haproxy\\[\\d+\\]: /a end`],
  ["format rfc5424", "", `<134>1 ${ISO} - haproxy \\d+ - - /a end`],
  ["format short", "", "<6>/a end"],
  ["format priority", "", "<134>/a end"],
  ["format timed", "", `<6>${ISO} /a end`],
  ["format iso", "", `${ISO} /a end`],
  ["format local", "", `<134>${DATE} haproxy\\[\\d+\\]: /a end`],
  ["format priority\n  maxlen 7", "", "<134>/a"],
] as const;

eachProgram("rings", (program: Program) => {
  test(
    "keep lines in their own format",
    onStage(program, async (stage) => {
      const port = stage.port();
      const proxy = await stage.start(`
${FORMATS.map(([ring], index) => `ring keep${index}\n  ${ring}`).join("\n")}
frontend fe
  mode http
  timeout client 2s
  bind 127.0.0.1:${port}
${FORMATS.map(([, log], index) => `  log ring@keep${index} ${log} local0`).join("\n")}
  log-format "%HP end"
  http-request deny
`);
      const client = await stage.client(port);
      client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
      await client.head();
      for (const [index, [ring, log, pattern]] of FORMATS.entries()) {
        const kept = await proxy.command(`show events keep${index}`);
        expect([ring, log, kept]).toEqual([
          ring,
          log,
          expect.stringMatching(new RegExp(`^${pattern}\n+$`)),
        ]);
      }
    }),
  );

  test(
    "keep the newest lines, as many as there is room for",
    onStage(program, async (stage) => {
      const { proxy, request } = await startRing(stage, "size 16384");
      const path = (number: number) => `/${number}-${"x".repeat(900)}`;
      for (let number = 1; number <= 24; number++) await request(path(number));
      const kept = [...(await events(proxy)).matchAll(/^\/(\d+)-/gm)].map((match) =>
        Number(match[1]),
      );
      expect(kept).toEqual(Array.from({ length: 17 }, (_none, index) => index + 8));
      const list = await proxy.command("show events");
      expect(list).toContain("\n    keep       : type=buffer, 0 dropped, keep\n");
      expect(list).toStartWith("Supported events sinks are listed below.");
    }),
  );

  test(
    "are listed with their description, and asked for by name",
    onStage(program, async (stage) => {
      const { proxy, request } = await startRing(stage, 'description "My own"');
      await request("/a", "/b");
      expect(await proxy.command("show events")).toContain(": type=buffer, 0 dropped, My own\n");
      expect(await events(proxy)).toBe("/a end\n/b end\n\n");
      expect((await events(proxy, "-n")).trim()).toBe("");
      expect(await proxy.command("show events nope")).toContain("No such event sink");
      expect(await events(proxy, "-x")).toContain("unknown option");
      expect(await events(proxy, "new")).toContain("unknown option");
    }),
  );

  for (const [options, first] of [
    ["-w", "/a end\n"],
    ["-wn", ""],
    ["-n -w", ""],
  ] as const) {
    test(
      `tell news to who waits (${options}), until it says something`,
      onStage(program, async (stage) => {
        const { request } = await startRing(stage, "");
        await request("/a");
        const session = await stage.client({ path: stage.runtimePath });
        session.send(`show events keep ${options}\n`);
        if (first !== "") expect(await session.readText(first.length)).toBe(first);
        else {
          // Only what is new tells that the command has been read.
          await until("an event", async () => {
            await request("/new");
            return session.unread !== "";
          });
          expect(session.unread).toMatch(/^(\/new end\n)+$/);
        }
        await request("/b", "/c");
        const news = await session.readUntil("/c end\n");
        expect(news).toMatch(/^(\/new end\n)*\/b end\n\/c end\n$/);
        // The reference goes on for as long as the session may last.
        if (program.isOracle) return;
        session.send("\n");
        expect((await session.rest()).trim()).toBe("");
      }),
    );
  }

  const server = (port: number, protocol = "log-proto octet-count") =>
    `timeout connect 500ms\n  timeout server 1s\n  server s1 127.0.0.1:${port} ${protocol}`;

  for (const [protocol, sent] of [
    ["", "/a end\n/bc end\n"],
    ["log-proto legacy", "/a end\n/bc end\n"],
    ["log-proto octet-count", "6 /a end7 /bc end"],
  ] as const) {
    test(
      `send lines to log servers (${protocol || "by default"})`,
      onStage(program, async (stage) => {
        const sink = await stage.server("sink");
        const { request } = await startRing(stage, server(sink.port, protocol));
        const peer = await sink.accept();
        await request("/a", "/bc");
        expect(await peer.readText(sent.length)).toBe(sent);
        await peer.expectSilence();
      }),
    );
  }

  test(
    "wait for a log server, and go on where they were when it comes back",
    onStage(program, async (stage) => {
      const port = stage.port();
      const { proxy, request } = await startRing(stage, server(port));
      await request("/a", "/b");
      const sink = await stage.server("sink", port);
      const first = await sink.accept(10_000);
      expect(await first.readText("6 /a end6 /b end".length)).toBe("6 /a end6 /b end");
      first.reset();
      const second = await sink.accept(10_000);
      await request("/c");
      expect(await second.readText("6 /c end".length)).toBe("6 /c end");
      expect(await events(proxy)).toBe("/a end\n/b end\n/c end\n\n");
    }),
  );

  test(
    "take messages of the process, and of several proxies, by level",
    onStage(program, async (stage) => {
      const port = stage.port();
      const proxy = await stage.start(`
  log ring@all local3
  log ring@keep local0 alert
ring all
  format priority
ring keep
defaults
  log global
  timeout client 1s
  timeout server 1s
  timeout connect 1s
listen one
  bind 127.0.0.1:${port}
  server s1 127.0.0.1:1
`);
      await proxy.command("set server one/s1 health down");
      const all = await proxy.command("show events all");
      expect(all).toContain("<153>Server one/s1 is DOWN");
      expect(all).toContain("<152>proxy one has no server available!");
      expect(await events(proxy)).toMatch(/^Server one\/s1 is DOWN.*\n.*no server available!\n+$/);
    }),
  );

  test(
    "need sections that can be read",
    onStage(program, async (stage) => {
      for (const [text, part] of [
        ["ring\n", "missing ring name."],
        ["ring a!\n", "character '!' is not permitted"],
        ["ring r\nring r\n", "sink named 'r' already exists."],
        ["ring stdout\n", "sink named 'stdout' already exists."],
        ["ring r\n server s\n", "'server' expects <name> and <addr>[:<port>] as arguments."],
        ["ring r\n server s 127.0.0.1:1 log-proto x\n", "'log-proto' expects one of 'legacy' or"],
        ["ring r\n timeout connect x\n", "timeout connect"],
        ["ring r\n format x\n", "format"],
        ["ring r\n maxlen x\n", "x"],
        ["ring r\n foo\n", "foo"],
      ] as const) {
        const { status, stderr } = await stage.run(["-c", "-f", stage.file("wrong", text)]);
        expect([text, status]).toEqual([text, 1]);
        expect(stderr).toContain(part);
      }
      const large = stage.file("large", "ring r\n size 20000\n maxlen 30000\n");
      expect((await stage.run(["-c", "-f", large])).stderr).toContain(
        "ring 'r' event max length '30000' exceeds size, forced to size '20000'.",
      );
    }),
  );

  // The reference drops such lines without a word.
  test.skipIf(program.isOracle)(
    "must exist, and their servers take only what acts",
    onStage(program, async (stage) => {
      const path = stage.file(
        "wrong",
        "defaults\n log ring@kep local0\nring keep\nfrontend a\n bind :1\nfrontend b\n bind :2\n",
      );
      const { status, stderr } = await stage.run(["-c", "-f", path]);
      expect(status).toBe(1);
      expect(stderr.match(/no 'ring' section is named 'kep'/g)).toHaveLength(1);
      expect(stderr).toContain('did you mean "ring@keep"?');
      const options = stage.file(
        "options",
        "ring keep\n server s 127.0.0.1:1 check\n server t x\n",
      );
      const other = await stage.run(["-c", "-f", options]);
      expect(other.status).toBe(1);
      expect(other.stderr).toContain("option 'check' is not built for servers of 'ring' sections.");
      expect(other.stderr).toContain("missing port specification in 'x'");
    }),
  );

  test.skipIf(program.isOracle)(
    "drop and count new lines while a log server takes none",
    onStage(program, async (stage) => {
      const sink = await stage.server("sink");
      const { proxy, request } = await startRing(stage, `size 16384\n  ${server(sink.port)}`);
      const peer: Peer = await sink.accept();
      peer.pause();
      const path = `/${"x".repeat(900)}`;
      let dropped = 0;
      for (let round = 0; round < 400 && dropped === 0; round++) {
        await request(...Array.from({ length: 25 }, () => path));
        const list = await proxy.command("show events");
        dropped = Number(/keep +: type=buffer, (\d+) dropped/.exec(list)![1]);
      }
      // Either lines were dropped, or the kernel took what 10000 lines are, which it may.
      if (dropped > 0) expect(await proxy.command("show info")).toMatch(/\nDroppedLogs: [1-9]/);
      // A log server that takes nothing for a second loses its connection.
      if (dropped > 0) await sink.accept(10_000);
    }),
  );
});
