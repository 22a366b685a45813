import { dlopen, FFIType } from "bun:ffi";
import { errno, pointer } from "./libc.ts";
import { Region } from "./region.ts";

const { i32, ptr, u64 } = FFIType;

const library = dlopen("libc.so.6", {
  sched_setaffinity: { args: [i32, u64, ptr], returns: i32 },
  sched_getaffinity: { args: [i32, u64, ptr], returns: i32 },
}).symbols;

/** Room for the numbers of 1024 processors. */
const MASK_SIZE = 128;

/**
 * Lets the calling thread run on these processors only; returns 0 or a negated errno: `-EINVAL` when
 * the machine has none of them. Source: sched_setaffinity(2).
 */
export function setAffinity(processors: readonly number[]): number {
  const region = new Region(4096);
  for (const number of processors) region.bytes[number >> 3]! |= 1 << (number & 7);
  const result = library.sched_setaffinity(0, MASK_SIZE, pointer(region.address));
  return result === 0 ? 0 : -errno();
}

/** The processors that the calling thread may run on. */
export function affinity(): number[] {
  const region = new Region(4096);
  library.sched_getaffinity(0, MASK_SIZE, pointer(region.address));
  const numbers: number[] = [];
  for (let number = 0; number < MASK_SIZE * 8; number++) {
    if ((region.bytes[number >> 3]! & (1 << (number & 7))) !== 0) numbers.push(number);
  }
  return numbers;
}
