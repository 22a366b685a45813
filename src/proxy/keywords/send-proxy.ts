import { listed, word } from "../../config/arg.ts";
import { defineServerOption } from "../../config/keyword.ts";
import { nearestWord } from "../../config/nearest-word.ts";
import { ProxyTlvs, ROUTE, SendsProxy } from "../server-route.ts";

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

function defineSendProxyTls(name: string, isOn: boolean, summary: string) {
  return defineServerOption({
    name,
    summary,
    source: SOURCE,
    args: [],
    apply(server) {
      const part = server.part(ROUTE);
      part.sendsProxy = isOn ? SendsProxy.V2 : SendsProxy.NONE;
      part.proxyTlvs = isOn ? part.proxyTlvs | ProxyTlvs.TLS : part.proxyTlvs & ~ProxyTlvs.TLS;
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

const TLS_SUMMARY =
  "Starts each connection to the server with a PROXY header of version 2 that tells of the client's TLS";
export const sendProxyV2Tls = defineSendProxyTls("send-proxy-v2-ssl", true, TLS_SUMMARY);
export const sendProxyV2TlsName = defineSendProxyTls(
  "send-proxy-v2-ssl-cn",
  true,
  `${TLS_SUMMARY} and certificate`,
);
export const noSendProxyV2Tls = defineSendProxyTls(
  "no-send-proxy-v2-ssl",
  false,
  "Cancels send-proxy-v2-ssl",
);
export const noSendProxyV2TlsName = defineSendProxyTls(
  "no-send-proxy-v2-ssl-cn",
  false,
  "Cancels send-proxy-v2-ssl-cn",
);

/** What each option adds; all but the checksum tell of the client's TLS. */
const V2_OPTIONS: Readonly<Record<string, number>> = {
  crc32c: ProxyTlvs.CHECKSUM,
  ssl: ProxyTlvs.TLS,
  "cert-cn": ProxyTlvs.TLS,
  "ssl-cipher": ProxyTlvs.TLS,
  "cert-sig": ProxyTlvs.TLS,
  "cert-key": ProxyTlvs.TLS,
  // A client without TLS asked for no host name, so there is none to tell.
  authority: ProxyTlvs.NONE,
};

export const proxyV2Options = defineServerOption({
  name: "proxy-v2-options",
  summary: "Chooses what a PROXY header of version 2 tells besides addresses",
  source: SOURCE,
  args: [word("option>[,<option")],
  apply(server, [list], _at, diagnostics) {
    for (const option of list.text.split(",")) {
      const tlvs = V2_OPTIONS[option];
      if (tlvs !== undefined) {
        server.part(ROUTE).proxyTlvs |= tlvs;
      } else if (option === "unique-id") {
        diagnostics.error(list, "'proxy-v2-options' : 'unique-id' is not built yet.", "Remove it");
      } else {
        const near = nearestWord(option, Object.keys(V2_OPTIONS));
        diagnostics.error(
          list,
          `'${option}' : proxy v2 option not implemented; there are ${listed(Object.keys(V2_OPTIONS))}.`,
          near === undefined ? undefined : `Did you mean "${near}"?`,
        );
      }
    }
  },
});
