import { dlopen, FFIType, type Pointer, toArrayBuffer } from "bun:ffi";
import { pointer } from "./libc.ts";
import { Region } from "./region.ts";

const { i32, ptr, u32, u64_fast: size } = FFIType;

/** What the library is called, and how to get it. */
const LIBRARY = "libpcre2-8.so.0";
const MISSING = `${LIBRARY} is missing; install Debian's package libpcre2-8-0`;

/** Options of compiling. Source: pcre2api(3). */
const CASELESS = 0x0000_0008;
const JIT_COMPLETE = 1;
/** Option of matching: the subject's start is not where a line begins. */
const NOT_AT_BEGINNING = 1;

/** Results of matching. Source: pcre2.h. */
const NO_MATCH = -1;

/**
 * How much work one match may be before it counts as none, so that no pattern and no subject can
 * hold the loop for long: some ten milliseconds.
 */
const MATCH_LIMIT = 1_000_000;
/** In KiB: what a match may take from the heap where it cannot run as machine code. */
const HEAP_LIMIT = 8192;

const MESSAGE_SIZE_MAX = 256;

/** Room for what is copied: pages count only once touched. Holds any pattern and any buffer. */
const SCRATCH_SIZE = 0x0200_0000;
/** Where the parts of it lie: an error's number, its place, its message; then patterns, subjects. */
const ERROR_NUMBER = 0;
const ERROR_PLACE = 8;
const MESSAGE = 64;
const TEXT = 1024;

/** `PCRE2_UNSET`, as a pair of offsets holds it. */
const UNSET = 0xffff_ffff;

function open() {
  return dlopen(LIBRARY, {
    pcre2_compile_8: { args: [ptr, size, u32, ptr, ptr, ptr], returns: ptr },
    pcre2_jit_compile_8: { args: [ptr, u32], returns: i32 },
    pcre2_code_free_8: { args: [ptr], returns: FFIType.void },
    pcre2_match_data_create_from_pattern_8: { args: [ptr, ptr], returns: ptr },
    pcre2_match_data_free_8: { args: [ptr], returns: FFIType.void },
    pcre2_match_8: { args: [ptr, ptr, size, size, u32, ptr, ptr], returns: i32 },
    pcre2_get_ovector_pointer_8: { args: [ptr], returns: ptr },
    pcre2_get_ovector_count_8: { args: [ptr], returns: u32 },
    pcre2_match_context_create_8: { args: [ptr], returns: ptr },
    pcre2_set_match_limit_8: { args: [ptr, u32], returns: i32 },
    pcre2_set_heap_limit_8: { args: [ptr, u32], returns: i32 },
    pcre2_get_error_message_8: { args: [i32, ptr, size], returns: i32 },
  }).symbols;
}

/** The library once it is loaded, with what all patterns share. */
interface Library {
  readonly calls: ReturnType<typeof open>;
  /** Holds the limits of each match. */
  readonly limits: Pointer;
  /** For arguments of one call: an error's number, its place, its message. */
  readonly scratch: Region;
}

let loaded: Library | string | undefined;

/** Loads the library on first use; a text says why that failed. */
function library(): Library | string {
  loaded ??= load();
  return loaded;
}

function load(): Library | string {
  try {
    const calls = open();
    const limits = calls.pcre2_match_context_create_8(null) as Pointer | null;
    if (limits === null) return `${LIBRARY} has no memory`;
    calls.pcre2_set_match_limit_8(limits, MATCH_LIMIT);
    calls.pcre2_set_heap_limit_8(limits, HEAP_LIMIT);
    return { calls, limits, scratch: new Region(SCRATCH_SIZE) };
  } catch {
    return MISSING;
  }
}

/** Why a pattern cannot be used. */
export interface PatternError {
  /** The library's own words, without a final period. */
  readonly message: string;
  /** Where in the pattern, in bytes; -1 when the library itself is missing. */
  readonly offset: number;
}

/** What a pattern is compiled with. */
export interface PatternOptions {
  readonly ignoresCase?: boolean;
}

/** Results of {@link Pattern.match} below zero. */
export const PatternResult = {
  NO_MATCH: -1,
  /** It took more work than one match may: taken for no match. */
  TOO_MUCH_WORK: -47,
} as const;

/**
 * A regular expression of Perl's kind, compiled to machine code where the processor allows it. Its
 * subjects are bytes, zeros among them; no encoding is looked at. It owns memory of the library:
 * `free()` gives it back. Patterns of a configuration live as long as the process.
 *
 * Source: pcre2api(3).
 */
export class Pattern {
  readonly #library: Library;
  #code: Pointer | null;
  readonly #data: Pointer;
  /** Pairs of offsets: the match, then each group. 64 bits each, of which the lower are read. */
  readonly #offsets: Uint32Array;

  private constructor(library: Library, code: Pointer, data: Pointer) {
    this.#library = library;
    this.#code = code;
    this.#data = data;
    const { calls } = library;
    const count = calls.pcre2_get_ovector_count_8(data);
    const address = calls.pcre2_get_ovector_pointer_8(data) as Pointer;
    this.#offsets = new Uint32Array(toArrayBuffer(address, 0, count * 16));
  }

  /**
   * Compiles a pattern.
   *
   * @param source - Each character stands for one byte.
   */
  static compile(source: string, options: PatternOptions = {}): Pattern | PatternError {
    const found = library();
    if (typeof found === "string") return { message: found, offset: -1 };
    const { calls, scratch } = found;
    const bytes = Buffer.from(source, "latin1");
    if (bytes.length > SCRATCH_SIZE - TEXT) return { message: "too long", offset: 0 };
    scratch.bytes.set(bytes, TEXT);
    const code = calls.pcre2_compile_8(
      pointer(scratch.address + TEXT),
      bytes.length,
      options.ignoresCase === true ? CASELESS : 0,
      pointer(scratch.address + ERROR_NUMBER),
      pointer(scratch.address + ERROR_PLACE),
      null,
    );
    if (code === null) {
      const number = scratch.view.getInt32(ERROR_NUMBER, true);
      const offset = scratch.view.getUint32(ERROR_PLACE, true);
      return { message: messageOf(found, number), offset };
    }
    // Without machine code it works as well, only slower.
    calls.pcre2_jit_compile_8(code, JIT_COMPLETE);
    const data = calls.pcre2_match_data_create_from_pattern_8(code, null);
    if (data === null) {
      calls.pcre2_code_free_8(code);
      return { message: "out of memory", offset: 0 };
    }
    return new Pattern(found, code as Pointer, data as Pointer);
  }

  /** Groups that the pattern captures, the whole match not counted. */
  get groupCount(): number {
    return this.#offsets.length / 4 - 1;
  }

  /**
   * Looks for the pattern in the bytes `[start, end)` of a region.
   *
   * @hot
   * @returns 1 or more when it is there (the number of the last group that was set, plus one), or a
   *   {@link PatternResult} below zero. Any failure counts as no match.
   */
  match(region: Region, start: number, end: number): number {
    return this.#matchAt(region.address + start, end - start, 0);
  }

  /**
   * Looks for the pattern in the bytes `[start, end)`: where they lie when they are in a region, else
   * in a copy.
   *
   * @hot
   * @param isBegun - The range goes on behind other bytes: `^` does not match where it starts.
   * @returns As {@link match} does.
   */
  matchBytes(bytes: Uint8Array, start: number, end: number, isBegun = false): number {
    const region = Region.of(bytes);
    const options = isBegun ? NOT_AT_BEGINNING : 0;
    if (region !== undefined) {
      const { address, bytes: all } = region;
      const at = address + bytes.byteOffset - all.byteOffset + start;
      return this.#matchAt(at, end - start, options);
    }
    const { scratch } = this.#library;
    const size = Math.min(end - start, SCRATCH_SIZE - TEXT);
    scratch.bytes.set(bytes.subarray(start, start + size), TEXT);
    return this.#matchAt(scratch.address + TEXT, size, options);
  }

  #matchAt(address: number, size: number, options: number): number {
    const code = this.#code;
    if (code === null) return NO_MATCH;
    const { calls, limits } = this.#library;
    return calls.pcre2_match_8(code, pointer(address), size, 0, options, this.#data, limits);
  }

  /**
   * Where a group of the last match starts, relative to the subject's start; -1 when it was not set.
   * Group 0 is the match itself.
   *
   * @hot
   */
  groupStart(group: number): number {
    const offset = this.#offsets[group * 4]!;
    return offset === UNSET ? -1 : offset;
  }

  /**
   * Where a group of the last match ends; -1 when it was not set.
   *
   * @hot
   */
  groupEnd(group: number): number {
    const offset = this.#offsets[group * 4 + 2]!;
    return offset === UNSET ? -1 : offset;
  }

  /**
   * Whether the pattern is anywhere in these bytes, which are copied: for what is not traffic. Of
   * more than 32 MiB only the first are looked at.
   */
  test(bytes: Uint8Array): boolean {
    const { scratch } = this.#library;
    const subject = bytes.subarray(0, SCRATCH_SIZE - TEXT);
    scratch.bytes.set(subject, TEXT);
    return this.match(scratch, TEXT, TEXT + subject.length) > 0;
  }

  /** Gives the memory back; the pattern then matches nothing. */
  free(): void {
    if (this.#code === null) return;
    const { calls } = this.#library;
    calls.pcre2_match_data_free_8(this.#data);
    calls.pcre2_code_free_8(this.#code);
    this.#code = null;
  }
}

function messageOf({ calls, scratch }: Library, number: number): string {
  const address = pointer(scratch.address + MESSAGE);
  const size = calls.pcre2_get_error_message_8(number, address, MESSAGE_SIZE_MAX);
  if (size < 0) return `error ${number}`;
  return Buffer.from(scratch.buffer, MESSAGE, size).toString("latin1");
}
