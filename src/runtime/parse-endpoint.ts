import { SocketAddress, UNIX_PATH_SIZE_MAX } from "../sys/socket-address.ts";
import type { RuntimeEndpoint } from "./runtime-part.ts";

/**
 * Reads where a runtime socket listens: a path, `unix@PATH`, `abns@NAME`, `fd@N`, or an address
 * with a port.
 *
 * @returns The endpoint, or what is wrong with the text.
 *
 * Source: HAProxy configuration manual, keyword "stats socket" and section 4.2, "bind".
 */
export function parseEndpoint(text: string): RuntimeEndpoint | string {
  const descriptor = /^fd@(\d+)$/.exec(text);
  if (descriptor !== null) return { kind: "descriptor", fd: Number(descriptor[1]) };
  const abstract = /^abns@(.+)$/.exec(text)?.[1];
  if (abstract !== undefined) return socket(SocketAddress.fromPath(abstract, true));
  const path = /^(?:unix@|uxst@)?(\/.*)$/.exec(text)?.[1];
  if (path !== undefined) {
    if (path.length > UNIX_PATH_SIZE_MAX) {
      return `socket path '${path}' too long (max ${UNIX_PATH_SIZE_MAX})`;
    }
    return socket(SocketAddress.fromPath(path, false));
  }
  return parseAddress(text.replace(/^(?:ipv4|ipv6|tcp|tcp4|tcp6)@/, ""));
}

function parseAddress(text: string): RuntimeEndpoint | string {
  const match = /^(?:\[([^\]]*)\]|(.*)):(\d+)$/.exec(text);
  if (match === null) return `missing port specification in '${text}'`;
  const host = match[1] ?? match[2] ?? "";
  const port = Number(match[3]);
  if (port < 1 || port > 65_535) return `invalid port '${match[3]}' in '${text}'`;
  const known: Readonly<Record<string, string>> = {
    "": "0.0.0.0",
    "*": "0.0.0.0",
    localhost: "127.0.0.1",
  };
  const address = SocketAddress.fromHost(known[host] ?? host, port);
  return address === undefined ? `invalid address: '${host}' in '${text}'` : socket(address);
}

function socket(address: SocketAddress): RuntimeEndpoint {
  return { kind: "address", address };
}
