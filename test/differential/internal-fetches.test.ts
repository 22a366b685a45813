import { expect, test } from "bun:test";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

/** Expressions and what both programs make of them, in a backend's rules. */
const CASES: readonly (readonly [expression: string, value: string | RegExp])[] = [
  ["bool(true)", "1"],
  ["bool(0)", "0"],
  ["int(-12)", "-12"],
  ["ipv4(10.0.0.1)", "10.0.0.1"],
  ["ipv6(2001:db8::1)", "2001:db8::1"],
  ["bin(4865),hex", "4865"],
  ["meth(POST)", "POST"],
  ["env(PLAY_NOTHING)", ""],
  ["var(txn.none)", ""],
  ["var(txn.none,fallback)", "fallback"],
  ["date,div(100000000)", /^1[0-9]$/],
  ["date(100,ms),div(100000000000)", /^1[0-9]$/],
  ["date_us,div(1000000)", "0"],
  ["rand(1)", "0"],
  ["uuid,length", "36"],
  ["hostname,length,bool", "1"],
  ["nbproc", "1"],
  ["proc", "1"],
  ["thread", /^[0-9]+$/],
  ["stopping", "0"],
  ["src", "127.0.0.1"],
  ["src_port,bool", "1"],
  ["src_is_local", "1"],
  ["dst", "127.0.0.1"],
  ["dst_port,bool", "1"],
  ["dst_is_local", "1"],
  ["fc_src", "127.0.0.1"],
  ["fc_dst", "127.0.0.1"],
  ["fc_src_is_local", "1"],
  ["fc_dst_is_local", "1"],
  ["fc_rcvd_proxy", "0"],
  ["fc_http_major", "1"],
  ["dst_conn", "1"],
  ["so_id", "1"],
  ["so_name", "door"],
  ["fe_name", "fe"],
  ["fe_defbe", "be"],
  ["fe_id", "2"],
  ["be_name", "be"],
  ["be_id", "3"],
  ["fe_conn(fe)", "1"],
  ["fe_req_rate(fe),bool", "1"],
  ["fe_sess_rate(fe),bool", "1"],
  ["be_conn", "1"],
  ["be_conn(be)", "1"],
  ["be_sess_rate,bool", "1"],
  ["be_conn_free", "-1"],
  ["connslots", "-1"],
  ["nbsrv(be)", "2"],
  ["nbsrv", "2"],
  ["queue(be)", "0"],
  ["avg_queue(be)", "0"],
  ["srv_conn(s1)", "0"],
  ["srv_conn(be/s2)", "0"],
  ["srv_conn_free(s1)", "-1"],
  ["srv_is_up(be/s1)", "1"],
  ["srv_queue(be/s1)", "0"],
  ["srv_sess_rate(be/s1)", "0"],
  ["srv_weight(be/s1)", "5"],
  ["srv_iweight(be/s1)", "5"],
  ["srv_uweight(be/s1)", "5"],
  ["fc_rtt(us),bool", "1"],
  ["fc_rtt,div(1000)", "0"],
  ["fc_rttvar(us),bool", "1"],
  ["fc_unacked,div(100)", "0"],
  ["fc_lost", "0"],
  ["fc_retrans", "0"],
  ["fc_reordering", /^[0-9]+$/],
  ["fc_sacked", "0"],
  ["fc_fackets", "0"],
  ["fe_client_timeout,bool", "1"],
  ["be_server_timeout,bool", "1"],
];

eachProgram("fetches of internal states", (program) => {
  test(
    "have the same values on both programs",
    onStage(program, async (stage) => {
      const rules = CASES.map(
        ([expression], at) => `http-request set-header x-${at} "%[${expression}]"`,
      );
      const { port, server } = await startRelay(stage, {
        bind: "name door",
        servers: 2,
        server: "weight 5",
        global: "global\n  tune.http.maxhdr 300\n  tune.maxrewrite 8192",
        backend: `balance first\n${rules.join("\n")}`,
      });
      const client = await stage.client(port);
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      const peer = await server.accept();
      const head = await peer.head();
      peer.send(okResponse("x"));
      const values = new Map(
        head.slice(1).map((line) => {
          const [, name = "", value = ""] = /^([^:]*): ?(.*)$/.exec(line) ?? [];
          return [name, value] as const;
        }),
      );
      for (const [at, [expression, wanted]] of CASES.entries()) {
        const value = values.get(`x-${at}`);
        const fits = typeof wanted === "string" ? value === wanted : wanted.test(value ?? "");
        expect([expression, fits ? wanted : value]).toEqual([expression, wanted]);
      }
    }),
  );
});

/** A hello with a server's name, as small as it can be. */
function helloFor(name: string): Buffer {
  const entry = Buffer.concat([Buffer.from([0, 0, name.length]), Buffer.from(name, "latin1")]);
  const list = Buffer.concat([Buffer.from([0, entry.length]), entry]);
  const extension = Buffer.concat([Buffer.from([0, 0, 0, list.length]), list]);
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32, 7),
    Buffer.from([0, 0, 2, 0x13, 0x01, 1, 0, 0, extension.length]),
    extension,
  ]);
  const message = Buffer.concat([Buffer.from([1, 0, 0, body.length]), body]);
  return Buffer.concat([Buffer.from([22, 3, 1, 0, message.length]), message]);
}

eachProgram("fetches of content", (program) => {
  test(
    "req.ssl_sni chooses the backend of a TLS connection that is passed through",
    onStage(program, async (stage) => {
      const other = await stage.server("other");
      const { port, server } = await startRelay(stage, {
        mode: "tcp",
        frontend: [
          "tcp-request inspect-delay 3s",
          "tcp-request content accept if { req.ssl_hello_type 1 }",
          "tcp-request content reject",
          "use_backend other if { req.ssl_sni -i other.example }",
        ].join("\n"),
        defaults: `backend other\n  server o 127.0.0.1:${other.port}\n`,
      });
      const first = await stage.client(port, "first");
      const hello = helloFor("Other.example");
      first.send(hello.subarray(0, 20));
      await first.expectSilence();
      first.send(hello.subarray(20));
      const peer = await other.accept();
      expect((await peer.read(hello.length)).equals(hello)).toBe(true);
      const second = await stage.client(port, "second");
      second.send(helloFor("www.example"));
      await server.accept();
    }),
  );

  test(
    "req.payload and req.payload_lv read where they are told",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        mode: "tcp",
        frontend: [
          "tcp-request inspect-delay 3s",
          "tcp-request content reject if { req.payload(0,2) -m str no }",
          "tcp-request content accept if { req.payload_lv(2,1) -m str abc }",
          "tcp-request content reject",
        ].join("\n"),
      });
      const good = await stage.client(port, "good");
      good.send("ok\x03abcrest");
      expect(await (await server.accept()).readText(10)).toBe("ok\x03abcrest");
      const bad = await stage.client(port, "bad");
      bad.send("no\x03abc");
      await bad.expectEnding("any");
      const other = await stage.client(port, "other");
      other.send("ok\x03abd");
      await other.expectEnding("any");
    }),
  );
});
