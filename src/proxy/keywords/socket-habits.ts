import { duration, int } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { SECTIONS_OF, type Side } from "../sides.ts";
import {
  type HabitSettings,
  type SideHabits,
  type SideName,
  SOCKET_HABITS,
} from "../socket-habits-part.ts";

const SOURCE = "HAProxy configuration manual, section 4.2";

type Flag = "keepsAlive" | "resetsOnClose" | "savesAcknowledgement";

/** An option of the sockets of one side, or of both. */
function defineHabit(
  name: string,
  flag: Flag,
  sides: readonly SideName[],
  side: Side,
  summary: string,
) {
  return defineKeyword({
    name,
    sections: SECTIONS_OF[side],
    summary,
    source: SOURCE,
    args: [],
    apply(draft) {
      for (const which of sides) draft.part(SOCKET_HABITS)[which][flag] = true;
    },
    disable(draft) {
      for (const which of sides) draft.part(SOCKET_HABITS)[which][flag] = false;
    },
    reset(draft) {
      for (const which of sides) draft.part(SOCKET_HABITS)[which][flag] = false;
    },
  });
}

const BOTH: readonly SideName[] = ["client", "server"];

export const tcpka = defineHabit(
  "option tcpka",
  "keepsAlive",
  BOTH,
  "both",
  "Has the kernel probe silent connections of both sides",
);
export const clitcpka = defineHabit(
  "option clitcpka",
  "keepsAlive",
  ["client"],
  "client",
  "Has the kernel probe silent connections of clients",
);
export const srvtcpka = defineHabit(
  "option srvtcpka",
  "keepsAlive",
  ["server"],
  "server",
  "Has the kernel probe silent connections of servers",
);
export const nolinger = defineHabit(
  "option nolinger",
  "resetsOnClose",
  BOTH,
  "both",
  "Closes connections with a reset, which drops what was not delivered yet",
);
export const tcpSmartAccept = defineHabit(
  "option tcp-smart-accept",
  "savesAcknowledgement",
  ["client"],
  "client",
  "Lets the acknowledgement of a client's first bytes wait for the answer",
);
export const tcpSmartConnect = defineHabit(
  "option tcp-smart-connect",
  "savesAcknowledgement",
  ["server"],
  "server",
  "Lets the acknowledgement that ends a handshake with a server wait for the request",
);

type Field = Exclude<keyof SideHabits, Flag>;

const PREFIXES: Readonly<Record<SideName, string>> = { client: "clitcpka", server: "srvtcpka" };

function defineProbeTime(which: SideName, suffix: string, field: Field, summary: string) {
  return defineKeyword({
    name: `${PREFIXES[which]}-${suffix}`,
    sections: SECTIONS_OF[which],
    summary,
    source: SOURCE,
    args: [duration("timeout", { unit: "s" })],
    apply(draft, [waitMs]) {
      setField(draft.part(SOCKET_HABITS), which, field, Math.ceil(waitMs / 1000));
    },
  });
}

function defineProbeCount(which: SideName, summary: string) {
  return defineKeyword({
    name: `${PREFIXES[which]}-cnt`,
    sections: SECTIONS_OF[which],
    summary,
    source: SOURCE,
    args: [int("count")],
    apply(draft, [count]) {
      setField(draft.part(SOCKET_HABITS), which, "keepAliveCount", count);
    },
  });
}

function setField(settings: HabitSettings, which: SideName, field: Field, value: number): void {
  settings[which][field] = value;
}

export const clitcpkaCnt = defineProbeCount(
  "client",
  "Sets how many probes a silent client may leave unanswered",
);
export const clitcpkaIdle = defineProbeTime(
  "client",
  "idle",
  "keepAliveIdle",
  "Sets how long a client may be silent before the kernel probes it",
);
export const clitcpkaIntvl = defineProbeTime(
  "client",
  "intvl",
  "keepAliveInterval",
  "Sets the time between two probes of a silent client",
);
export const srvtcpkaCnt = defineProbeCount(
  "server",
  "Sets how many probes a silent server may leave unanswered",
);
export const srvtcpkaIdle = defineProbeTime(
  "server",
  "idle",
  "keepAliveIdle",
  "Sets how long a server may be silent before the kernel probes it",
);
export const srvtcpkaIntvl = defineProbeTime(
  "server",
  "intvl",
  "keepAliveInterval",
  "Sets the time between two probes of a silent server",
);
