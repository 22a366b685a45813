import { describe, expect, test } from "bun:test";
import { parseHead } from "../../test/support/parsed-head.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import { ForwardedField, type ForwardedSettings } from "./forwarded.ts";

function network(text: string): ForwardedSettings["except"] {
  const [host, bits] = text.split("/");
  return { address: SocketAddress.fromHost(host!, 0)!, bits: Number(bits) };
}

const PLAIN: ForwardedSettings = { header: "X-Forwarded-For", except: null, ifNone: false };

function addTo(fields: string, client: string, settings: Partial<ForwardedSettings> = {}) {
  const parsed = parseHead(`GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`);
  const address = SocketAddress.fromHost(client, 1234)!;
  const isAdded = new ForwardedField({ ...PLAIN, ...settings }).apply(
    parsed.head,
    address,
    address.host(),
  );
  return { isAdded, text: parsed.written() };
}

describe("ForwardedField", () => {
  test.each([
    { client: "192.0.2.7", because: "IPv4" },
    { client: "2001:db8::7", because: "IPv6" },
  ])("tells the client's address last: $because", ({ client }) => {
    const { isAdded, text } = addTo("X-Forwarded-For: 1.2.3.4\r\n", client);
    expect(isAdded).toBe(true);
    expect(text).toBe(
      `GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: ${client}\r\n\r\n`,
    );
  });

  test("bears the name that it is given", () => {
    expect(addTo("", "192.0.2.7", { header: "X-Client" }).text).toEndWith(
      "X-Client: 192.0.2.7\r\n\r\n",
    );
  });

  test.each([
    { except: "127.0.0.0/8", client: "127.9.9.9", isTold: false, because: "in the network" },
    { except: "127.0.0.0/8", client: "128.0.0.1", isTold: true, because: "just outside" },
    { except: "10.1.2.3/32", client: "10.1.2.3", isTold: false, because: "one host" },
    { except: "10.1.2.3/32", client: "10.1.2.2", isTold: true, because: "another host" },
    { except: "192.0.2.128/25", client: "192.0.2.127", isTold: true, because: "an odd prefix" },
    { except: "192.0.2.128/25", client: "192.0.2.128", isTold: false, because: "an odd prefix" },
    { except: "0.0.0.0/0", client: "8.8.8.8", isTold: false, because: "everybody of IPv4" },
    { except: "0.0.0.0/0", client: "2001:db8::1", isTold: true, because: "another family" },
    { except: "2001:db8::/33", client: "2001:db8:7fff::1", isTold: false, because: "IPv6" },
    { except: "2001:db8::/33", client: "2001:db8:8000::1", isTold: true, because: "IPv6, outside" },
    { except: "::1/128", client: "::1", isTold: false, because: "all bits of IPv6" },
    { except: "::1/128", client: "::2", isTold: true, because: "the last bits of IPv6" },
  ])("with except $except, $client is told: $isTold: $because", ({ except, client, isTold }) => {
    const { text } = addTo("", client, { except: network(except) });
    expect(text.includes("X-Forwarded-For")).toBe(isTold);
  });

  test.each([
    { fields: "x-forwarded-for: 1.2.3.4\r\n", count: 1, because: "whatever the case" },
    { fields: "X-Forwarded: 1.2.3.4\r\n", count: 1, because: "another name is none" },
    { fields: "", count: 1, because: "there is none" },
  ])("with if-none believes one that came: $because", ({ fields, count }) => {
    const { text } = addTo(fields, "192.0.2.7", { ifNone: true });
    expect(text.match(/x-forwarded-for:/gi)).toHaveLength(count);
    expect(text.includes("192.0.2.7")).toBe(!/x-forwarded-for/i.test(fields));
  });

  test("says nothing of a client without an address", () => {
    const parsed = parseHead("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const client = SocketAddress.fromPath("/tmp/s", false);
    expect(new ForwardedField(PLAIN).apply(parsed.head, client, "unix")).toBe(true);
    expect(parsed.head.isUntouched).toBe(true);
  });

  test("tells that there is no room", () => {
    const parsed = parseHead("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    parsed.head.setEditArea(600, 610);
    const client = SocketAddress.fromHost("192.0.2.7", 1)!;
    expect(new ForwardedField(PLAIN).apply(parsed.head, client, client.host())).toBe(false);
  });
});
