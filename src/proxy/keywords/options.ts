import { int, oneOf, REFUSED } from "../../config/arg.ts";
import { hasFrontend } from "../../config/draft.ts";
import { defineKeyword } from "../../config/keyword.ts";
import {
  ConnectionMode,
  OddNames,
  PROXY_OPTIONS,
  type ProxyOptions,
  Splicing,
} from "../proxy-options.ts";
import { SECTIONS_OF, type Side } from "../sides.ts";

const SOURCE = "HAProxy configuration manual, section 4.2";

type Flag = {
  [K in keyof ProxyOptions]: ProxyOptions[K] extends boolean ? K : never;
}[keyof ProxyOptions];

function defineFlag(name: string, fields: readonly Flag[], side: Side, summary: string) {
  return defineKeyword({
    name,
    sections: SECTIONS_OF[side],
    summary,
    source: SOURCE,
    args: [],
    apply(draft) {
      for (const field of fields) draft.part(PROXY_OPTIONS)[field] = true;
    },
    disable(draft) {
      for (const field of fields) draft.part(PROXY_OPTIONS)[field] = false;
    },
    reset(draft) {
      for (const field of fields) draft.part(PROXY_OPTIONS)[field] = PROXY_OPTIONS.create()[field];
    },
  });
}

export const abortOnClose = defineFlag(
  "option abortonclose",
  ["abortsOnClose"],
  "server",
  "Drops a request that waits for a server when its client closes",
);
export const httpIgnoreProbes = defineFlag(
  "option http-ignore-probes",
  ["ignoresProbes"],
  "client",
  "Ends connections that never sent a byte without an answer or a log line",
);
export const acceptInvalidHttpRequest = defineFlag(
  "option accept-invalid-http-request",
  ["acceptsInvalidRequest"],
  "client",
  "Accepts requests with odd characters that the standard forbids",
);
export const acceptInvalidHttpResponse = defineFlag(
  "option accept-invalid-http-response",
  ["acceptsInvalidResponse"],
  "server",
  "Accepts responses with odd characters that the standard forbids",
);
export const httpBufferRequest = defineFlag(
  "option http-buffer-request",
  ["buffersRequest"],
  "both",
  "Waits for the whole request, or a full buffer, before rules and servers see it",
);
export const httpNoDelay = defineFlag(
  "option http-no-delay",
  ["isWithoutDelay"],
  "both",
  "Sends every piece of a message at once instead of waiting to fill packets",
);
export const independentStreams = defineFlag(
  "option independent-streams",
  ["hasIndependentStreams"],
  "both",
  "Counts what is sent to a side of a tunnel as no sign of life of that side",
);

/** The spelling of 1.4, which stood in the manual. */
export const independantStreams = defineKeyword({
  ...independentStreams,
  name: "option independant-streams",
  deprecated: "option independent-streams",
});

export const bogusClients = defineFlag(
  "option h1-case-adjust-bogus-client",
  ["spellsForClients"],
  "client",
  "Spells the names of fields for clients as h1-case-adjust says",
);
export const bogusServers = defineFlag(
  "option h1-case-adjust-bogus-server",
  ["spellsForServers"],
  "server",
  "Spells the names of fields for servers as h1-case-adjust says",
);
export const idleCloseOnResponse = defineFlag(
  "option idle-close-on-response",
  ["closesIdleOnResponse"],
  "client",
  "Lets clients that wait at a soft stop ask once more before they are told to leave",
);
export const httpUseProxyHeader = defineKeyword({
  ...defineFlag(
    "option http-use-proxy-header",
    ["usesProxyHeader"],
    "client",
    "Uses proxy-connection and proxy authentication where clients speak to a proxy",
  ),
  check(draft, diagnostics) {
    const { usesProxyHeader, connectionMode } = draft.part(PROXY_OPTIONS);
    if (!usesProxyHeader || connectionMode !== ConnectionMode.TUNNEL || !hasFrontend(draft.kind)) {
      return;
    }
    diagnostics.warn(
      draft.used.get("option http-use-proxy-header"),
      `'option http-use-proxy-header' cannot write 'proxy-connection' in ${draft.kind} '${draft.name.text}': with 'option http-tunnel' messages pass as they are.`,
      "Write 'option http-keep-alive' in the place of 'option http-tunnel'",
    );
  },
});

export const contStats = defineFlag(
  "option contstats",
  ["countsContinuously"],
  "client",
  "Adds bytes to the statistics every five seconds, not only when a stream ends",
);

type SplicingField = "splicesRequests" | "splicesResponses";

function defineSplicing(name: string, fields: readonly SplicingField[], summary: string) {
  return defineKeyword({
    name,
    sections: SECTIONS_OF.both,
    summary,
    source: SOURCE,
    args: [],
    apply(draft) {
      for (const field of fields) draft.part(PROXY_OPTIONS)[field] = Splicing.ON;
    },
    disable(draft) {
      for (const field of fields) draft.part(PROXY_OPTIONS)[field] = Splicing.OFF;
    },
    reset(draft) {
      for (const field of fields) draft.part(PROXY_OPTIONS)[field] = Splicing.UNSAID;
    },
  });
}

export const spliceAuto = defineSplicing(
  "option splice-auto",
  ["splicesRequests", "splicesResponses"],
  "Lets the kernel move long bodies of both directions; this is the default",
);
export const spliceRequest = defineSplicing(
  "option splice-request",
  ["splicesRequests"],
  "Lets the kernel move long request bodies; this is the default",
);
export const spliceResponse = defineSplicing(
  "option splice-response",
  ["splicesResponses"],
  "Lets the kernel move long response bodies; this is the default",
);

export const preferLastServer = defineFlag(
  "option prefer-last-server",
  ["prefersLastServer"],
  "server",
  "Sends a client to the server that it still has a connection of its own to",
);

export const optionPersist = defineFlag(
  "option persist",
  ["persists"],
  "server",
  "Tries the server of a client's cookie even when it is down",
);

const modes = oneOf("mode", ["tcp", "http"]);
/** One mode of old is told by its name: nothing else does quite the same. */
const proxyMode: typeof modes = {
  ...modes,
  read(words, diagnostics) {
    if (words.peek()?.text !== "health") return modes.read(words, diagnostics);
    diagnostics.error(
      words.next(),
      "'mode health' doesn't exist anymore.",
      "Use 'mode http' with 'monitor-uri <uri>', or with 'http-request return status 200'",
    );
    return REFUSED;
  },
};

const ODD_NAMES = {
  preserve: OddNames.PRESERVE,
  delete: OddNames.DELETE,
  reject: OddNames.REJECT,
} as const;

/** `option http-restrict-req-hdr-names`. */
export const restrictRequestNames = defineKeyword({
  name: "option http-restrict-req-hdr-names",
  sections: SECTIONS_OF.both,
  summary: "Deletes fields with odd characters in their names from requests, or refuses these",
  source: SOURCE,
  args: [oneOf("policy", ["preserve", "delete", "reject"])],
  apply(draft, [policy]) {
    draft.part(PROXY_OPTIONS).oddNames = ODD_NAMES[policy];
  },
});

export const mode = defineKeyword({
  name: "mode",
  sections: SECTIONS_OF.both,
  summary: "Chooses what a proxy carries: connections as they are, or HTTP requests",
  source: SOURCE,
  args: [proxyMode],
  apply(draft, [chosen]) {
    draft.part(PROXY_OPTIONS).isHttp = chosen === "http";
  },
});

export const maxconn = defineKeyword({
  name: "maxconn",
  sections: SECTIONS_OF.client,
  summary: "Limits the sessions that a frontend serves at once; the others wait in the kernel",
  source: SOURCE,
  args: [int("conns", { min: 0 })],
  apply(draft, [count]) {
    draft.part(PROXY_OPTIONS).connectionsMax = count;
  },
});

export const backlog = defineKeyword({
  name: "backlog",
  sections: ["defaults", "frontend", "listen"],
  summary: "Sets how many connections may wait in the kernel to be accepted",
  source: SOURCE,
  args: [int("conns", { min: 0 })],
  apply(draft, [count]) {
    draft.part(PROXY_OPTIONS).backlog = count;
  },
});
