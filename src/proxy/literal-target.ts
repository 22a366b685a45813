import type { Head } from "../http/head.ts";
import { SocketAddress } from "../sys/socket-address.ts";

const HTTP_PORT = 80;
const PORT_MAX = 65_535;
/** An address with or without a port; one of IPv6 stands in brackets. */
const AUTHORITY = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+))(?::(\d{1,5}))?$/;

/**
 * The place that a request names in an absolute URI (`option http_proxy`). Names are not looked up:
 * only literal addresses count.
 *
 * @returns False when it names none.
 */
export function readLiteralTarget(request: Head, into: SocketAddress): boolean {
  const { authorityStart, authorityEnd } = request;
  const parts = AUTHORITY.exec(request.text(authorityStart, authorityEnd));
  if (parts === null) return false;
  const port = parts[3] === undefined ? HTTP_PORT : Number(parts[3]);
  if (port < 1 || port > PORT_MAX) return false;
  const found = SocketAddress.fromHost(parts[1] ?? parts[2]!, port);
  if (found === undefined) return false;
  into.copyFrom(found);
  return true;
}

/** Writes the target as a server knows it: its path alone. False when there is no room. */
export function makeOriginForm(request: Head): boolean {
  const { pathStart, targetEnd, bytes } = request;
  if (pathStart === targetEnd) return request.setTarget(ROOT, 0, ROOT.length);
  return request.setTarget(bytes, pathStart, targetEnd);
}

const ROOT = new TextEncoder().encode("/");
