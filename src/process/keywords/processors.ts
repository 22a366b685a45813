import { rest, word } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { numberSet } from "../../proxy/number-set.ts";
import { TUNING } from "../process-part.ts";

const PROCESSES_MAX = 64;
const PROCESSORS_MAX = 1023;
const USAGE =
  "cpu-map expects a process or thread set ('all', 'odd', 'even', a number from 1 to 64 or a range), followed by a list of CPU ranges with numbers from 0 to 1023.";

/** `cpu-map`. */
export const cpuMap = defineKeyword({
  name: "cpu-map",
  sections: ["global"],
  summary: "Chooses the processors that a thread may run on",
  source: "HAProxy configuration manual, section 3.1",
  args: [word("[auto:]group[/threads]"), rest("cpus")],
  apply(draft, [set, cpus], at, diagnostics) {
    const isAuto = set.text.startsWith("auto:");
    const [group = "", threads = "all", ...more] = set.text.replace(/^auto:/, "").split("/");
    const groups = numberSet(group, PROCESSES_MAX);
    const ofGroup = numberSet(threads, PROCESSES_MAX);
    if (groups === undefined || ofGroup === undefined || more.length > 0) {
      diagnostics.error(set, `cpu-map : '${set.text}' is not a valid number/range.`);
      return;
    }
    if (cpus.length === 0) {
      diagnostics.error(at, USAGE, "Write it as: cpu-map 1 0-3");
      return;
    }
    const chosen: number[] = [];
    for (const cpu of cpus) {
      const numbers = /^[\d,-]+$/.test(cpu.text)
        ? numberSet(cpu.text, PROCESSORS_MAX, 0)
        : undefined;
      if (numbers === undefined) {
        diagnostics.error(cpu, `cpu-map : '${cpu.text}' is not a CPU range.`);
        return;
      }
      chosen.push(...numbers);
    }
    // There is one thread, the first of the first group; "auto" gives one processor to each.
    if (!groups.has(1) || !ofGroup.has(1)) return;
    draft.part(TUNING).processors = Object.freeze(isAuto ? chosen.slice(0, 1) : chosen);
  },
});

/** `bind-process`, of a time with several processes. */
export const bindProcess = defineKeyword({
  name: "bind-process",
  sections: ["defaults", "frontend", "listen", "backend"],
  summary: "Chooses the processes of a proxy; there is one process since HAProxy 2.5",
  source: "HAProxy 2.4 configuration manual, section 4.2, bind-process",
  args: [rest("process-set")],
  apply(_draft, [sets], at, diagnostics) {
    const wrong = sets.find(({ text }) => numberSet(text, PROCESSES_MAX) === undefined);
    if (sets.length === 0 || wrong !== undefined) {
      diagnostics.error(
        wrong ?? at,
        `'bind-process' expects 'all', 'odd', 'even', or a list of processes and ranges with numbers from 1 to ${PROCESSES_MAX}.`,
      );
      return;
    }
    diagnostics.warn(
      at,
      "'bind-process' is deprecated: one process serves all traffic.",
      'Remove the line; "thread" on a bind line chooses threads',
    );
  },
});
