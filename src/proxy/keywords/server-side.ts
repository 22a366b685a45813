import { argument, int, optional } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { PROXY_OPTIONS } from "../proxy-options.ts";
import { SECTIONS_OF } from "../sides.ts";

const SOURCE = "HAProxy configuration manual, section 4.2";
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Fields that the framing of a message or its way depends on. */
const RESERVED: ReadonlySet<string> = new Set([
  ...["host", "content-length", "transfer-encoding", "connection"],
]);

export const httpSendNameHeader = defineKeyword({
  name: "http-send-name-header",
  sections: SECTIONS_OF.server,
  summary: "Tells each server its own name in a field of the request",
  source: `${SOURCE}, http-send-name-header`,
  args: [
    optional(
      argument("header", (text, refuse) => {
        if (!TOKEN.test(text)) return refuse(`'${text}' is not a valid name of a header.`);
        if (RESERVED.has(text.toLowerCase())) {
          return refuse(`'${text}' cannot be used as header name.`, "choose a name of your own");
        }
        return text;
      }),
    ),
  ],
  apply(draft, [header], at, diagnostics) {
    if (header === undefined) {
      diagnostics.error(
        at,
        "'http-send-name-header' requires a header string.",
        "Write it as: http-send-name-header X-Server",
      );
      return;
    }
    draft.part(PROXY_OPTIONS).serverNameField = header.toLowerCase();
  },
});

export const maxKeepAliveQueue = defineKeyword({
  name: "max-keep-alive-queue",
  sections: SECTIONS_OF.server,
  summary: "Sets how many may wait for a server before a client that knows it goes elsewhere",
  source: `${SOURCE}, max-keep-alive-queue`,
  args: [int("value", { min: -1 })],
  apply(draft, [value]) {
    draft.part(PROXY_OPTIONS).keepAliveQueueMax = value;
  },
});

export const maxSessionSrvConns = defineKeyword({
  name: "max-session-srv-conns",
  sections: ["defaults", "frontend", "listen"],
  summary: "Sets how many idle connections to servers a client may have to itself",
  source: `${SOURCE}, max-session-srv-conns`,
  args: [int("nb")],
  apply(draft, [count]) {
    draft.part(PROXY_OPTIONS).ownConnectionsMax = count;
  },
});

export const optionCheckcache = defineKeyword({
  name: "option checkcache",
  sections: SECTIONS_OF.server,
  summary: "Refuses responses that caches may keep and that set a cookie",
  source: `${SOURCE}, option checkcache`,
  args: [],
  apply(draft) {
    draft.part(PROXY_OPTIONS).refusesCacheableCookies = true;
  },
  disable(draft) {
    draft.part(PROXY_OPTIONS).refusesCacheableCookies = false;
  },
  reset(draft) {
    draft.part(PROXY_OPTIONS).refusesCacheableCookies = false;
  },
});
