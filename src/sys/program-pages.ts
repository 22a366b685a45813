import { readFileSync, readlinkSync } from "node:fs";
import { libc, pointer } from "./libc.ts";

const MADV_DONTNEED = 4;
/** `START-END r-xp OFFSET DEVICE INODE PATH`: code that comes from a file and was never changed. */
const CODE_MAPPING = /^([0-9a-f]+)-([0-9a-f]+) r-xp \S+ \S+ \d+\s+(.+)$/;

/**
 * Gives back the memory of the program's machine code that was read in so far. Starting needs much of
 * it once (the compiler of TypeScript among others); what serving needs is read in again from the
 * kernel's cache of files as it is reached. Code is never written to, so nothing can be lost.
 *
 * @returns Whether the system has done it; where there is no `/proc`, the memory stays.
 */
export function releaseCodePages(): boolean {
  let isReleased = false;
  try {
    const program = readlinkSync("/proc/self/exe");
    for (const line of readFileSync("/proc/self/maps", "latin1").split("\n")) {
      const [, from, to, path] = CODE_MAPPING.exec(line) ?? [];
      if (path !== program || from === undefined || to === undefined) continue;
      const start = Number.parseInt(from, 16);
      const size = Number.parseInt(to, 16) - start;
      if (libc.madvise(pointer(start), size, MADV_DONTNEED) === 0) isReleased = true;
    }
  } catch {
    // Without /proc there is nothing to find the code by.
  }
  return isReleased;
}
