import { AssertionError } from "../base/assert.ts";
import { Errno, errnoName } from "./errno.ts";

/**
 * Sorts out a failed system call: a failure of the network or the system comes back as a negated
 * errno; one that only a bug of ours can cause throws.
 */
export function failure(call: string, code: number): number {
  switch (code) {
    case Errno.EBADF:
    case Errno.EFAULT:
    case Errno.ENOTSOCK:
      throw new AssertionError(`${call} failed with ${errnoName(code)}`);
    default:
      return -code;
  }
}
