import type { ProfilingMode } from "../../loop/event-loop.ts";
import type { ProfileRow } from "../../loop/profiler.ts";
import type { ActivityOfProcess } from "../activity.ts";
import { defineCommand, refuse } from "../command.ts";

const source = "HAProxy management guide, section 9.3";
const MODES: readonly string[] = ["on", "auto", "off"] satisfies ProfilingMode[];

/** Chooses when work is measured. */
export const setProfiling = defineCommand({
  name: "set profiling",
  usage: "set profiling <what> {auto|on|off}",
  summary: "enable/disable resource profiling (tasks,memory)",
  source,
  level: "admin",
  run({ words, context }) {
    const [what, mode = ""] = words;
    if (what === "memory") return refuse("Memory profiling not compiled in.");
    if (what !== "tasks") return refuse("Expects either 'tasks' or 'memory'.");
    if (!MODES.includes(mode)) return refuse("Expects 'on', 'auto', or 'off'.");
    context.activity.setProfiling(mode as ProfilingMode);
    return undefined;
  },
});

const UNITS = [
  ["ns", 1],
  ["us", 1000],
  ["ms", 1_000_000],
  ["s ", 1_000_000_000],
] as const;
const DIGITS = 4;

/** Writes nanoseconds with four digits, in the unit that leaves one to three before the point. */
function durationText(ns: number): string {
  const [unit, size] = UNITS.findLast(([, least]) => ns >= least) ?? UNITS[0];
  const value = ns / size;
  const before = Math.max(1, Math.floor(Math.log10(Math.max(1, value))) + 1);
  const after = size === 1 ? 1 : Math.max(0, DIGITS - before);
  return `${value.toFixed(after)}${unit}`;
}

const NAME_WIDTH = 24;
const CALLS_WIDTH = 11;
const DURATION_WIDTH = 10;

function rowText({ name, calls, durationNs, latencyNs }: ProfileRow): string {
  const durations = [durationNs, durationNs / calls, latencyNs, latencyNs / calls];
  const cells = durations.map((ns) => durationText(ns).padStart(DURATION_WIDTH));
  return `  ${name.padEnd(NAME_WIDTH)}${String(calls).padStart(CALLS_WIDTH)}${cells.join("")}\n`;
}

const TASKS_TITLE =
  "Tasks activity:\n" +
  "  function                      calls   cpu_tot   cpu_avg   lat_tot   lat_avg\n";

function statusText({ profiling, isProfiling }: ActivityOfProcess): string {
  const mode = profiling === "auto" ? `auto-${isProfiling ? "on" : "off"}` : profiling;
  return (
    `Per-task CPU profiling              : ${mode.padEnd(8)}      # set profiling tasks {on|auto|off}\n` +
    "Memory usage profiling              : off           # set profiling memory {on|off}\n"
  );
}

/** Shows whether work is measured, and what it took. */
export const showProfiling = defineCommand({
  name: "show profiling",
  usage: "show profiling [<what>|<#lines>|byaddr]*",
  summary: "show profiling state (all,status,tasks,memory)",
  source,
  level: "user",
  run({ words, context }) {
    let what = "all";
    let isByName = false;
    let most = Number.POSITIVE_INFINITY;
    for (const word of words) {
      if (["all", "status", "tasks", "memory"].includes(word)) what = word;
      else if (word === "byaddr") isByName = true;
      else if (/^\d+$/.test(word)) most = Number(word);
      else {
        return refuse(
          "Expects either 'all', 'status', 'tasks', 'memory', 'byaddr' or a max number of output lines.",
        );
      }
    }
    const { activity } = context;
    const status = what === "all" || what === "status" ? statusText(activity) : "";
    if (what === "status" || what === "memory") return status;
    const rows = [...activity.profile()].sort((one, other) =>
      isByName ? (one.name < other.name ? -1 : 1) : other.calls - one.calls,
    );
    return status + TASKS_TITLE + rows.slice(0, most).map(rowText).join("");
  },
});
