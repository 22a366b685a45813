import { pointer } from "./libc.ts";
import { processCalls } from "./process-calls.ts";
import { Scratch, scratch } from "./scratch.ts";

const PR_SET_NAME = 15;
/** The kernel keeps 15 bytes and a NUL. */
const NAME_SIZE_MAX = 15;

/**
 * Names the process as `ps`, `pidof` and `killall` show it. Source: prctl(2), PR_SET_NAME.
 *
 * @param name - Only its first 15 bytes are kept.
 */
export function setProcessName(name: string): void {
  const bytes = Buffer.from(name, "latin1").subarray(0, NAME_SIZE_MAX);
  scratch.bytes.fill(0, Scratch.OPTION, Scratch.OPTION + NAME_SIZE_MAX + 1);
  scratch.bytes.set(bytes, Scratch.OPTION);
  processCalls.prctl(PR_SET_NAME, pointer(scratch.address + Scratch.OPTION), 0, 0, 0);
}
