import { expect, test } from "bun:test";
import { lookupHost } from "./host-lookup.ts";
import { AddressFamily } from "./socket-address.ts";
import { descriptorCount } from "./testing.ts";

test.each([
  { name: "127.0.0.1", family: AddressFamily.NONE, wanted: "127.0.0.1:80", because: "a literal" },
  { name: "::1", family: AddressFamily.NONE, wanted: "[::1]:80", because: "one of IPv6" },
  {
    name: "localhost",
    family: AddressFamily.INET,
    wanted: "127.0.0.1:80",
    because: "the hosts file knows it",
  },
  { name: "127.0.0.1", family: AddressFamily.INET6, wanted: undefined, because: "another family" },
  { name: "", family: AddressFamily.NONE, wanted: undefined, because: "no name" },
  { name: "a\0b", family: AddressFamily.NONE, wanted: undefined, because: "C would see 'a'" },
  { name: "a".repeat(2000), family: AddressFamily.NONE, wanted: undefined, because: "too long" },
  { name: "no such host", family: AddressFamily.NONE, wanted: undefined, because: "no host name" },
])("lookupHost() gives $wanted: $because", ({ name, family, wanted }) => {
  const before = descriptorCount();

  expect(lookupHost(name, 80, family)?.toString()).toBe(wanted as string);
  expect(descriptorCount()).toBe(before);
});
