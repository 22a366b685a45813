import { describe, expect, test } from "bun:test";
import { compileText } from "../testing.ts";

const TIMEOUTS = "timeout connect 1s\ntimeout server 1s\n";
const FRAME = `backend b\n${TIMEOUTS}mode http\n`;

function told(line: string, frame = FRAME): string[] {
  const { errors, warnings } = compileText(`${frame}${line}\n`);
  return [...errors.map((text) => `error ${text}`), ...warnings.map((text) => `warning ${text}`)];
}

function routeOf(lines: string, frame = FRAME) {
  const { plan, errors } = compileText(`${frame}${lines}\n`);
  expect(errors).toEqual([]);
  return plan.engine.route(plan.proxies.at(-1)!.proxy.servers!.servers[0]!);
}

describe("server", () => {
  test.each([
    "source 127.0.0.2",
    "source 127.0.0.2:1000-2000",
    "source 127.0.0.2 interface lo usesrc client",
    "source 0.0.0.0 usesrc clientip",
    "source *",
    "source ipv4@127.0.0.1:5000 usesrc 192.0.2.1:7",
    "source 127.0.0.1 usesrc hdr_ip(X-Forwarded-For,-1)",
    "source 127.0.0.1 usesrc hdr_ip(x,0) check",
    "tcp-ut 5s no-tfo proto h1",
    "socks4 127.0.0.1:1080",
    "socks4 ipv4@127.0.0.1:1080",
    "send-proxy-v2 proxy-v2-options crc32c,authority",
    "send-proxy-v2-ssl send-proxy-v2-ssl-cn",
  ])("takes %p without a word", (words) => {
    expect(told(`server s 127.0.0.1:80 ${words}`)).toEqual([]);
  });

  test.each([
    { words: "source", tells: /^error 5: .*'source' expects <addr>/ },
    { words: "source 127.0.0.2:5-3", tells: /invalid port range '5-3'/ },
    { words: "source 127.0.0.2:70000", tells: /invalid port '70000'/ },
    { words: "source 127.0.0.2:x", tells: /invalid port number 'x'/ },
    { words: "source 0.0.0.0:+5", tells: /port offset not permitted here/ },
    { words: "source no.invalid", tells: /invalid address: 'no.invalid'/ },
    { words: "source ipv6@127.0.0.1", tells: /invalid address/ },
    { words: "source unix@/x", tells: /only IPv4 and IPv6/ },
    { words: "source 127.0.0.1 usesrc", tells: /'usesrc' expects <addr>/ },
    { words: "source 127.0.0.1 usesrc hdr_ip", tells: /invalid address: 'hdr_ip'/ },
    { words: "source 127.0.0.1 usesrc hdr_ip(", tells: /'usesrc' expects hdr_ip\(<name>/ },
    { words: "source 127.0.0.1 usesrc hdr_ip(x,y)", tells: /'usesrc' expects hdr_ip\(<name>/ },
    { words: "source 127.0.0.1 usesrc hdr_ip(x,-11)", tells: /occurrences below -10/ },
    { words: "source 127.0.0.1 usesrc 0.0.0.0", tells: /every address/ },
    { words: "source 127.0.0.1 interface", tells: /missing interface name/ },
    { words: "source 127.0.0.1 interface none0", tells: /^warning 5: .*no interface 'none0'/ },
    { words: "source 127.0.0.1 foo", tells: /unknown keyword 'foo'/ },
    { words: "source ::1", tells: /^warning 5: .*another family/ },
    { words: "tcp-ut", tells: /'tcp-ut' expects <delay>/ },
    { words: "tcp-ut x", tells: /in <delay>/ },
    { words: "tfo", tells: /^warning 5: .*server has tfo activated/ },
    { words: "namespace", tells: /'namespace' expects <name>/ },
    { words: "namespace none", tells: /^error 5: Cannot open namespace 'none'/ },
    { words: "check-via-socks4", tells: /^warning 5: .*changes nothing without 'socks4'/ },
    { words: "proto", tells: /'proto' expects <name>/ },
    { words: "proto h2", tells: /HTTP\/2 is not built yet/ },
    { words: "proto none", tells: /MUX protocol 'none' is not usable/ },
    { words: "proto x", tells: /unknown MUX protocol 'x'/ },
    { words: "socks4", tells: /expects <addr>:<port>/ },
    { words: "socks4 127.0.0.1", tells: /missing port specification/ },
    { words: "socks4 127.0.0.1:0", tells: /invalid port '0'/ },
    { words: "socks4 no.invalid:5", tells: /invalid address/ },
    { words: "socks4 127.0.0.1:1-2", tells: /port range not permitted here in '127.0.0.1:1-2'/ },
    { words: "socks4 /tmp/proxy", tells: /TCP not supported for this address family/ },
    { words: "proxy-v2-options", tells: /expects <option>/ },
    { words: "proxy-v2-options crc32", tells: /'crc32' : proxy v2 option not implemented/ },
    { words: "send-proxy-v2 proxy-v2-options unique-id", tells: /'unique-id' is not built yet/ },
    { words: "send-proxy proxy-v2-options crc32c", tells: /^warning 5: .*changes nothing without/ },
  ])("says what is wrong with $words", ({ words, tells }) => {
    const all = told(`server s 127.0.0.1:80 ${words}`);
    expect(all).toHaveLength(1);
    expect(all[0]).toMatch(tells);
  });

  test("follows the namespace of its clients, alone", () => {
    const { plan, errors } = compileText(
      `backend b\n${TIMEOUTS}server s 127.0.0.1:80 namespace *\nserver t 127.0.0.1:80\n`,
    );
    expect(errors).toEqual([]);
    const routes = plan.proxies[0]!.proxy.servers!.servers.map((server) =>
      plan.engine.route(server),
    );
    expect(routes.map(({ followsNamespace }) => followsNamespace)).toEqual([true, false]);
    expect(routes.map(({ isShareable }) => isShareable)).toEqual([false, true]);
  });

  test.each([
    ["namespace_list\n namespace none", /2: Cannot open namespace 'none'/],
    ["namespace_list\n namespace", /expects <name>/],
    ["namespace_list x", /unexpected argument 'x'/],
    ["namespace_list\n frob", /unknown keyword 'frob'/],
    ["namespace none", /./],
  ])("%j is refused", (text, wanted) => {
    const { errors } = compileText(`${text}\n`);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(wanted);
  });

  test("cannot be reached by SOCKS4 when it is no IPv4 server", () => {
    expect(told("server s [::1]:80 socks4 127.0.0.1:1")[0]).toMatch(/IPv4 addresses only/);
  });

  test("finds no field to take an address from in TCP mode", () => {
    const frame = `backend b\n${TIMEOUTS}mode tcp\n`;
    const line = "server s 127.0.0.1:80 source 127.0.0.1 usesrc hdr_ip(x)";
    expect(told(line, frame)[0]).toMatch(/^warning 5: .*changes nothing in TCP mode/);
    expect(told("server s 127.0.0.1:80 proto none", frame)).toEqual([]);
    expect(told("server s 127.0.0.1:80 proto h1", frame)[0]).toMatch(/not usable/);
  });

  test("costs nothing where nothing is asked for", () => {
    const { connectOptions, isShareable, socks } = routeOf("server s 127.0.0.1:80");
    expect(connectOptions).toEqual({ source: null, habits: null, extras: null });
    expect([isShareable, socks]).toEqual([true, null]);
    expect(routeOf("server s 127.0.0.1:80 source 127.0.0.2").connectOptions.extras).toBeNull();
  });

  test("shares no connection whose source depends on the client", () => {
    const line = "server s 127.0.0.1:80 source 127.0.0.2 usesrc clientip";
    expect(routeOf(line).isShareable).toBe(false);
  });
});

describe("source of a backend", () => {
  test("holds for servers that say nothing, and is inherited from defaults", () => {
    const frame = `defaults\nsource 127.0.0.5\n${FRAME}`;
    expect(`${routeOf("server s 127.0.0.1:80", frame).connectOptions.source}`).toBe("127.0.0.5:0");
    expect(
      `${routeOf("source 127.0.0.6\nserver s 127.0.0.1:80", frame).connectOptions.source}`,
    ).toBe("127.0.0.6:0");
    expect(
      `${routeOf("default-server source 127.0.0.7\nserver s 127.0.0.1:80", frame).connectOptions.source}`,
    ).toBe("127.0.0.7:0");
  });

  test.each([
    { line: "source", tells: /'source' expects <addr>/ },
    { line: "source 127.0.0.1:5-6", tells: /port range not permitted here/ },
    { line: "source 127.0.0.1 foo", tells: /'source' cannot handle unexpected argument 'foo'/ },
    { line: "no source 127.0.0.1", tells: /negation is not supported/ },
  ])("refuses $line", ({ line, tells }) => {
    expect(told(line)[0]).toMatch(tells);
  });

  test("is ignored in a frontend", () => {
    const { warnings } = compileText("frontend f\nbind :1\ntimeout client 1s\nsource 1.2.3.4\n");
    expect(warnings[0]).toMatch(/'source' ignored because frontend 'f' has no backend capability/);
  });
});
