import { rest } from "../../config/arg.ts";
import { ENVIRONMENT } from "../../config/environment.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { AccessLevel } from "../level.ts";
import { RUNTIME } from "../runtime-part.ts";
import { readRuntimeSockets } from "../socket-options.ts";

const SOCKETS_VARIABLE = "HAPROXY_CLI";

/** Opens the runtime API on a socket. */
export const statsSocket = defineKeyword({
  name: "stats socket",
  sections: ["global"],
  summary: "Serves the runtime API on a unix socket, an address or an inherited descriptor",
  source: "HAProxy configuration manual, section 3.1",
  args: [rest("address and options")],
  apply(draft, [words], at, diagnostics) {
    const [address, ...rest] = words;
    if (address === undefined) {
      diagnostics.error(
        at,
        "'stats socket' in global section expects an address or a path to a UNIX socket",
        "Write it as: stats socket /run/sluice.sock level admin mode 660",
      );
      return;
    }
    const level = AccessLevel.OPERATOR;
    const sockets = readRuntimeSockets("stats socket", address, rest, level, diagnostics);
    draft.part(RUNTIME).sockets.push(...sockets);
    // Lines that follow see where the process can be asked.
    const environment = draft.part(ENVIRONMENT);
    const told = environment.get(SOCKETS_VARIABLE);
    const texts = sockets.map(({ text }) => (text.startsWith("/") ? `unix@${text}` : text));
    environment.set(SOCKETS_VARIABLE, [...(told === undefined ? [] : [told]), ...texts].join(";"));
  },
});
