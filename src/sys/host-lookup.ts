import { dlopen, FFIType, type Pointer, read } from "bun:ffi";
import { pointer } from "./libc.ts";
import { Region } from "./region.ts";
import { AddressFamily, SocketAddress } from "./socket-address.ts";

const { i32, ptr } = FFIType;

const resolver = dlopen("libc.so.6", {
  getaddrinfo: { args: [ptr, ptr, ptr, ptr], returns: i32 },
  freeaddrinfo: { args: [ptr], returns: FFIType.void },
}).symbols;

/** Where `struct addrinfo` has its members on 64-bit Linux, in bytes. */
const Info = { FAMILY: 4, SOCKET_TYPE: 8, ADDRESS_SIZE: 16, ADDRESS: 24 } as const;
const SOCK_STREAM = 1;
const NAME_SIZE_MAX = 1024;

/**
 * Asks the system for the first address of a host name, as its hosts file and resolver have it. It
 * blocks, so it is for the start of the program alone.
 *
 * @param family - `NONE` takes either family.
 * @returns The address with the port, or undefined when the name is unknown.
 */
export function lookupHost(
  name: string,
  port: number,
  family: AddressFamily = AddressFamily.NONE,
): SocketAddress | undefined {
  const encoded = Buffer.from(name, "utf8");
  if (encoded.length === 0 || encoded.length > NAME_SIZE_MAX || encoded.includes(0))
    return undefined;
  const region = new Region(4096);
  const hintsAt = 2048;
  const resultAt = 3072;
  region.bytes.set(encoded, 0);
  region.view.setInt32(hintsAt + Info.FAMILY, family, true);
  region.view.setInt32(hintsAt + Info.SOCKET_TYPE, SOCK_STREAM, true);
  const failed = resolver.getaddrinfo(
    pointer(region.address),
    null,
    pointer(region.address + hintsAt),
    pointer(region.address + resultAt),
  );
  if (failed !== 0) return undefined;
  const info = read.ptr(pointer(region.address + resultAt) as Pointer, 0) as Pointer;
  const size = read.u32(info, Info.ADDRESS_SIZE);
  const from = read.ptr(info, Info.ADDRESS) as Pointer;
  for (let index = 0; index < size; index++) region.bytes[index] = read.u8(from, index);
  resolver.freeaddrinfo(info);
  const address = new SocketAddress();
  address.decode(region, 0, size);
  address.port = port;
  return address;
}
