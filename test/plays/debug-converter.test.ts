import { expect, test } from "bun:test";
import { BOTH, eachProgram } from "../support/programs.ts";
import { HTTP_DEFAULTS, onStage, Stage } from "../support/stage.ts";

eachProgram("the converter debug", (program) => {
  test(
    "tells values with their types, and lets them pass as they are",
    onStage(program, async (stage) => {
      const port = stage.port();
      const proxy = await stage.start(
        `ring r1\n  size 16384\n${HTTP_DEFAULTS}listen l\n  bind 127.0.0.1:${port}\n` +
          "  http-request set-var(txn.a) path,debug(pre,r1)\n" +
          "  http-request set-var(txn.b) int(5),debug(,r1),add(1)\n" +
          "  http-request set-var(txn.c) bool(1),debug(bool,r1)\n" +
          "  http-request set-var(txn.d) ipv6(::1),debug(ip6,r1)\n" +
          "  http-request set-var(txn.e) method,debug(m,r1)\n" +
          "  http-request set-var(txn.f) req.hdr(none),debug(none,r1)\n" +
          "  http-request set-var(txn.g) src,debug(own)\n" +
          '  http-request return status 200 hdr x-made "%[var(txn.a)] %[var(txn.b)]"\n',
      );
      const client = await stage.client(port);
      client.send("GET /x%20y HTTP/1.1\r\nHost: a\r\n\r\n");
      expect(await client.head()).toContain("x-made: /x%20y 6");
      expect(await proxy.command("show events r1")).toBe(
        "[debug] pre: type=str </x%20y>\n[debug] : type=sint <5>\n[debug] bool: type=bool <1>\n" +
          "[debug] ip6: type=ipv6 <::1>\n[debug] m: type=meth <GET>\n\n",
      );
      expect(await proxy.command("show events buf0")).toMatch(
        /^<0>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+\d\d:\d\d \[debug\] own: type=ipv4 <127\.0\.0\.1>\n\n$/,
      );
      expect(await proxy.command("show events")).toMatch(/^ {4}buf0 +: type=buffer, 0 dropped, /m);
    }),
  );

  for (const [format, header] of [
    ["short", "<0>"],
    ["priority", "<0>"],
    ["iso", "\\d{4}-\\S+ "],
    ["local", "<0>\\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d "],
    ["rfc3164", "<0>\\w{3} [ \\d]\\d \\d\\d:\\d\\d:\\d\\d localhost "],
    ["rfc5424", "<0>1 \\d{4}-\\S+ - - - - - "],
  ] as const) {
    test(
      `a ring of format ${format} has its header`,
      onStage(program, async (stage) => {
        const port = stage.port();
        const proxy = await stage.start(
          `ring r1\n  size 16384\n  format ${format}\n${HTTP_DEFAULTS}listen l\n` +
            `  bind 127.0.0.1:${port}\n  http-request return status 200 hdr x "%[path,debug(p,r1)]"\n`,
        );
        const client = await stage.client(port);
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await client.head();
        expect(await proxy.command("show events r1")).toMatch(
          new RegExp(`^${header}\\[debug\\] p: type=str </>\n\n$`),
        );
      }),
    );
  }
});

test("debug wants a ring that there is", async () => {
  const stage = new Stage(BOTH.sluice);
  try {
    const text = `ring mine\n  size 16384\n${HTTP_DEFAULTS}listen l\n  bind 127.0.0.1:20000\n  http-request set-var(txn.a) src,debug(a,`;
    const near = await stage.run(["-c", "-f", stage.file("near", `${text}mime)\n`)]);
    expect(near.stderr).toContain("converter 'debug' : No such sink 'mime'.");
    expect(near.stderr).toContain('did you mean "mine"?');
    const far = await stage.run(["-c", "-f", stage.file("far", `${text}zzzzzz)\n`)]);
    expect(far.stderr).toContain("declare it: ring zzzzzz");
  } finally {
    await stage.close();
  }
});
