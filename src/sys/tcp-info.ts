import { errno, libc, pointer } from "./libc.ts";
import { Region } from "./region.ts";

const IPPROTO_TCP = 6;
const TCP_INFO = 11;
/** As much of `struct tcp_info` as is read, and room for its size behind it. */
const SIZE = 104;

/** Where `struct tcp_info` has its numbers of 32 bits on Linux, in bytes. */
export const TcpInfo = {
  UNACKED: 24,
  SACKED: 28,
  LOST: 32,
  RETRANSMITTED: 36,
  FACKETS: 40,
  /** In microseconds, as the next one. */
  ROUND_TRIP: 68,
  ROUND_TRIP_VARIANCE: 72,
  REORDERING: 88,
} as const;
export type TcpInfo = (typeof TcpInfo)[keyof typeof TcpInfo];

const region = new Region(4096);

/** Reads one number of what the kernel knows of a TCP connection; a negated errno where it has none. */
export function readTcpInfo(fd: number, field: TcpInfo): number {
  region.view.setInt32(SIZE, SIZE, true);
  const failed = libc.getsockopt(
    fd,
    IPPROTO_TCP,
    TCP_INFO,
    pointer(region.address),
    pointer(region.address + SIZE),
  );
  return failed === 0 ? region.view.getUint32(field, true) : -errno();
}
