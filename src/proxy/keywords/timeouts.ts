import { duration } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { SECTIONS_OF, type Side } from "../sides.ts";
import { TIMEOUTS, type Timeouts } from "../timeouts.ts";

const SOURCE = "HAProxy configuration manual, section 4.2";

function defineTimeout(
  name: string,
  field: keyof Timeouts,
  side: Side,
  summary: string,
  deprecated?: string,
) {
  return defineKeyword({
    name,
    sections: SECTIONS_OF[side],
    summary,
    source: SOURCE,
    args: [duration("timeout")],
    ...(deprecated === undefined ? {} : { deprecated }),
    apply(draft, [timeoutMs]) {
      draft.part(TIMEOUTS)[field] = timeoutMs;
    },
  });
}

export const timeoutClient = defineTimeout(
  "timeout client",
  "clientMs",
  "client",
  "Sets how long a client may stay silent while it is expected to send or take bytes",
);
export const timeoutServer = defineTimeout(
  "timeout server",
  "serverMs",
  "server",
  "Sets how long a server may stay silent while it is expected to send or take bytes",
);
export const timeoutConnect = defineTimeout(
  "timeout connect",
  "connectMs",
  "server",
  "Sets how long a connection attempt to a server may take",
);
export const timeoutQueue = defineTimeout(
  "timeout queue",
  "queueMs",
  "server",
  "Sets how long a stream waits for a free slot on a server",
);
export const timeoutTarpit = defineTimeout(
  "timeout tarpit",
  "tarpitMs",
  "both",
  "Sets how long a request that a rule has tarpitted is kept without an answer",
);
export const timeoutHttpRequest = defineTimeout(
  "timeout http-request",
  "httpRequestMs",
  "both",
  "Sets how long a client may take to send the whole head of a request",
);
export const timeoutHttpKeepAlive = defineTimeout(
  "timeout http-keep-alive",
  "httpKeepAliveMs",
  "both",
  "Sets how long a persistent connection waits for the next request",
);
export const timeoutClientFin = defineTimeout(
  "timeout client-fin",
  "clientFinMs",
  "client",
  "Sets the client's inactivity timeout once its side of a tunnel has ended",
);
export const timeoutServerFin = defineTimeout(
  "timeout server-fin",
  "serverFinMs",
  "server",
  "Sets the server's inactivity timeout once its side of a tunnel has ended",
);
export const timeoutTunnel = defineTimeout(
  "timeout tunnel",
  "tunnelMs",
  "server",
  "Sets the inactivity timeout of both sides of a tunnel",
);
export const timeoutCheck = defineTimeout(
  "timeout check",
  "checkMs",
  "server",
  "Sets how long a health check waits for its answer once it is connected",
);
export const clitimeout = defineTimeout(
  "clitimeout",
  "clientMs",
  "client",
  "Sets the client's inactivity timeout",
  "timeout client",
);
export const srvtimeout = defineTimeout(
  "srvtimeout",
  "serverMs",
  "server",
  "Sets the server's inactivity timeout",
  "timeout server",
);
export const contimeout = defineTimeout(
  "contimeout",
  "connectMs",
  "server",
  "Sets how long a connection attempt may take",
  "timeout connect",
);
export const timeoutClitimeout = defineTimeout(
  "timeout clitimeout",
  "clientMs",
  "client",
  "Sets the client's inactivity timeout",
  "timeout client",
);
export const timeoutSrvtimeout = defineTimeout(
  "timeout srvtimeout",
  "serverMs",
  "server",
  "Sets the server's inactivity timeout",
  "timeout server",
);
export const timeoutContimeout = defineTimeout(
  "timeout contimeout",
  "connectMs",
  "server",
  "Sets how long a connection attempt may take",
  "timeout connect",
);
