import {
  argument,
  DURATION_MAX_MS,
  duration,
  int,
  oneOf,
  optional,
  text,
} from "../../config/arg.ts";
import { parseDuration } from "../../config/duration.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { PROCESS } from "../process-part.ts";

const SOURCE = "HAProxy configuration manual, section 3.1";

export const daemon = defineKeyword({
  name: "daemon",
  sections: ["global"],
  summary: "Goes to the background once all listeners are open, like -D",
  source: SOURCE,
  args: [],
  apply(draft) {
    draft.part(PROCESS).isDaemon = true;
  },
});

export const masterWorker = defineKeyword({
  name: "master-worker",
  sections: ["global"],
  summary: "Runs a master process that watches the one that serves, like -W",
  source: SOURCE,
  args: [optional(oneOf("what", ["no-exit-on-failure"]))],
  apply(draft, [what]) {
    const settings = draft.part(PROCESS);
    settings.isMaster = true;
    settings.keepsMaster = what !== undefined;
  },
});

export const quiet = defineKeyword({
  name: "quiet",
  sections: ["global"],
  summary: "Prints nothing while starting, like -q",
  source: "HAProxy configuration manual, section 3.3",
  args: [],
  apply(draft) {
    draft.part(PROCESS).isQuiet = true;
  },
});

export const debug = defineKeyword({
  name: "debug",
  sections: ["global"],
  summary: "Stays in the foreground and tells more, like -d",
  source: "HAProxy 1.9 configuration manual, section 3.3",
  args: [],
  deprecated: "-d on the command line",
  apply(draft) {
    draft.part(PROCESS).isDebug = true;
  },
});

export const zeroWarning = defineKeyword({
  name: "zero-warning",
  sections: ["global"],
  summary: "Refuses to start when there is any warning, like -dW",
  source: "HAProxy configuration manual, section 3.3",
  args: [],
  apply(draft) {
    draft.part(PROCESS).warningsAreFatal = true;
  },
});

export const pidfile = defineKeyword({
  name: "pidfile",
  sections: ["global"],
  summary: "Writes the number of the process to a file, as -p does, which wins over it",
  source: SOURCE,
  args: [text("file")],
  apply(draft, [path]) {
    draft.part(PROCESS).pidFile = path;
  },
});

export const hardStopAfter = defineKeyword({
  name: "hard-stop-after",
  sections: ["global"],
  summary: "Ends what is left of a soft stop after this time",
  source: SOURCE,
  args: [duration("time")],
  apply(draft, [ms]) {
    draft.part(PROCESS).hardStopAfterMs = ms;
  },
});

export const grace = defineKeyword({
  name: "grace",
  sections: ["global"],
  summary: "Keeps the listeners open for this time once a soft stop was asked for",
  source: SOURCE,
  args: [duration("time")],
  apply(draft, [ms]) {
    draft.part(PROCESS).graceMs = ms;
  },
});

export const closeSpreadTime = defineKeyword({
  name: "close-spread-time",
  sections: ["global"],
  summary: "Spreads the closing of clients' connections over this time once a soft stop began",
  source: SOURCE,
  args: [
    argument("time", (word, refuse) => {
      if (word === "infinite") return Number.POSITIVE_INFINITY;
      const ms = parseDuration(word, "ms");
      if (typeof ms !== "number") {
        return refuse(`expects a time or 'infinite', but got '${word}'.`);
      }
      if (ms <= DURATION_MAX_MS) return ms;
      return refuse(
        `timer overflow in argument '${word}' (maximum value is ${DURATION_MAX_MS} ms).`,
        'Write "infinite" to leave them open',
      );
    }),
  ],
  apply(draft, [ms]) {
    draft.part(PROCESS).closeSpreadMs = ms;
  },
});

export const mworkerMaxReloads = defineKeyword({
  name: "mworker-max-reloads",
  sections: ["global"],
  summary: "Ends former workers that have lived through more reloads than this",
  source: SOURCE,
  args: [int("number")],
  apply(draft, [count]) {
    draft.part(PROCESS).reloadsMax = count;
  },
});
