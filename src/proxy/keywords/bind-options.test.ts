import { describe, expect, test } from "bun:test";
import { compileText } from "../testing.ts";

const FRAME = "timeout client 1s\ntimeout connect 1s\ntimeout server 1s\nmode http\n";
const judge = (line: string, more = "") => {
  const { errors, warnings } = compileText(`listen l\n${FRAME}${line}\n${more}`);
  return { errors, warnings };
};
const told = (line: string) => {
  const { errors, warnings } = judge(line);
  return [...errors.map((text) => `error ${text}`), ...warnings.map((text) => `warning ${text}`)];
};

describe("bind", () => {
  test.each([
    "interface lo transparent mss 1400 tfo defer-accept tcp-ut 5s",
    "mss -100 tcp-ut 0 nice -10 proto h1",
    "accept-netscaler-cip 7 accept-proxy",
    "thread 1 thread all thread odd thread 1-4",
    "maxconn 5 backlog 10 name web id 7 v4v6",
  ])("takes %p without a word", (words) => {
    expect(told(`bind [::]:80 ${words}`)).toEqual([]);
  });

  test.each([
    { words: "interface", tells: /^error 6: .*'interface' expects|: expects <interface>/ },
    { words: "interface averyveryverylongname", tells: /is longer than 15 bytes/ },
    { words: "mss", tells: /'mss' expects <maxseg>/ },
    { words: "mss 0", tells: /absolute value between 1 and 65535/ },
    { words: "mss 65536", tells: /absolute value between 1 and 65535/ },
    { words: "mss x", tells: /absolute value between 1 and 65535/ },
    { words: "tcp-ut", tells: /'tcp-ut' expects <delay>/ },
    { words: "tcp-ut x", tells: /in <delay>/ },
    { words: "tcp-ut 30d", tells: /timer overflow/ },
    { words: "nice", tells: /'nice' expects <nice>/ },
    { words: "nice 5000", tells: /allowed range is -1024..1024/ },
    { words: "nice x", tells: /allowed range is -1024..1024/ },
    { words: "level admin", tells: /^warning 6: 'level' changes nothing/ },
    { words: "level x", tells: /expects 'user', 'operator' or 'admin'/ },
    { words: "severity-output number", tells: /^warning 6: 'severity-output' changes nothing/ },
    { words: "severity-output x", tells: /expects 'none', 'number' or 'string'/ },
    { words: "namespace no-such-one", tells: /^error 6: Cannot open namespace 'no-such-one'/ },
    { words: "namespace ../x", tells: /Cannot open namespace/ },
    { words: "process 1/2", tells: /^warning 6: .*Please use 'thread 2' instead/ },
    { words: "process all", tells: /^warning 6: .*is deprecated/ },
    { words: "process x", tells: /^error 6: 'process' : 'x' is not a valid number/ },
    { words: "process 1/x", tells: /^error 6: 'process' : '1\/x' is not a valid number/ },
    { words: "thread x", tells: /^error 6: 'thread' : 'x' is not a valid number/ },
    { words: "thread 99", tells: /supports numbers from 1 to 64/ },
    { words: "thread 2", tells: /^warning 6: 'thread 2' : Sluice runs one thread/ },
    { words: "proto h2", tells: /^error 6: 'proto' : HTTP\/2 is not built yet/ },
    { words: "proto none", tells: /^error 6: MUX protocol 'none' is not usable/ },
    { words: "proto x", tells: /^error 6: 'proto' : unknown MUX protocol 'x'/ },
    { words: "accept-netscaler-cip 0", tells: /invalid value 0/ },
    { words: "accept-netscaler-cip 0x22", tells: /invalid value 0x22/ },
    { words: "accept-netscaler-cip 4294967296", tells: /invalid value 4294967296/ },
    { words: "mode 600 uid 5", tells: /^warning 6: .*'mode' or 'uid' changes nothing here/ },
  ])("says what is wrong with $words", ({ words, tells }) => {
    const all = told(`bind 127.0.0.1:80 ${words}`);
    expect(all).toHaveLength(1);
    expect(all[0]).toMatch(tells);
  });

  test.each([
    { address: "udp@127.0.0.1:80", tells: /dgram-type address not acceptable/ },
    { address: "dgram+ipv4@127.0.0.1:80", tells: /dgram-type address not acceptable/ },
    { address: "127.0.0.1:+80", tells: /port offset not permitted here/ },
    { address: "127.0.0.1:90-80", tells: /invalid port range '90-80'/ },
    { address: "127.0.0.1:0", tells: /invalid port '0'/ },
    { address: "127.0.0.1", tells: /missing port specification/ },
    { address: "ipv6@127.0.0.1:80", tells: /invalid address: '127.0.0.1'/ },
    { address: "sockpair@x", tells: /sock/ },
  ])("refuses the address $address", ({ address, tells }) => {
    const all = told(`bind ${address}`);
    expect(all).toHaveLength(1);
    expect(all[0]).toStartWith("error 6: ");
    expect(all[0]).toMatch(tells);
  });

  test("warns of words for TCP on a unix socket", () => {
    expect(told("bind /tmp/x tfo mss 500")).toEqual([
      "warning 6: 'bind' : 'mss' or 'tfo' changes nothing here: it is for TCP sockets.",
    ]);
  });

  test("says where an address is bound already", () => {
    const twice = judge("bind :80\nbind 127.0.0.1:81,0.0.0.0:80");
    expect(twice.errors).toEqual([]);
    expect(twice.warnings[0]).toMatch(/^7: .*'0.0.0.0:80' is already bound at test.cfg:6 /);
    expect(judge("bind :80 process 1\nbind :80 process 2").warnings).toHaveLength(2);
    expect(judge("bind :80 interface lo\nbind :80 interface eth0").warnings).toEqual([]);
    expect(judge("bind /x\nbind unix@/x").errors[0]).toMatch(/^7: .*already bound at test.cfg:6/);
  });
});

describe("unix-bind", () => {
  test("stands in front of paths and gives what lines leave open", () => {
    const { plan, errors } = compileText(
      `global\nunix-bind prefix /run/p- mode 640 uid 5 gid 6\nlisten l\n${FRAME}bind unix@a\nbind /b mode 600 uid 7\nbind abns@c\n`,
    );
    expect(errors).toEqual([]);
    const binds = plan.proxies[0]!.frontend!.binds;
    expect(
      binds.map(({ text, options: { mode, userId, groupId } }) => [text, mode, userId, groupId]),
    ).toEqual([
      ["unix@/run/p-a", 0o640, 5, 6],
      ["unix@/run/p-/b", 0o600, 7, 6],
      ["abns@c", 0o640, 5, 6],
    ]);
  });

  test.each([
    { line: "unix-bind prefix", tells: /'prefix' expects a value/ },
    { line: "unix-bind mode 9", tells: /invalid mode '9'/ },
    { line: "unix-bind user no-such-user", tells: /'no-such-user' unknown user/ },
    { line: "unix-bind group no-such-group", tells: /'no-such-group' unknown group/ },
    { line: "unix-bind uid x", tells: /'uid' expects a number/ },
    { line: "unix-bind moed 600", tells: /only supports 'prefix', 'mode'/ },
  ])("refuses $line", ({ line, tells }) => {
    const { errors } = compileText(`global\n${line}\n`);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(tells);
  });

  test("refuses a path that its prefix makes too long", () => {
    const { errors } = compileText(
      `global\nunix-bind prefix /${"p".repeat(60)}\nlisten l\n${FRAME}bind unix@${"a".repeat(60)}\n`,
    );
    expect(errors[0]).toMatch(/longer than 107 bytes with its prefix/);
  });
});
