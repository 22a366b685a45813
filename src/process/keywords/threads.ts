import { int } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";

const SOURCE = "HAProxy configuration manual, section 3.1";

export const nbthread = defineKeyword({
  name: "nbthread",
  sections: ["global"],
  summary: "Sets the number of threads; Sluice runs one so far",
  source: SOURCE,
  args: [int("number", { min: 1, max: 64 })],
  apply(_draft, [count], at, diagnostics) {
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
  args: [int("number", { min: 1, max: 64 })],
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
