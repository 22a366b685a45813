import { optional, text } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { LOG_HOST } from "../log-part.ts";

/** What a host's name may hold (RFC 1034). */
const NAME_SIZE_MAX = 255;

/** Puts the host's name into syslog headers. */
export const logSendHostname = defineKeyword({
  name: "log-send-hostname",
  sections: ["global"],
  summary: "Puts the name of the host, or another one, into syslog headers",
  source: "HAProxy configuration manual, section 3.1",
  args: [optional(text("name"))],
  apply(draft, [name = ""], at, diagnostics) {
    if (name.length > NAME_SIZE_MAX) {
      diagnostics.error(at, `'log-send-hostname' expects at most ${NAME_SIZE_MAX} characters.`);
      return;
    }
    draft.part(LOG_HOST).hostName = name;
  },
});
