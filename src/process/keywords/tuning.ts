import { argument, int } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { TUNING } from "../process-part.ts";

const SOURCE = "HAProxy configuration manual, section 3.2";

/** A buffer must hold the longest answer that Sluice makes by itself. */
const BUFFER_SIZE_MIN = 1024;
const BUFFER_SIZE_MAX = 16 * 1024 * 1024;
/** A buffer holds no longer cookie. */
const COOKIE_SIZE_MAX = 65_536;

/** Connections accepted a turn when the operator wants no bound: one listener may not starve others. */
const ACCEPT_UNBOUNDED = 200;

export const bufferSize = defineKeyword({
  name: "tune.bufsize",
  sections: ["global"],
  summary: "Sets the size of buffers in bytes: the largest head that can be read",
  source: SOURCE,
  args: [int("bytes", { min: BUFFER_SIZE_MIN, max: BUFFER_SIZE_MAX })],
  apply(draft, [bytes]) {
    draft.part(TUNING).bufferSize = bytes;
  },
});

export const rewriteSize = defineKeyword({
  name: "tune.maxrewrite",
  sections: ["global"],
  summary: "Sets how much of a buffer is kept free for what is added to a head",
  source: SOURCE,
  args: [int("bytes")],
  apply(draft, [bytes]) {
    draft.part(TUNING).rewriteSize = bytes;
  },
});

export const headLinesMax = defineKeyword({
  name: "tune.http.maxhdr",
  sections: ["global"],
  summary: "Limits the lines of a head; a longer one is refused",
  source: SOURCE,
  args: [int("number", { min: 1, max: 32767 })],
  apply(draft, [count]) {
    draft.part(TUNING).headLinesMax = count;
  },
});

export const cookieCaptureSize = defineKeyword({
  name: "tune.http.cookielen",
  sections: ["global"],
  summary: "Limits how many bytes of a cookie 'capture cookie' keeps, its name included",
  source: SOURCE,
  args: [int("number", { min: 0, max: COOKIE_SIZE_MAX })],
  apply(draft, [bytes]) {
    draft.part(TUNING).cookieCaptureSizeMax = bytes;
  },
});

export const acceptMax = defineKeyword({
  name: "tune.maxaccept",
  sections: ["global"],
  summary: "Limits the connections that a listener accepts before others have their turn",
  source: SOURCE,
  args: [
    argument("number", (text, refuse) => {
      if (!/^-?[0-9]+$/.test(text)) return refuse("expects a number, or -1 for no limit.");
      const count = Number(text);
      return count <= 0 ? ACCEPT_UNBOUNDED : Math.min(count, ACCEPT_UNBOUNDED);
    }),
  ],
  apply(draft, [count]) {
    draft.part(TUNING).acceptMax = count;
  },
});
