import { closeSync, openSync } from "node:fs";
import { processCalls } from "./process-calls.ts";

/** Points standard input, output and error to /dev/null, as a daemon has them. */
export function detachStandardStreams(): void {
  const fd = openSync("/dev/null", "r+");
  for (let stream = 0; stream <= 2; stream++) processCalls.dup2(fd, stream);
  if (fd > 2) closeSync(fd);
}
