import { duration } from "../../config/arg.ts";
import type { Diagnostics } from "../../config/diagnostics.ts";
import type { SectionDraft } from "../../config/draft.ts";
import { defineKeyword } from "../../config/keyword.ts";
import type { Word } from "../../config/word.ts";
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
export const tcpRequestInspectDelay = defineKeyword({
  name: "tcp-request inspect-delay",
  sections: ["defaults", ...BOTH_SIDES],
  summary: "Sets how long conditions of 'tcp-request content' rules may wait for bytes",
  source: "HAProxy configuration manual, section 4.2, tcp-request inspect-delay",
  args: [duration("timeout")],
  apply(draft, [delayMs], at, diagnostics) {
    if (isAnonymousDefaults(draft)) refuseAnonymous(at, "tcp-request inspect-delay", diagnostics);
    else draft.part(INSPECT_DELAYS).requestMs = delayMs;
  },
});

/** `tcp-response content`. */
export const tcpResponseContent = defineRuleSet(
  "tcp-response content",
  SERVER_SIDE,
  "Acts on what a server sends, before it goes to the client; conditions may wait for bytes",
);

/** `tcp-response inspect-delay`. */
export const tcpResponseInspectDelay = defineKeyword({
  name: "tcp-response inspect-delay",
  sections: ["defaults", ...SERVER_SIDE],
  summary: "Sets how long conditions of 'tcp-response content' rules may wait for bytes",
  source: "HAProxy configuration manual, section 4.2, tcp-response inspect-delay",
  args: [duration("timeout")],
  apply(draft, [delayMs], at, diagnostics) {
    if (isAnonymousDefaults(draft)) refuseAnonymous(at, "tcp-response inspect-delay", diagnostics);
    else draft.part(INSPECT_DELAYS).responseMs = delayMs;
  },
});

function isAnonymousDefaults({ kind, name }: SectionDraft): boolean {
  return kind === "defaults" && name.text === "";
}

/** What goes with rules is inherited only where sections name whom they inherit from. */
function refuseAnonymous(at: Word, name: string, diagnostics: Diagnostics): void {
  diagnostics.error(
    at,
    `'${name}' is not allowed in anonymous 'defaults' sections.`,
    "Give the section a name, and write 'from <name>' behind those that inherit from it",
  );
}
