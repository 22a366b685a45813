import type { Head } from "../http/head.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import { Presented, type PresentedSource } from "./server-source.ts";

/**
 * Finds the address that `usesrc` presents to a server.
 *
 * @param head - The request's head; null where there is none.
 * @param into - Where the address goes; a port of 0 leaves it to the system.
 * @returns False when there is none: the connection then comes from the address of `source`.
 *
 * Source: HAProxy configuration manual, section 4.2, source.
 */
export function presentSource(
  presented: PresentedSource,
  client: SocketAddress,
  head: Head | null,
  into: SocketAddress,
): boolean {
  switch (presented.kind) {
    case Presented.FIXED:
      into.copyFrom(presented.address);
      return true;
    case Presented.HEADER: {
      const found = head === null ? undefined : addressInHeader(head, presented);
      if (found === undefined) return false;
      into.copyFrom(found);
      return true;
    }
    default:
      into.copyFrom(client);
      if (presented.kind === Presented.CLIENT_IP) into.port = 0;
      return true;
  }
}

/** The address in one value of a field that may hold lists, and stand on several lines. */
function addressInHeader(head: Head, presented: PresentedSource): SocketAddress | undefined {
  const { headerName, occurrence } = presented;
  const name = Buffer.from(headerName, "latin1");
  const values: string[] = [];
  for (let index = head.findName(name); index !== -1; index = head.findName(name, index + 1)) {
    values.push(...head.valueText(index).split(","));
  }
  // An occurrence of zero turns the search off.
  const value = occurrence > 0 ? values[occurrence - 1] : values.at(occurrence);
  if (value === undefined || occurrence === 0) return undefined;
  return SocketAddress.fromHost(value.trim(), 0);
}
