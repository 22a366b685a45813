import { V1_SIZE_MAX, writeProxyV1 } from "../net/proxy-protocol-v1.ts";
import { V2_SIZE_MAX, writeProxyV2 } from "../net/proxy-protocol-v2.ts";
import { SocketAddress } from "../sys/socket-address.ts";

const SIZE_MAX = Math.max(V1_SIZE_MAX, V2_SIZE_MAX);

/** Without an address, a header of version 2 has the command LOCAL. */
const NOBODY = new SocketAddress();

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
  const bytes = new Uint8Array(SIZE_MAX);
  const end =
    version === 2
      ? writeProxyV2(bytes, 0, tellsChecks ? NOBODY : source, target)
      : writeProxyV1(bytes, 0, source, target);
  return bytes.subarray(0, end);
}
