import { Epoll } from "../../sys/epoll.ts";
import { defineCommand } from "../command.ts";

const source = "HAProxy management guide, section 9.3";

/** Shows what the event loop has done. */
export const showActivity = defineCommand({
  name: "show activity",
  usage: "show activity",
  summary: "show per-thread activity stats (for support/developers)",
  source,
  level: "user",
  run: ({ context }) =>
    context.activity
      .counters()
      .map(([name, value]) => `${name}: ${value}\n`)
      .join(""),
});

/** Shows what pools hold. */
export const showPools = defineCommand({
  name: "show pools",
  usage: "show pools",
  summary: "report information about the memory pools usage",
  source,
  level: "user",
  run({ context }) {
    const pools = context.activity.pools();
    let allocated = 0;
    let used = 0;
    const lines = pools.map((pool) => {
      allocated += pool.allocated * pool.size;
      used += pool.used * pool.size;
      const bytes = pool.size === 0 ? "" : ` (${pool.allocated * pool.size} bytes)`;
      return (
        `  - Pool ${pool.name} (${pool.size === 0 ? "objects" : `${pool.size} bytes`}) : ` +
        `${pool.allocated} allocated${bytes}, ${pool.used} used, ${pool.failures} failures\n`
      );
    });
    const total = `Total: ${pools.length} pools, ${allocated} bytes allocated, ${used} used.\n`;
    return `Dumping pools usage.\n${lines.join("")}${total}`;
  },
});

const FD_WIDTH = 7;

function watched(mask: number): string {
  if (mask === -1) return "";
  const letters = `R:${(mask & Epoll.IN) === 0 ? "a" : "A"} W:${(mask & Epoll.OUT) === 0 ? "a" : "A"}`;
  return `st=0x${mask.toString(16).padStart(6, "0")}(${letters}) `;
}

/** Shows the descriptors that the event loop watches, or one of them. */
export const showFd = defineCommand({
  name: "show fd",
  usage: "show fd [num]",
  summary: "dump list of file descriptors in use or a specific one",
  source,
  level: "operator",
  run({ words, context }) {
    const [wanted] = words;
    const lines: string[] = [];
    for (const { fd, mask, owner, facts } of context.activity.descriptors()) {
      if (wanted !== undefined && String(fd) !== wanted) continue;
      lines.push(`${String(fd).padStart(FD_WIDTH)} : ${watched(mask)}owner=${owner}${facts}\n`);
    }
    return lines.join("");
  },
});
