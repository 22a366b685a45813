import { type Pointer, toArrayBuffer } from "bun:ffi";
import { assert } from "../base/assert.ts";
import { errnoName } from "./errno.ts";
import { errno, libc } from "./libc.ts";

const PROT_READ_WRITE = 3;
const MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x4022;

/** Views hold 4 GiB at most; below 2 GiB offsets stay small integers in compiled code. */
const SIZE_MAX = 0x7fff_0000;

/** The regions of this thread by the buffer that shows them. */
const REGIONS = new WeakMap<ArrayBufferLike, Region>();

/**
 * A block of memory that JavaScript, the kernel and C share. It comes from mmap, so its address
 * never changes, and lives as long as the process: a view of unmapped memory would end it. Pages
 * count only once touched, so a generous size costs nothing. All threads of the process may view it.
 */
export class Region {
  readonly address: number;
  /** In bytes. */
  readonly size: number;
  readonly buffer: ArrayBuffer;
  readonly bytes: Uint8Array;
  readonly view: DataView;

  /** @param size - In bytes; under 2 GiB. */
  constructor(size: number, address = map(size)) {
    this.address = address;
    this.size = size;
    this.buffer = toArrayBuffer(address as Pointer, 0, size);
    this.bytes = new Uint8Array(this.buffer);
    this.view = new DataView(this.buffer);
    REGIONS.set(this.buffer, this);
  }

  /**
   * The region that bytes lie in; undefined for memory of JavaScript's own.
   *
   * @hot
   */
  static of(bytes: Uint8Array): Region | undefined {
    return REGIONS.get(bytes.buffer);
  }

  /** Views a region that another thread mapped, by its address and size. */
  static at(address: number, size: number): Region {
    return new Region(size, address);
  }
}

function map(size: number): number {
  assert(size > 0 && size <= SIZE_MAX, "a region holds from 1 byte to 2 GiB");
  const pointer: unknown = libc.mmap(
    null,
    size,
    PROT_READ_WRITE,
    MAP_PRIVATE_ANONYMOUS_NORESERVE,
    -1,
    0,
  );
  // A failed mmap gives 2^64 - 1, which arrives as a BigInt.
  if (typeof pointer !== "number") {
    throw new Error(`Cannot map ${size} bytes of memory: ${errnoName(errno())}`);
  }
  return pointer;
}
