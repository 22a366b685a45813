import { definePart } from "../config/part.ts";
import type { SocketAddress } from "../sys/socket-address.ts";

/** A way to find the address of a server that is given by a name, when the process starts. */
export type InitialAddress = "last" | "libc" | "none" | SocketAddress;

/** The part of a `server` line that says how its name becomes an address. */
export const ADDRESS = definePart("address", () => ({
  /** `init-addr`: the ways in the order in which they are tried. */
  ways: ["last", "libc"] as readonly InitialAddress[],
}));
