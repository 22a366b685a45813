import { describe, expect, test } from "bun:test";
import { SocketAddress } from "../sys/socket-address.ts";
import { lookUpHost } from "./resolve-host.ts";
import { PortRule } from "./server.ts";
import { parseServerAddress } from "./server-address.ts";

const lookUp = (host: string) =>
  host === "app.example" ? SocketAddress.fromHost("10.9.8.7", 0) : undefined;

describe("parseServerAddress()", () => {
  test.each([
    { text: "10.0.0.1:80", address: "10.0.0.1:80", because: "IPv4" },
    { text: "[::1]:80", address: "[::1]:80", because: "IPv6 in brackets" },
    {
      text: "2001:db8::1:80",
      address: "[2001:db8::1]:80",
      because: "the last colon is the port's",
    },
    { text: "ipv6@::1:80", address: "[::1]:80", because: "the family is forced" },
    { text: "app.example:81", address: "10.9.8.7:81", because: "a name" },
    { text: "*:80", address: "0.0.0.0:80", because: "the client's destination" },
    { text: ":80", address: "0.0.0.0:80", because: "the same" },
    { text: "/run/app.sock", address: "unix@/run/app.sock", because: "a path" },
    { text: "unix@app.sock", address: "unix@app.sock", because: "a path without a slash" },
    { text: "abns@app", address: "abns@app", because: "an abstract name" },
  ])("reads $text: $because", ({ text, address }) => {
    const parsed = parseServerAddress(text, lookUp);
    if (typeof parsed === "string") throw new Error(parsed);
    expect([parsed.address.toString(), parsed.portRule]).toEqual([address, PortRule.FIXED]);
  });

  test.each([
    { text: "10.0.0.1", offset: 0, because: "no port is the client's" },
    { text: "10.0.0.1:", offset: 0, because: "nor is an empty one" },
    { text: "10.0.0.1:0", offset: 0, because: "nor is 0" },
    { text: "10.0.0.1:+1000", offset: 1000, because: "above the client's" },
    { text: "10.0.0.1:-80", offset: -80, because: "below the client's" },
    { text: "[::1]", offset: 0, because: "brackets need no port" },
  ])("reads $text as relative by $offset: $because", ({ text, offset }) => {
    const parsed = parseServerAddress(text, lookUp);
    if (typeof parsed === "string") throw new Error(parsed);
    expect([parsed.portRule, parsed.portOffset]).toEqual([PortRule.RELATIVE, offset]);
  });

  test.each([
    { text: "nosuch.example:80", message: "could not resolve address 'nosuch.example'." },
    { text: "10.0.0.1:70000", message: "invalid port '70000'" },
    {
      text: "10.0.0.1:abc",
      message: "invalid character 'a' in port number 'abc' in '10.0.0.1:abc'",
    },
    { text: "10.0.0.1:80-90", message: "port range not permitted here in '10.0.0.1:80-90'" },
    { text: "fd@3", message: "a file descriptor is not acceptable here in 'fd@3'" },
    { text: "ipv4@::1:80", message: "could not resolve address '::1'." },
    { text: "unix@", message: "the path of the socket is missing" },
    { text: "udp@10.0.0.1:80", message: "unknown address family 'udp@' in 'udp@10.0.0.1:80'" },
  ])("refuses $text: $message", ({ text, message }) => {
    expect(parseServerAddress(text, lookUp)).toBe(message);
  });

  test("refuses a path that no socket can have", () => {
    expect(parseServerAddress(`/${"x".repeat(107)}`, lookUp)).toContain("is too long");
  });
});

describe("lookUpHost()", () => {
  test.each([
    { host: "localhost", found: "127.0.0.1", because: "it is in /etc/hosts" },
    { host: "nosuch.invalid", found: undefined, because: "it is nowhere" },
    { host: "--help", found: undefined, because: "it is no name" },
    { host: "a b", found: undefined, because: "nor is this" },
  ])("finds $found for $host: $because", ({ host, found }) => {
    expect(lookUpHost(host, "ipv4")?.host()).toBe(found);
  });
});
