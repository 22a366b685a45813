import { describe, expect, test } from "bun:test";
import { Region } from "./region.ts";
import { AddressFamily, SocketAddress } from "./socket-address.ts";

describe("SocketAddress", () => {
  test.each([
    { host: "127.0.0.1", text: "127.0.0.1:80", because: "IPv4 is a dotted quad" },
    { host: "0.0.0.0", text: "0.0.0.0:80", because: "the wildcard is an address" },
    { host: "::1", text: "[::1]:80", because: "IPv6 stands in brackets" },
    { host: "::", text: "[::]:80", because: "all zero groups fold" },
    { host: "2001:DB8:0:0:1:0:0:1", text: "[2001:db8::1:0:0:1]:80", because: "RFC 5952 4.2.3" },
    { host: "fe80::1", text: "[fe80::1]:80", because: "a fold in the middle" },
    { host: "1:2:3:4:5:6:7:8", text: "[1:2:3:4:5:6:7:8]:80", because: "nothing folds" },
  ])("prints $host as $text: $because", ({ host, text }) => {
    const address = SocketAddress.fromHost(host, 80);
    expect(address?.toString()).toBe(text);
    const region = new Region(4096);
    const size = address!.encode(region, 8);
    const back = new SocketAddress();
    back.decode(region, 8, size);
    expect(back.toString()).toBe(text);
    expect(back.equals(address!)).toBe(true);
  });

  test("says which addresses are of the Internet Protocol", () => {
    const path = new SocketAddress();
    path.family = AddressFamily.UNIX;
    const addresses = [SocketAddress.fromHost("127.0.0.1", 1)!, SocketAddress.fromHost("::1", 1)!];
    expect(addresses.map(({ isInternet }) => isInternet)).toEqual([true, true]);
    expect([path, new SocketAddress()].map(({ isInternet }) => isInternet)).toEqual([false, false]);
  });

  test.each(["", "1.2.3", "1.2.3.256", "1:2:3", ":::", "1::2::3", "12345::", "g::", "a.b.c.d"])(
    "refuses %p as an address",
    (host) => expect(SocketAddress.fromHost(host, 1)).toBeUndefined(),
  );

  test("takes an IPv4 address mapped into IPv6 for a plain IPv4 one", () => {
    const region = new Region(4096);
    const size = SocketAddress.fromHost("::ffff:1.2.3.4", 9)!.encode(region, 0);
    const back = new SocketAddress();
    back.decode(region, 0, size);
    expect(back.family).toBe(AddressFamily.INET);
    expect(back.toString()).toBe("1.2.3.4:9");
  });

  test.each([
    { path: "/run/app.sock", isAbstract: false, text: "unix@/run/app.sock" },
    { path: "app", isAbstract: true, text: "abns@app" },
  ])("keeps unix address $text through the system's form", ({ path, isAbstract, text }) => {
    const region = new Region(4096);
    const size = SocketAddress.fromPath(path, isAbstract).encode(region, 0);
    const back = new SocketAddress();
    back.decode(region, 0, size);
    expect(back.toString()).toBe(text);
  });
});
