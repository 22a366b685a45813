import { errnoText } from "../sys/errno.ts";
import { AddressFamily } from "../sys/socket-address.ts";
import { bindToDevice, type SocketOption, SocketOptions, setOption } from "../sys/socket-option.ts";

/** What `bind` lines and the global section say of listening TCP sockets; unix sockets ignore it. */
export interface TcpListenOptions {
  /** `interface`: the only one that packets are taken from; the empty text for any. */
  readonly interfaceName: string;
  /** `transparent`: the address need not belong to the machine. */
  readonly isTransparent: boolean;
  /** `mss`: what is advertised; a negative number is taken off what clients advertise; 0: the system's. */
  readonly maxSegmentSize: number;
  /** `tfo`: requests may come with the first packet. */
  readonly hasFastOpen: boolean;
  /** `defer-accept`: connections are accepted once their first bytes are there. */
  readonly defersAccept: boolean;
  /** `tcp-ut`: how long sent bytes may stay unacknowledged; 0 leaves it to the system. */
  readonly userTimeoutMs: number;
  /** `tune.rcvbuf.client`, `tune.sndbuf.client`, in bytes; 0 leaves them to the system. */
  readonly receiveBufferSize: number;
  readonly sendBufferSize: number;
}

/** What holds where nothing is said. */
export const PLAIN_TCP_LISTEN: TcpListenOptions = {
  interfaceName: "",
  isTransparent: false,
  maxSegmentSize: 0,
  hasFastOpen: false,
  defersAccept: false,
  userTimeoutMs: 0,
  receiveBufferSize: 0,
  sendBufferSize: 0,
};

/** After a second without bytes the connection is accepted anyway. */
const DEFER_SECONDS = 1;

/**
 * Sets the options of a TCP socket before it is bound. Accepted sockets inherit them all, so that
 * none costs anything per connection.
 *
 * @returns Undefined, or why the system refuses, as a sentence.
 */
export function applyTcpListenOptions(
  fd: number,
  family: AddressFamily,
  options: TcpListenOptions,
  backlog: number,
): string | undefined {
  if (options.interfaceName !== "") {
    const result = bindToDevice(fd, options.interfaceName);
    if (result < 0) {
      return `cannot bind receiver to device '${options.interfaceName}' (${errnoText(result)})`;
    }
  }
  const isIpv6 = family === AddressFamily.INET6;
  const transparent = isIpv6 ? SocketOptions.IPV6_TRANSPARENT : SocketOptions.IP_TRANSPARENT;
  const wanted: readonly [SocketOption, number, string][] = [
    [transparent, options.isTransparent ? 1 : 0, "make listening socket transparent"],
    [SocketOptions.TCP_MAX_SEGMENT, Math.max(0, options.maxSegmentSize), "set MSS"],
    [SocketOptions.TCP_FAST_OPEN, options.hasFastOpen ? backlog : 0, "enable TCP_FASTOPEN"],
    [
      SocketOptions.TCP_DEFER_ACCEPT,
      options.defersAccept ? DEFER_SECONDS : 0,
      "enable DEFER_ACCEPT",
    ],
    [SocketOptions.TCP_USER_TIMEOUT, options.userTimeoutMs, "set TCP User Timeout"],
    [SocketOptions.RECEIVE_BUFFER, options.receiveBufferSize, "set the receive buffer"],
    [SocketOptions.SEND_BUFFER, options.sendBufferSize, "set the send buffer"],
  ];
  for (const [option, value, action] of wanted) {
    if (value === 0) continue;
    const result = setOption(fd, option, value);
    if (result < 0) return `cannot ${action} (${errnoText(result)})`;
  }
  return undefined;
}
