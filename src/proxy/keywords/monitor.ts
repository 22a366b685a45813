import { lookUpHost } from "../../balance/resolve-host.ts";
import { argument, rest, text } from "../../config/arg.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { type Network, parseNetwork } from "../../policy/patterns/network.ts";
import { MONITOR } from "../monitor.ts";
import { SECTIONS_OF } from "../sides.ts";

export const monitorUri = defineKeyword({
  name: "monitor-uri",
  sections: SECTIONS_OF.client,
  summary: "Answers requests for one URI with 200 and without a log line, for those who probe it",
  source: "HAProxy configuration manual, section 4.2",
  args: [text("uri")],
  apply(draft, [uri]) {
    draft.part(MONITOR).uri = uri;
  },
});

export const monitorFail = defineKeyword({
  name: "monitor fail",
  sections: ["frontend", "listen"],
  summary: "Answers the requests of 'monitor-uri' with 503 where a condition holds",
  source: "HAProxy configuration manual, section 4.2",
  args: [rest("condition")],
  apply(draft, [condition], at, diagnostics) {
    if (condition[0] === undefined) {
      const message = "'monitor fail' requires either 'if' or 'unless' followed by a condition.";
      diagnostics.error(at, message, "write it as: monitor fail if { nbsrv(app) lt 2 }");
    } else draft.part(MONITOR).failures.push(condition);
  },
});

const network = argument<Network>("source", (word, refuse) => {
  const lookUp = (host: string) => lookUpHost(host, "ipv4")?.word3;
  const read = parseNetwork(word, lookUp);
  return "message" in read
    ? refuse(`${read.message}.`, "Write it as: monitor-net 192.0.2.0/31")
    : read;
});

export const monitorNet = defineKeyword({
  name: "monitor-net",
  sections: SECTIONS_OF.client,
  summary: "Closes connections of one network at once, unlogged; in HTTP mode with a 200",
  source: "HAProxy configuration manual, section 4.2, of earlier versions",
  args: [network],
  deprecated: "tcp-request connection reject if { src <source> }' or 'monitor-uri <uri>",
  apply(draft, [found]) {
    draft.part(MONITOR).network = found;
  },
  disable(draft) {
    draft.part(MONITOR).network = null;
  },
});
