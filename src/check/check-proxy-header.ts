import type { ControlConnection } from "../net/control-connection.ts";
import { V1_SIZE_MAX, writeProxyV1 } from "../net/proxy-protocol-v1.ts";

/** A header of version 2 with the command LOCAL and no addresses. */
const LOCAL_V2 = Uint8Array.of(13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10, 0x20, 0, 0, 0);

/**
 * The PROXY header that a check's connection starts with. The connection comes from ourselves:
 * version 2 says so, and version 1, which cannot, gives our own end as the client's.
 *
 * Source: The PROXY protocol, section 2.2.
 */
export function checkProxyHeader(connection: ControlConnection, version: 1 | 2): Uint8Array {
  if (version === 2) return LOCAL_V2;
  const bytes = new Uint8Array(V1_SIZE_MAX);
  const source = connection.localAddress();
  return bytes.subarray(0, writeProxyV1(bytes, 0, source, connection.peerAddress()));
}
