import { describe, expect, test } from "bun:test";
import { SocketAddress } from "../sys/socket-address.ts";
import { dynamicCookie } from "./dynamic-cookies.ts";
import { testBackend } from "./testing.ts";

const ADDRESS = SocketAddress.fromHost("127.0.0.1", 8001)!;

/** Keys, addresses and the cookies that HAProxy 2.6 makes of them. */
const COOKIES = [
  ["a", "127.0.0.1", 8001, "a2e72153d506b6dc"],
  ["a", "127.0.0.2", 8001, "670cc42edc5d1dba"],
  ["a", "::1", 8001, "23a4d850f53513b4"],
  ["b", "127.0.0.1", 8001, "0cb42f0539364767"],
  ["abcdefgh", "127.0.0.1", 8002, "6cf5128ae6a65ce1"],
  ["c", "127.0.0.9", 77, "0008a1016f6abb1c"],
] as const;

describe("dynamicCookie", () => {
  test.each([...COOKIES])("key %s, %s port %d gives %s", (key, host, port, cookie) => {
    expect(dynamicCookie(key, SocketAddress.fromHost(host, port)!)).toBe(cookie);
  });

  test("gives none for a unix socket", () => {
    expect(dynamicCookie("a", new SocketAddress())).toBe("");
  });
});

describe("DynamicCookies", () => {
  /** Two servers without a cookie and one with it. */
  const backendOf = () => {
    const { backend } = testBackend([{}, { cookie: "own" }, {}]);
    for (const server of backend.servers) server.address.copyFrom(ADDRESS);
    backend.servers[2]!.address.port = 8002;
    return backend;
  };
  const cookies = (backend: ReturnType<typeof backendOf>) =>
    backend.servers.map(({ cookie }) => cookie);

  test("come with a key, change with it, and go", () => {
    const backend = backendOf();
    const { dynamicCookies } = backend;
    dynamicCookies.enable();
    expect(cookies(backend)).toEqual(["", "own", ""]);
    dynamicCookies.setKey("a");
    expect(cookies(backend)).toEqual(["a2e72153d506b6dc", "own", "d3f84125c0a954d6"]);
    dynamicCookies.disable();
    expect(cookies(backend)).toEqual(["", "own", ""]);
    dynamicCookies.setKey("b");
    expect(cookies(backend)).toEqual(["", "own", ""]);
    dynamicCookies.enable();
    expect(backend.servers[0]!.cookie).toBe("0cb42f0539364767");
    expect(Buffer.from(backend.servers[0]!.cookieBytes).toString()).toBe("0cb42f0539364767");
  });

  test("follow a server's address, and tell of twins", () => {
    const backend = backendOf();
    backend.dynamicCookies.setKey("a");
    backend.dynamicCookies.enable();
    expect(backend.dynamicCookies.findTwins()).toBeUndefined();
    const moved = backend.servers[2]!;
    moved.address.port = 8001;
    backend.dynamicCookies.refresh(moved);
    expect(backend.dynamicCookies.findTwins()).toEqual([backend.servers[0]!, moved]);
  });
});
