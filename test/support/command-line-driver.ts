import { readFileSync, writeSync } from "node:fs";
import { start } from "../../src/process/start.ts";

/**
 * Follows many command lines one after the other, which is much quicker than a process for each. The
 * file that its only argument names holds them, as JSON; behind what each prints comes a line of its
 * own on both streams, with its status. Command lines that would come to serve end the driver.
 */
const rows = JSON.parse(readFileSync(process.argv[2]!, "utf8")) as readonly string[][];
const home = process.cwd();
for (const words of rows) {
  const status = await start(words);
  process.chdir(home);
  for (const fd of [1, 2]) writeSync(fd, `\n@@ ${status} @@\n`);
  if (status === undefined) process.exit(70);
}
process.exit(0);
