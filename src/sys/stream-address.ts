import { lookupHost } from "./host-lookup.ts";
import { SocketAddress, UNIX_PATH_SIZE_MAX } from "./socket-address.ts";

const PORT_MAX = 65_535;

/**
 * Reads where a stream shall go: `host:port`, `[::1]:port`, and a path (`/path`, `unix@/path`) where
 * such is of use. A name is looked up, which waits for the answer: only the start can afford that.
 *
 * @returns The address, or what is wrong with it.
 */
export function parseStreamAddress(text: string, mayBePath: boolean): SocketAddress | string {
  const path = /^(?:unix@)?(\/.*)$/s.exec(text)?.[1];
  if (path !== undefined && mayBePath) {
    if (Buffer.byteLength(path, "latin1") <= UNIX_PATH_SIZE_MAX)
      return SocketAddress.fromPath(path, false);
    return `socket path '${path}' is too long (more than ${UNIX_PATH_SIZE_MAX} bytes)`;
  }
  if (/^\/|^(?:unix|abns|uxst|sockpair|fd)@/.test(text)) {
    return "TCP not supported for this address family.";
  }
  const plain = text.replace(/^(?:tcp|tcp4|tcp6|ipv4|ipv6)@/, "");
  const match = /^(?:\[([^\]]*)\]|(.*?))(?::([^:]*))?$/.exec(plain)!;
  const host = match[1] ?? match[2]!;
  const port = match[3] ?? "";
  if (port === "") return `missing port specification in '${text}'`;
  if (/^\d+-\d+$/.test(port)) return `port range not permitted here in '${text}'`;
  const number = Number(port);
  if (!/^\d+$/.test(port) || number < 1 || number > PORT_MAX) return `invalid port '${port}'`;
  const address = SocketAddress.fromHost(host, number) ?? lookupHost(host, number);
  return address ?? `invalid address: '${host}' in '${text}'`;
}
