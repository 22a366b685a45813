import { oneOf } from "../../config/arg.ts";
import { defineAction, Verdict } from "../action.ts";

/** As the reference spells them; a name's index is its number in syslog. */
const LEVELS = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"] as const;

/** `set-log-level`. */
export const setLogLevel = defineAction({
  name: "set-log-level",
  summary: "Sets the level of the exchange's log line; 'silent' leaves the line out",
  source: "HAProxy configuration manual, section 4.2, http-request set-log-level",
  ruleSets: ["tcp-request content", "tcp-response content", "http-request", "http-response"],
  isFinal: false,
  args: [oneOf("level", [...LEVELS, "silent"])],
  compile([level]) {
    // 'silent' is none of them, and counts as no line.
    const number = LEVELS.indexOf(level as (typeof LEVELS)[number]);
    return (control) => {
      control.setLogLevel(number);
      return Verdict.NEXT;
    };
  },
});
