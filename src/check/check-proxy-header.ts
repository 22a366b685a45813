import { V1_SIZE_MAX, writeProxyV1 } from "../net/proxy-protocol-v1.ts";
import { V2_SIZE_MAX, writeProxyV2 } from "../net/proxy-protocol-v2.ts";
import type { SocketAddress } from "../sys/socket-address.ts";

const SIZE_MAX = Math.max(V1_SIZE_MAX, V2_SIZE_MAX);

/** A header of version 2 with the command LOCAL and no addresses. */
const LOCAL_V2 = Uint8Array.of(13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10, 0x20, 0, 0, 0);

/**
 * The PROXY header that a check's connection starts with. The connection comes from ourselves:
 * version 2 says so, and version 1, which cannot, gives our own end as the client's.
 *
 * @param target - Where it leads to.
 * @param tellsChecks - False where version 2 shall hide that it is a check (`pp2-never-send-local`).
 *
 * Source: The PROXY protocol, section 2.2.
 */
export function checkProxyHeader(
  source: SocketAddress,
  target: SocketAddress,
  version: 1 | 2,
  tellsChecks: boolean,
): Uint8Array {
  if (version === 2 && tellsChecks) return LOCAL_V2;
  const write = version === 2 ? writeProxyV2 : writeProxyV1;
  const bytes = new Uint8Array(SIZE_MAX);
  return bytes.subarray(0, write(bytes, 0, source, target));
}
