import { describe, expect, test } from "bun:test";
import { readListenAddress } from "./listen-address.ts";

const shown = (text: string): unknown => {
  const read = readListenAddress(text);
  if ("problem" in read) return `refused: ${read.problem}`;
  return read.map(({ address, inheritedFd }) =>
    inheritedFd === -1 ? address.toString() : `fd ${inheritedFd}`,
  );
};

describe("readListenAddress()", () => {
  test.each([
    { text: ":80", result: ["0.0.0.0:80"], because: "no host is every IPv4 address" },
    { text: "*:80", result: ["0.0.0.0:80"], because: "so is a star" },
    { text: "ipv6@:80", result: ["[::]:80"], because: "the family chooses the wildcard" },
    { text: "[::1]:80", result: ["[::1]:80"], because: "brackets keep the port apart" },
    { text: "::1:80", result: ["[::1]:80"], because: "the last colon is the port's" },
    {
      text: "127.0.0.1:80-82",
      result: ["127.0.0.1:80", "127.0.0.1:81", "127.0.0.1:82"],
      because: "a range is one socket a port",
    },
    { text: "unix@/run/x.sock", result: ["unix@/run/x.sock"], because: "a unix path" },
    { text: "/run/x.sock", result: ["unix@/run/x.sock"], because: "a bare path is a unix one" },
    { text: "abns@x", result: ["abns@x"], because: "an abstract name" },
    { text: "fd@5", result: ["fd 5"], because: "an inherited socket" },
    { text: "stream+fd@5", result: ["fd 5"], because: "its kind may be said" },
    { text: "localhost:80", result: ["127.0.0.1:80"], because: "names are looked up" },
  ])("reads $text: $because", ({ text, result }) => {
    expect(shown(text)).toEqual(result);
  });

  test.each([
    "127.0.0.1",
    ":0",
    ":65536",
    ":90-80",
    ":1-60000",
    "fd@x",
    "unix@",
    ":http",
    "nope.invalid:80",
  ])("refuses %p with a reason", (text) => {
    expect(String(shown(text))).toStartWith("refused: ");
  });
});
