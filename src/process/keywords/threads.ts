import { int, rest } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { PROCESS } from "../process-part.ts";

const SOURCE = "HAProxy configuration manual, section 3.1";
const THREADS_MAX = 64;

export const nbthread = defineKeyword({
  name: "nbthread",
  sections: ["global"],
  summary: "Sets the number of threads; Sluice runs one so far",
  source: SOURCE,
  args: [int("number", { min: 1, max: THREADS_MAX })],
  apply(draft, [count], at, diagnostics) {
    draft.part(PROCESS).threads = count;
    if (count === 1) return;
    diagnostics.warn(
      at,
      `'nbthread ${count}' : Sluice runs one thread so far, so one processor serves all traffic.`,
      'Write "nbthread 1", or remove the line',
    );
  },
});

export const nbproc = defineKeyword({
  name: "nbproc",
  sections: ["global"],
  summary: "Sets the number of processes, which has been one since HAProxy 2.5",
  source: "HAProxy 2.4 configuration manual, section 3.1",
  args: [int("number", { min: 1, max: THREADS_MAX })],
  apply(_draft, [count], at, diagnostics) {
    diagnostics.warn(
      at,
      count === 1
        ? "'nbproc' : HAProxy has no such keyword since 2.5."
        : `'nbproc ${count}' : HAProxy has no such keyword since 2.5; one process serves all traffic.`,
      "Remove the line",
    );
  },
});

export const threadGroups = defineKeyword({
  name: "thread-groups",
  sections: ["global"],
  summary: "Sets the number of groups that threads are in: one, as in HAProxy 2.6",
  source: SOURCE,
  args: [int("number", { min: 1, max: 1 })],
  apply() {},
});

/** Reads `3` or `2-5`; undefined for what is neither. A range may be written either way round. */
function readRange(text: string): readonly number[] | undefined {
  const match = /^([0-9]+)(?:-([0-9]+))?$/.exec(text);
  if (match === null) return undefined;
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  const low = Math.min(first, last);
  const high = Math.max(first, last);
  if (low < 1 || high > THREADS_MAX) return undefined;
  return Array.from({ length: high - low + 1 }, (_none, index) => low + index);
}

export const threadGroup = defineKeyword({
  name: "thread-group",
  sections: ["global"],
  summary: "Says which threads are in the one group",
  source: SOURCE,
  args: [int("group", { min: 1, max: 1 }), rest("<thread-range>...")],
  apply(draft, [group, ranges], at, diagnostics) {
    const settings = draft.part(PROCESS);
    const threads = new Set<number>();
    for (const range of ranges) {
      const numbers = readRange(range.text);
      if (numbers === undefined) {
        diagnostics.error(
          range,
          `'thread-group ${group}' passed an unparsable or invalid thread number '${range.text}' (valid range is 1 to ${THREADS_MAX})`,
          "Write a number or a range such as 1-4",
        );
        return;
      }
      for (const number of numbers) threads.add(number);
    }
    if (settings.groupThreads !== null) {
      const message = `'thread-group ${group}' was already defined and will be overridden.`;
      diagnostics.warn(at, message, "Keep one of the lines");
    }
    settings.groupThreads = ranges.length === 0 ? null : [...threads];
  },
  check(draft, diagnostics) {
    const { groupThreads, threads } = draft.part(PROCESS);
    if (groupThreads === null) return;
    const grouped = groupThreads.filter((number) => number <= threads).length;
    if (grouped === threads) return;
    diagnostics.error(
      draft.used.get("thread-group"),
      `'thread-group' leaves ${threads - grouped} of ${threads} threads without a group.`,
      `Write: thread-group 1 1-${threads}`,
    );
  },
});
