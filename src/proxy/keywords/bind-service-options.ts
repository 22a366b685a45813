import { argument, oneOf, word } from "../../config/arg.ts";
import type { Diagnostics } from "../../config/diagnostics.ts";
import { defineBindOption } from "../../config/keyword.ts";
import type { Word } from "../../config/word.ts";
import { NICE_MAX } from "../../loop/event-order.ts";
import { BIND } from "../bind-part.ts";
import { numberSet } from "../number-set.ts";

const SOURCE = "HAProxy configuration manual, section 5.1";
const THREADS_MAX = 64;
const MAGIC_MAX = 0xffff_ffff;

export const acceptNetscalerCip = defineBindOption({
  name: "accept-netscaler-cip",
  summary: "Expects each connection to start with a NetScaler Client IP header",
  source: SOURCE,
  args: [
    argument("magic number", (value, refuse) => {
      const magic = /^\d+$/.test(value) ? Number(value) : 0;
      return magic > 0 && magic <= MAGIC_MAX
        ? magic
        : refuse(`invalid value ${value}, must be between 1 and ${MAGIC_MAX}.`);
    }),
  ],
  apply(bind, [magic]) {
    bind.part(BIND).netscalerMagic = magic;
  },
});

export const nice = defineBindOption({
  name: "nice",
  summary: "Handles events of these connections before (below 0) or after others of the same turn",
  source: SOURCE,
  args: [
    argument("nice", (value, refuse) => {
      const level = /^[+-]?\d+$/.test(value) ? Number(value) : Number.NaN;
      return Math.abs(level) <= NICE_MAX
        ? level
        : refuse(`invalid value ${value}, allowed range is -${NICE_MAX}..${NICE_MAX}.`);
    }),
  ],
  apply(bind, [level]) {
    bind.part(BIND).nice = level;
  },
});

export const bindProcess = defineBindOption({
  name: "process",
  summary: "Chooses processes and threads that accept; there is one process since HAProxy 2.5",
  source: SOURCE,
  args: [word("process-set[/thread-set]")],
  apply(_bind, [set], at, diagnostics) {
    const [processes = "", threads, ...more] = set.text.split("/");
    const isValid =
      numberSet(processes, THREADS_MAX) !== undefined &&
      (threads === undefined || numberSet(threads, THREADS_MAX) !== undefined) &&
      more.length === 0;
    if (!isValid) {
      diagnostics.error(set, `'process' : '${set.text}' is not a valid number/range.`);
      return;
    }
    const instead = threads === undefined ? "" : ` Please use 'thread ${threads}' instead.`;
    diagnostics.warn(
      at,
      `'process ${set.text}' on 'bind' lines is deprecated: one process serves all traffic.${instead}`,
      "Remove the words",
    );
  },
});

export const bindThread = defineBindOption({
  name: "thread",
  summary: "Chooses the threads that accept on the line; Sluice runs one thread so far",
  source: SOURCE,
  args: [word("thread-set")],
  apply(_bind, [set], at, diagnostics) {
    const threads = numberSet(set.text, THREADS_MAX);
    if (threads === undefined) {
      diagnostics.error(
        set,
        `'thread' : '${set.text}' is not a valid number/range. It supports numbers from 1 to ${THREADS_MAX}.`,
      );
    } else if (!threads.has(1)) {
      diagnostics.warn(
        at,
        `'thread ${set.text}' : Sluice runs one thread so far, which is number 1 and serves the line.`,
        "Remove the words",
      );
    }
  },
});

export const bindProto = defineBindOption({
  name: "proto",
  summary: "Says what clients speak instead of finding it out",
  source: SOURCE,
  args: [word("name")],
  apply(bind, [name]) {
    bind.part(BIND).protocol = name;
  },
});

/** These make sense on a socket of the runtime API only. */
function warnOutsideRuntime(at: Word, diagnostics: Diagnostics): void {
  diagnostics.warn(
    at,
    `'${at.text}' changes nothing on this line: it is for sockets of the runtime API.`,
    `Write it on a "stats socket" line`,
  );
}

export const bindLevel = defineBindOption({
  name: "level",
  summary: "Sets what a session of the runtime API may do; for `stats socket` lines",
  source: SOURCE,
  args: [oneOf("level", ["user", "operator", "admin"])],
  apply: (_bind, _values, at, diagnostics) => warnOutsideRuntime(at, diagnostics),
});

export const bindSeverityOutput = defineBindOption({
  name: "severity-output",
  summary: "Sets how the runtime API tells severities; for `stats socket` lines",
  source: SOURCE,
  args: [oneOf("format", ["none", "number", "string"])],
  apply: (_bind, _values, at, diagnostics) => warnOutsideRuntime(at, diagnostics),
});
