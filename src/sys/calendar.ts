import { dlopen, FFIType } from "bun:ffi";
import { pointer } from "./libc.ts";
import { Region } from "./region.ts";

const { ptr, i32, u64_fast: size } = FFIType;

const calls = dlopen("libc.so.6", {
  gmtime_r: { args: [ptr, ptr], returns: ptr },
  localtime_r: { args: [ptr, ptr], returns: ptr },
  strftime: { args: [ptr, size, ptr, ptr], returns: i32 },
  tzset: { args: [], returns: FFIType.void },
}).symbols;

const DATE_AT = 8;
const DATE_SIZE = 64;
const FORMAT_AT = DATE_AT + DATE_SIZE;
const FORMAT_SIZE_MAX = 4096;

/**
 * Writes dates as a format of strftime(3) says. One holds one format; it lives as long as the
 * configuration. Source: strftime(3), gmtime(3).
 */
export class DateFormat {
  readonly #memory: Region;
  readonly #isLocal: boolean;

  /**
   * @param format - One byte each character; at most {@link DateFormat.SIZE_MAX} of them.
   * @param isLocal - Dates are of the process's time zone, not UTC.
   */
  constructor(format: Uint8Array, isLocal: boolean) {
    this.#memory = new Region(FORMAT_AT + FORMAT_SIZE_MAX);
    this.#memory.bytes.set(format, FORMAT_AT);
    this.#memory.bytes[FORMAT_AT + format.length] = 0;
    this.#isLocal = isLocal;
    if (isLocal) calls.tzset();
  }

  /** The longest format, in bytes. */
  static readonly SIZE_MAX = FORMAT_SIZE_MAX - 1;

  /**
   * Writes a date and returns its size in bytes; 0 when it does not fit or the date cannot be told.
   *
   * @param seconds - Since 1970.
   * @param into - Native memory.
   */
  write(seconds: bigint, into: Region, at: number, sizeMax: number): number {
    const memory = this.#memory;
    memory.view.setBigInt64(0, seconds, true);
    const date = pointer(memory.address + DATE_AT);
    const split = this.#isLocal ? calls.localtime_r : calls.gmtime_r;
    if (split(pointer(memory.address), date) === null) return 0;
    const format = pointer(memory.address + FORMAT_AT);
    return calls.strftime(pointer(into.address + at), sizeMax, format, date);
  }
}
