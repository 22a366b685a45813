import { defineServerOption } from "../../config/keyword.ts";
import { ROUTE, SendsProxy } from "../server-route.ts";

const SOURCE = "HAProxy configuration manual, section 5.2; PROXY protocol specification";

function defineSendProxy(name: string, version: SendsProxy, summary: string) {
  return defineServerOption({
    name,
    summary,
    source: SOURCE,
    args: [],
    apply(server) {
      server.part(ROUTE).sendsProxy = version;
    },
  });
}

export const sendProxy = defineSendProxy(
  "send-proxy",
  SendsProxy.V1,
  "Starts each connection to the server with a PROXY protocol header of version 1",
);
export const sendProxyV2 = defineSendProxy(
  "send-proxy-v2",
  SendsProxy.V2,
  "Starts each connection to the server with a PROXY protocol header of version 2",
);
export const noSendProxy = defineSendProxy(
  "no-send-proxy",
  SendsProxy.NONE,
  "Starts connections to the server without a PROXY protocol header",
);
export const noSendProxyV2 = defineSendProxy(
  "no-send-proxy-v2",
  SendsProxy.NONE,
  "Starts connections to the server without a PROXY protocol header",
);
