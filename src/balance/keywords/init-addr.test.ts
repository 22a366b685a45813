import { describe, expect, test } from "bun:test";
import { compileText } from "../../proxy/testing.ts";
import { serverStatusText } from "../../stats/server-row.ts";

const FRAME = "backend b\ntimeout connect 1s\ntimeout server 1s\n";
const judge = (lines: string) => {
  const { plan, errors, warnings } = compileText(`${FRAME}${lines}\n`);
  const { servers } = plan.proxies[0]!.proxy.servers!;
  return { servers, errors, warnings };
};

describe("init-addr", () => {
  test.each([
    { words: "init-addr 192.0.2.7", address: "192.0.2.7:80", because: "an address is taken" },
    { words: "init-addr last,libc,2001:db8::1", address: "[2001:db8::1]:80", because: "in turn" },
    { words: "init-addr last,none", address: "", because: "it may start without one" },
    { words: "init-addr none,192.0.2.7", address: "", because: "the first that succeeds counts" },
  ])("$words: $because", ({ words, address }) => {
    const { servers, errors } = judge(`server s name.invalid:80 ${words}`);
    expect(errors).toEqual([]);
    expect(servers[0]!.address.toString()).toBe(address);
    expect(serverStatusText(servers[0]!)).toBe(address === "" ? "MAINT (resolution)" : "no check");
    expect(servers[0]!.address.port).toBe(80);
  });

  test("is inherited from default-server, and says nothing of addresses", () => {
    const { servers, errors } = judge(
      "default-server init-addr none\nserver s name.invalid:80\nserver t 192.0.2.1:80\nserver u localhost:80 init-addr libc",
    );
    expect(errors).toEqual([]);
    expect(servers.map(serverStatusText)).toEqual(["MAINT (resolution)", "no check", "no check"]);
  });

  test("keeps a server out that is enabled without having an address", () => {
    const { servers } = judge("server s name.invalid:80 init-addr none disabled");
    expect(servers[0]!.state.administrative.get()).toBe(0x25);
  });

  test.each([
    { line: "server s name.invalid:80", tells: /'server b\/s' : could not resolve address 'name/ },
    {
      line: "server s name.invalid:80 init-addr last",
      tells: /'server b\/s' : no method found to resolve address 'name.invalid'/,
    },
    { line: "server s localhost:80 init-addr foo", tells: /unknown init-addr method 'foo'/ },
    { line: "server s 1.2.3.4:80 resolve-prefer ipv5", tells: /expects 'ipv4' or 'ipv6'/ },
    { line: "server s 1.2.3.4:80 resolve-net x", tells: /'resolve-net' invalid network 'x'/ },
    { line: "server s 1.2.3.4:80 resolve-net 10.0.0.0/33", tells: /invalid network '10.0.0.0\/33/ },
    { line: "server s 1.2.3.4:80 resolve-opts x", tells: /unknown resolve-opts option 'x'/ },
  ])("refuses $line", ({ line, tells }) => {
    const { errors } = judge(line);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(tells);
  });

  test("warns of what only resolvers could use", () => {
    const words =
      "resolve-prefer ipv4 resolve-net 10.0.0.0/8,2001:db8::/32 resolve-opts allow-dup-ip";
    const { warnings } = judge(`server s 1.2.3.4:80 ${words}`);
    expect(warnings).toHaveLength(3);
    expect(warnings[0]).toMatch(/'resolve-prefer' changes nothing without 'resolvers'/);
  });
});

describe("server-template", () => {
  test("makes servers that differ by their numbers", () => {
    const { servers, errors } = judge(
      "server-template a 2 192.0.2.1:80 weight 7\nserver-template b 3-4 192.0.2.2:80 id 40\nserver c 192.0.2.3:80",
    );
    expect(errors).toEqual([]);
    expect(servers.map(({ id, name, address }) => `${id} ${name} ${address}`)).toEqual([
      "1 a1 192.0.2.1:80",
      "2 a2 192.0.2.1:80",
      "40 b3 192.0.2.2:80",
      "4 b4 192.0.2.2:80",
      "5 c 192.0.2.3:80",
    ]);
    expect(servers[1]!.state.userWeight.get()).toBe(7);
  });

  test("takes what default-server says", () => {
    const { servers } = judge("default-server weight 9\nserver-template a 2 192.0.2.1:80");
    expect(servers.map(({ state }) => state.userWeight.get())).toEqual([9, 9]);
  });

  test.each([
    { line: "server-template", tells: /expects <prefix> <nb \| range> <addr>/ },
    { line: "server-template x 1-3", tells: /expects <prefix> <nb \| range> <addr>/ },
    { line: "server-template x 0 a:80", tells: /Wrong server-template number or range arg '0'/ },
    { line: "server-template x 5-2 a:80", tells: /Wrong .* arg '5-2'/ },
    { line: "server-template x a 1.2.3.4:5", tells: /Wrong .* arg 'a'/ },
    { line: "server-template x! 1 1.2.3.4:5", tells: /character '!' is not permitted/ },
    { line: "server-template y 1-3 1.2.3.4:5 chekc", tells: /unknown keyword 'chekc'; did you/ },
    { line: "server-template y 1-3 name.invalid:5", tells: /could not resolve address/ },
    {
      line: "server y2 1.2.3.4:5\nserver-template y 2 1.2.3.4:5",
      tells: /already defined at line 4/,
    },
  ])("refuses $line", ({ line, tells }) => {
    const { errors } = judge(line);
    expect(errors.length).toBeLessThanOrEqual(1);
    expect(errors[0] ?? "").toMatch(tells);
  });

  test("has no place in a frontend or in defaults", () => {
    const wrong = "frontend f\nbind :1\ntimeout client 1s\nserver-template x 1 1.2.3.4:5\n";
    expect(compileText(wrong).errors[0]).toMatch(/no backend capability/);
    expect(compileText("defaults\nserver-template x 1 1.2.3.4:5\n").errors[0]).toMatch(
      /not allowed in 'defaults' section/,
    );
  });
});
