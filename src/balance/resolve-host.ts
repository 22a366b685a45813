import { lookupHost } from "../sys/host-lookup.ts";
import { AddressFamily, type SocketAddress } from "../sys/socket-address.ts";

/** How a host name is looked up; undefined when it has no address. */
export type HostLookup = (
  host: string,
  family: "any" | "ipv4" | "ipv6",
) => SocketAddress | undefined;

const FAMILIES = {
  any: AddressFamily.NONE,
  ipv4: AddressFamily.INET,
  ipv6: AddressFamily.INET6,
} as const;

/**
 * Looks a name up as the C library does, in its order, `/etc/hosts` included. It waits for the
 * answer: only the start of the program can afford that.
 */
export const lookUpHost: HostLookup = (host, family) => lookupHost(host, 0, FAMILIES[family]);
