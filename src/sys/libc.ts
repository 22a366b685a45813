import { dlopen, FFIType, type Pointer, toArrayBuffer } from "bun:ffi";

const { i32, ptr, u32, u64_fast: size, i64_fast: offset } = FFIType;

/**
 * The C library's functions that Sluice calls, declared narrowly: 32-bit numbers where the values
 * fit, so that a call makes no BigInt. An address is a plain number (47 bits on Linux). Sizes that
 * the program passes stay under 2 GiB, so a 32-bit result holds every count and -1.
 */
const library = dlopen("libc.so.6", {
  __errno_location: { args: [], returns: ptr },
  mmap: { args: [ptr, size, i32, i32, i32, offset], returns: ptr },
  madvise: { args: [ptr, size, i32], returns: i32 },
  socket: { args: [i32, i32, i32], returns: i32 },
  bind: { args: [i32, ptr, u32], returns: i32 },
  listen: { args: [i32, i32], returns: i32 },
  accept4: { args: [i32, ptr, ptr, i32], returns: i32 },
  connect: { args: [i32, ptr, u32], returns: i32 },
  recv: { args: [i32, ptr, size, i32], returns: i32 },
  recvfrom: { args: [i32, ptr, size, i32, ptr, ptr], returns: i32 },
  send: { args: [i32, ptr, size, i32], returns: i32 },
  sendto: { args: [i32, ptr, size, i32, ptr, u32], returns: i32 },
  sendmmsg: { args: [i32, ptr, u32, i32], returns: i32 },
  memcpy: { args: [ptr, ptr, size], returns: FFIType.void },
  sendmsg: { args: [i32, ptr, i32], returns: i32 },
  recvmsg: { args: [i32, ptr, i32], returns: i32 },
  writev: { args: [i32, ptr, i32], returns: i32 },
  read: { args: [i32, ptr, size], returns: i32 },
  write: { args: [i32, ptr, size], returns: i32 },
  shutdown: { args: [i32, i32], returns: i32 },
  close: { args: [i32], returns: i32 },
  getsockname: { args: [i32, ptr, ptr], returns: i32 },
  getpeername: { args: [i32, ptr, ptr], returns: i32 },
  setsockopt: { args: [i32, i32, i32, ptr, u32], returns: i32 },
  getsockopt: { args: [i32, i32, i32, ptr, ptr], returns: i32 },
  fcntl: { args: [i32, i32, i32], returns: i32 },
  epoll_create1: { args: [i32], returns: i32 },
  epoll_ctl: { args: [i32, i32, i32, ptr], returns: i32 },
  epoll_wait: { args: [i32, ptr, i32, i32], returns: i32 },
  eventfd: { args: [u32, i32], returns: i32 },
  pipe2: { args: [ptr, i32], returns: i32 },
  splice: { args: [i32, ptr, i32, ptr, size, u32], returns: i32 },
});

/** The raw calls. They stay inside `src/sys`. */
export const libc = library.symbols;

// The cell is per thread, and so is this module's instance in each Worker.
const errnoCell = new Int32Array(toArrayBuffer(libc.__errno_location() as Pointer, 0, 4));

/**
 * errno of this thread's last failed call. Read it at once after a call that returned -1: success
 * does not clear it.
 *
 * @hot
 */
export function errno(): number {
  return errnoCell[0]!;
}

/** Gives an address as the pointer type that the bindings ask for. */
export function pointer(address: number): Pointer {
  return address as Pointer;
}
