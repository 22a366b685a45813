import { duration } from "../../config/arg.ts";
import type { SectionKind } from "../../config/draft.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { defineRuleSet } from "../rule-set-keyword.ts";
import { INSPECT_DELAYS } from "../rules-part.ts";

const CLIENT_SIDE = ["frontend", "listen"] as const;
const SERVER_SIDE = ["listen", "backend"] as const;
const BOTH_SIDES = ["frontend", "listen", "backend"] as const;

/** `tcp-request connection`. */
export const tcpRequestConnection = defineRuleSet(
  "tcp-request connection",
  CLIENT_SIDE,
  "Acts on connections as soon as they are accepted, before anything is read",
);

/** `tcp-request session`. */
export const tcpRequestSession = defineRuleSet(
  "tcp-request session",
  CLIENT_SIDE,
  "Acts on connections once their handshakes are done",
);

/** `tcp-request content`. */
export const tcpRequestContent = defineRuleSet(
  "tcp-request content",
  BOTH_SIDES,
  "Acts on what a client sends, before a server is chosen; conditions may wait for bytes",
);

/** `tcp-request inspect-delay`. */
export const tcpRequestInspectDelay = defineInspectDelay("tcp-request", BOTH_SIDES, "requestMs");

/** `tcp-response content`. */
export const tcpResponseContent = defineRuleSet(
  "tcp-response content",
  SERVER_SIDE,
  "Acts on what a server sends, before it goes to the client; conditions may wait for bytes",
);

/** `tcp-response inspect-delay`. */
export const tcpResponseInspectDelay = defineInspectDelay(
  "tcp-response",
  SERVER_SIDE,
  "responseMs",
);

function defineInspectDelay(
  direction: "tcp-request" | "tcp-response",
  sections: readonly SectionKind[],
  field: "requestMs" | "responseMs",
) {
  const name = `${direction} inspect-delay`;
  return defineKeyword({
    name,
    sections: ["defaults", ...sections],
    summary: `Sets how long conditions of '${direction} content' rules may wait for bytes`,
    source: `HAProxy configuration manual, section 4.2, ${name}`,
    args: [duration("timeout")],
    apply(draft, [delayMs], at, diagnostics) {
      // What goes with rules is inherited only where sections name whom they inherit from.
      if (draft.kind === "defaults" && draft.name.text === "") {
        diagnostics.error(
          at,
          `'${name}' is not allowed in anonymous 'defaults' sections.`,
          "Give the section a name, and write 'from <name>' behind those that inherit from it",
        );
      } else draft.part(INSPECT_DELAYS)[field] = delayMs;
    },
  });
}
