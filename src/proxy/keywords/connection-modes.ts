import { defineKeyword } from "../../config/keyword.ts";
import { ConnectionMode, PROXY_OPTIONS } from "../proxy-options.ts";
import { SECTIONS_OF, type Side } from "../sides.ts";

const SOURCE = "HAProxy configuration manual, sections 4 and 4.2";

function defineConnectionMode(
  name: string,
  mode: ConnectionMode,
  side: Side,
  summary: string,
  deprecated?: string,
) {
  return defineKeyword({
    name,
    sections: SECTIONS_OF[side],
    summary,
    source: SOURCE,
    args: [],
    ...(deprecated === undefined ? {} : { deprecated }),
    apply(draft) {
      draft.part(PROXY_OPTIONS).connectionMode = mode;
    },
    disable(draft) {
      const options = draft.part(PROXY_OPTIONS);
      if (options.connectionMode === mode) options.connectionMode = ConnectionMode.KEEP_ALIVE;
    },
    reset(draft) {
      draft.part(PROXY_OPTIONS).connectionMode = ConnectionMode.KEEP_ALIVE;
    },
  });
}

export const httpKeepAlive = defineConnectionMode(
  "option http-keep-alive",
  ConnectionMode.KEEP_ALIVE,
  "both",
  "Keeps the connections of both sides open after an exchange",
);
export const httpServerClose = defineConnectionMode(
  "option http-server-close",
  ConnectionMode.SERVER_CLOSE,
  "both",
  "Closes the server's connection after each exchange and keeps the client's",
);
export const httpClose = defineConnectionMode(
  "option httpclose",
  ConnectionMode.CLOSE,
  "both",
  "Closes the connections of both sides after each exchange",
);
export const forceClose = defineConnectionMode(
  "option forceclose",
  ConnectionMode.CLOSE,
  "both",
  "Closes the connections of both sides after each exchange",
  "option httpclose",
);
export const httpTunnel = defineConnectionMode(
  "option http-tunnel",
  ConnectionMode.TUNNEL,
  "client",
  "Reads only the first request and response of a connection, and passes on what follows unseen",
  "option http-keep-alive",
);

export const httpPretendKeepAlive = defineKeyword({
  name: "option http-pretend-keepalive",
  sections: SECTIONS_OF.server,
  summary: "Does not tell the server that its connection will be closed after the exchange",
  source: SOURCE,
  args: [],
  apply(draft) {
    draft.part(PROXY_OPTIONS).pretendsKeepAlive = true;
  },
  disable(draft) {
    draft.part(PROXY_OPTIONS).pretendsKeepAlive = false;
  },
  reset(draft) {
    draft.part(PROXY_OPTIONS).pretendsKeepAlive = false;
  },
});

const ALWAYS_ON =
  "'option http-use-htx' chose between two ways to hold a message: there is one way now, and the line changes nothing.";
const ALWAYS_ON_HINT = "remove the line";

export const httpUseHtx = defineKeyword({
  name: "option http-use-htx",
  sections: SECTIONS_OF.both,
  summary: "Chose how messages are held in HAProxy 1.9; earns a warning and changes nothing",
  source: "HAProxy 1.9 configuration manual, section 4.2",
  args: [],
  apply(_draft, _values, at, diagnostics) {
    diagnostics.warn(at, ALWAYS_ON, ALWAYS_ON_HINT);
  },
  disable(_draft, at, diagnostics) {
    diagnostics.warn(at, ALWAYS_ON, ALWAYS_ON_HINT);
  },
  reset() {},
});
