import { dlopen, FFIType } from "bun:ffi";

const { i32, ptr, u32, u64 } = FFIType;

/** The C library's calls that start and rule the process; none of them is hot. */
const library = dlopen("libc.so.6", {
  prctl: { args: [i32, ptr, u64, u64, u64], returns: i32 },
  dup2: { args: [i32, i32], returns: i32 },
  socketpair: { args: [i32, i32, i32, ptr], returns: i32 },
  setsid: { args: [], returns: i32 },
  setuid: { args: [u32], returns: i32 },
  setgid: { args: [u32], returns: i32 },
  setgroups: { args: [u64, ptr], returns: i32 },
  chroot: { args: [ptr], returns: i32 },
  getrlimit: { args: [i32, ptr], returns: i32 },
  setrlimit: { args: [i32, ptr], returns: i32 },
  getpwnam: { args: [ptr], returns: ptr },
  getgrnam: { args: [ptr], returns: ptr },
});

/** The raw calls. They stay inside `src/sys`. */
export const processCalls = library.symbols;

/** A path or a name as C wants it. Only for calls that read it at once. */
export function cString(text: string): Buffer {
  return Buffer.from(`${text}\0`, "latin1");
}
