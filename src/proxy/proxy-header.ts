import { writeProxyV1 } from "../net/proxy-protocol-v1.ts";
import { writeProxyV2 } from "../net/proxy-protocol-v2.ts";
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
  const { context, engine } = stream;
  const { bytes } = engine.thread.region;
  const destination = context.resolveDestination(clientFd);
  return version === SendsProxy.V1
    ? writeProxyV1(bytes, at, context.source, destination)
    : writeProxyV2(bytes, at, context.source, destination);
}
