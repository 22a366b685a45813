import { closeSync, openSync } from "node:fs";
import { processCalls } from "./process-calls.ts";

/** Opens what {@link detachStandardStreams} needs; before a chroot, which hides it. */
export function openNothing(): number {
  return openSync("/dev/null", "r+");
}

/** Points standard input, output and error to nothing, as a daemon has them, and closes `nothing`. */
export function detachStandardStreams(nothing: number): void {
  for (let stream = 0; stream <= 2; stream++) processCalls.dup2(nothing, stream);
  if (nothing > 2) closeSync(nothing);
}
