import { CString, dlopen, FFIType, type Pointer } from "bun:ffi";
import { pointer } from "./libc.ts";
import { Region } from "./region.ts";

const { ptr, i32 } = FFIType;

/** What the library is called, and how to get it. */
const LIBRARY = "libcrypt.so.1";
const MISSING = `${LIBRARY} is missing; install Debian's package libcrypt1`;

/** `struct crypt_data` of libxcrypt. Source: crypt(3). */
const DATA_SIZE = 32768;

/** Room for a password or a setting: crypt refuses longer ones. */
const TEXT_SIZE_MAX = 511;
/** Where the parts of the memory lie. */
const PHRASE = 0;
const SETTING = 512;
const DATA = 1024;

function open() {
  return dlopen(LIBRARY, { crypt_rn: { args: [ptr, ptr, ptr, i32], returns: ptr } }).symbols;
}

interface Library {
  readonly calls: ReturnType<typeof open>;
  readonly memory: Region;
}

let loaded: Library | string | undefined;

function library(): Library | string {
  if (loaded === undefined) {
    try {
      loaded = { calls: open(), memory: new Region(DATA + DATA_SIZE) };
    } catch {
      loaded = MISSING;
    }
  }
  return loaded;
}

/** Says why passwords cannot be hashed; undefined when they can. */
export function whyNoPasswordHashes(): string | undefined {
  const found = library();
  return typeof found === "string" ? found : undefined;
}

/**
 * Hashes a password as crypt(3) does, with the method and the salt that a hash tells. It takes as long
 * as the method wants: milliseconds, or more.
 *
 * @returns Undefined when the method is unknown, or there is no library.
 */
export function hashPassword(password: Uint8Array, setting: string): string | undefined {
  const found = library();
  if (typeof found === "string") return undefined;
  if (password.length > TEXT_SIZE_MAX || setting.length > TEXT_SIZE_MAX) return undefined;
  const { calls, memory } = found;
  const { address, bytes } = memory;
  // The memory is all zeros before, which end both texts, and after, so that no password stays.
  bytes.set(password, PHRASE);
  bytes.set(Buffer.from(setting, "latin1"), SETTING);
  const result = calls.crypt_rn(
    pointer(address + PHRASE),
    pointer(address + SETTING),
    pointer(address + DATA),
    DATA_SIZE,
  ) as Pointer | null;
  const text = result === null ? undefined : new CString(result).toString();
  bytes.fill(0);
  return text;
}
