import { writeProxyV1 } from "../net/proxy-protocol-v1.ts";
import { writeProxyV2 } from "../net/proxy-protocol-v2.ts";
import { ProxyTlvs, SendsProxy, type ServerRoute } from "./server-route.ts";
import type { Stream } from "./stream.ts";

/**
 * Writes the PROXY header that a server's connection starts with, into the scratch memory at `at`.
 *
 * @param clientFd - The client's descriptor, to ask for the address that it connected to.
 * @returns The offset just past the header: `at` when the server wants none.
 */
export function writeProxyHeader(
  stream: Stream,
  route: ServerRoute | null,
  clientFd: number,
  at: number,
): number {
  if (route === null || route.sendsProxy === SendsProxy.NONE) return at;
  const { sendsProxy, proxyTlvs } = route;
  const { context, engine } = stream;
  const { bytes } = engine.thread.region;
  const destination = context.resolveDestination(clientFd);
  if (sendsProxy === SendsProxy.V1) return writeProxyV1(bytes, at, context.source, destination);
  const hasChecksum = (proxyTlvs & ProxyTlvs.CHECKSUM) !== 0;
  const hasTls = (proxyTlvs & ProxyTlvs.TLS) !== 0;
  const namespace = context.namespace?.name ?? "";
  return writeProxyV2(bytes, at, context.source, destination, hasChecksum, hasTls, namespace);
}
