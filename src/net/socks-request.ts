import type { SocketAddress } from "../sys/socket-address.ts";

const VERSION = 4;
const CONNECT = 1;
const USER = Buffer.from("HAProxy\0", "latin1");
const GRANTED = 90;

/** Version, command "connect", port, address, and the name of whom it is for, with its NUL. */
export const SOCKS_REQUEST_SIZE = 8 + USER.length;
export const SOCKS_ANSWER_SIZE = 8;

/**
 * Writes what asks a SOCKS4 proxy for a connection to an IPv4 address; the protocol has no other.
 *
 * Source: SOCKS: A protocol for TCP proxy across firewalls (version 4).
 */
export function writeSocksRequest(
  bytes: Uint8Array,
  at: number,
  { port, word3 }: SocketAddress,
): void {
  bytes[at] = VERSION;
  bytes[at + 1] = CONNECT;
  bytes[at + 2] = port >>> 8;
  bytes[at + 3] = port;
  for (let index = 0; index < 4; index++) bytes[at + 4 + index] = word3 >>> (24 - 8 * index);
  for (let index = 0; index < USER.length; index++) bytes[at + 8 + index] = USER[index]!;
}

/** Does a whole answer at an offset say that the connection is there? */
export function isSocksGranted(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0 && bytes[at + 1] === GRANTED;
}
