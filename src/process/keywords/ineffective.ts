import { int, oneOf, optional } from "../../config/arg.ts";
import type { Diagnostics } from "../../config/diagnostics.ts";
import { defineKeyword } from "../../config/keyword.ts";
import type { Word } from "../../config/word.ts";

const SOURCE = "HAProxy configuration manual, section 3.2";

/** Says why a line changes nothing, so that nobody looks for its effect. */
function warn(at: Word, reason: string, diagnostics: Diagnostics): void {
  diagnostics.warn(at, `'${at.text}' changes nothing: ${reason}.`, "Remove the line");
}

function defineNumber(name: string, unit: string, summary: string, reason: string) {
  return defineKeyword({
    name,
    sections: ["global"],
    summary: `${summary}; no effect here`,
    source: SOURCE,
    args: [int(unit)],
    apply: (_draft, _values, at, diagnostics) => warn(at, reason, diagnostics),
  });
}

function defineSwitch(name: string, summary: string, reason: string) {
  return defineKeyword({
    name,
    sections: ["global"],
    summary: `${summary}; no effect here`,
    source: SOURCE,
    args: [oneOf("state", ["on", "off"])],
    apply(_draft, [state], at, diagnostics) {
      if (state === "on") warn(at, reason, diagnostics);
    },
  });
}

function defineWord(name: string, summary: string, reason: string) {
  return defineKeyword({
    name,
    sections: ["global"],
    summary: `${summary}; no effect here`,
    source: SOURCE,
    args: [],
    apply: (_draft, _values, at, diagnostics) => warn(at, reason, diagnostics),
    disable() {},
  });
}

const ONE_POLLER = "epoll is the only way in which this program waits";
const ONE_THREAD = "there is one thread so far";

export const noEpoll = defineWord("noepoll", "Waits without epoll", ONE_POLLER);
export const noPoll = defineWord("nopoll", "Waits without poll", ONE_POLLER);
export const noKqueue = defineWord("nokqueue", "Waits without kqueue", ONE_POLLER);
export const noEvports = defineWord("noevports", "Waits without event ports", ONE_POLLER);
export const noSepoll = defineWord("nosepoll", "Waits without speculative epoll", ONE_POLLER);
export const noMemoryTrimming = defineWord(
  "no-memory-trimming",
  "Gives no memory back to the system",
  "memory is never trimmed",
);
export const noGetaddrinfo = defineWord(
  "nogetaddrinfo",
  "Looks names up by gethostbyname",
  "names are looked up by getaddrinfo alone",
);
export const busyPolling = defineWord(
  "busy-polling",
  "Looks for events without sleeping",
  "the loop sleeps whenever there is nothing to do",
);
export const numaCpuMapping = defineWord(
  "numa-cpu-mapping",
  "Keeps the threads on one NUMA node",
  ONE_THREAD,
);
export const recvEnough = defineNumber(
  "tune.recv_enough",
  "number",
  "Sets the read size that counts as a whole message",
  "a read is repeated only once the kernel tells of more bytes",
);
export const runqueueDepth = defineNumber(
  "tune.runqueue-depth",
  "number",
  "Limits the tasks run a turn",
  "the loop runs a fixed number of tasks between two looks at the descriptors",
);
export const buffersReserve = defineNumber(
  "tune.buffers.reserve",
  "number",
  "Keeps buffers for the case that memory is short",
  "all buffers are reserved at the start",
);
export const checkSize = defineNumber(
  "tune.chksize",
  "number",
  "Sets the size of the buffers of health checks",
  "an answer is read as far as its check needs it",
);
export const edgeTriggered = defineSwitch(
  "tune.fd.edge-triggered",
  "Has the kernel tell of each event once",
  "the loop asks for events by their level, which costs it no more",
);
export const multiQueue = defineSwitch(
  "tune.listener.multi-queue",
  "Spreads new connections over the threads",
  ONE_THREAD,
);
export const idlePoolShared = defineSwitch(
  "tune.idle-pool.shared",
  "Lets threads use each other's idle connections to servers",
  ONE_THREAD,
);
export const lowLatency = defineSwitch(
  "tune.sched.low-latency",
  "Looks at the descriptors after every class of tasks",
  "the loop has no classes of tasks",
);

/** `tune.idletimer`. */
export const idleTimer = defineKeyword({
  name: "tune.idletimer",
  sections: ["global"],
  summary: "Sets after which silence buffers are filled less; no effect here",
  source: SOURCE,
  args: [optional(int("timeout", { max: 65535 }))],
  apply: (_draft, _values, at, diagnostics) =>
    warn(at, "what has come is passed on at once, whatever the pace", diagnostics),
});

/** `tune.comp.maxlevel`. */
export const compressionLevel = defineKeyword({
  name: "tune.comp.maxlevel",
  sections: ["global"],
  summary: "Limits the level of compression; no effect before compression is built",
  source: SOURCE,
  args: [int("number", { min: 1, max: 9 })],
  apply: (_draft, _values, at, diagnostics) =>
    warn(at, "compression is not built yet", diagnostics),
});

/** Without a cache, as `0` asks for, is how it is. */
export const patternCacheSize = defineKeyword({
  name: "tune.pattern.cache-size",
  sections: ["global"],
  summary: "Remembers results of slow lookups of patterns; no effect here",
  source: SOURCE,
  args: [int("number")],
  apply(_draft, [size], at, diagnostics) {
    if (size > 0) warn(at, "patterns are found by indexes, which need no cache", diagnostics);
  },
});
