import { HEALTH } from "../../balance/health-part.ts";
import { lookUpHost } from "../../balance/resolve-host.ts";
import { parseServerAddress } from "../../balance/server-address.ts";
import { argument, duration, int, word } from "../../config/arg.ts";
import { defineServerOption } from "../../config/keyword.ts";
import { CHECK_CONNECTION } from "../connection-part.ts";

const SOURCE = "HAProxy configuration manual, section 5.2";

/** `check`. */
export const serverCheck = defineServerOption({
  name: "check",
  summary: "Checks the server's health; without it the server is always taken for up",
  source: SOURCE,
  args: [],
  apply(server) {
    server.part(HEALTH).isChecked = true;
  },
});

/** `no-check`. */
export const serverNoCheck = defineServerOption({
  name: "no-check",
  summary: "Cancels check",
  source: SOURCE,
  args: [],
  apply(server) {
    server.part(HEALTH).isChecked = false;
  },
});

/** An address without a port, or with one that `port` or `agent-port` may replace. */
function addressArgument(refusal: string) {
  return argument("addr", (text, refuse) => {
    const parsed = parseServerAddress(text, lookUpHost);
    return typeof parsed === "string" ? refuse(`${refusal}${parsed}`) : parsed.address;
  });
}

type IntervalField = "intervalMs" | "fastIntervalMs" | "downIntervalMs";

function defineInterval(name: string, field: IntervalField, summary: string) {
  return defineServerOption({
    name,
    summary,
    source: SOURCE,
    args: [duration("delay", { minMs: 1 })],
    apply(server, [intervalMs]) {
      server.part(HEALTH)[field] = intervalMs;
    },
  });
}

export const serverInter = defineInterval(
  "inter",
  "intervalMs",
  "Sets the time between two checks",
);
export const serverFastinter = defineInterval(
  "fastinter",
  "fastIntervalMs",
  "Sets the time between two checks while the server is on its way up or down",
);
export const serverDowninter = defineInterval(
  "downinter",
  "downIntervalMs",
  "Sets the time between two checks while the server is down",
);

function defineCount(name: "rise" | "fall", summary: string) {
  return defineServerOption({
    name,
    summary,
    source: SOURCE,
    args: [int("count", { min: 1 })],
    apply(server, [count]) {
      server.part(HEALTH)[name] = count;
    },
  });
}

export const serverRise = defineCount(
  "rise",
  "Sets how many checks in a row must pass to bring the server up",
);
export const serverFall = defineCount(
  "fall",
  "Sets how many checks in a row must fail to take the server down",
);

/** `port`: for checks, and for an agent without a port of its own. */
export const serverPort = defineServerOption({
  name: "port",
  summary: "Sets the port that checks connect to, instead of the server's own; 0 is that one",
  source: SOURCE,
  args: [int("port", { max: 65535 })],
  apply(server, [port]) {
    server.part(HEALTH).port = port;
  },
});

/** `addr`: for checks, and for an agent without an address of its own. */
export const serverAddr = defineServerOption({
  name: "addr",
  summary: "Sets the address that checks connect to, instead of the server's own",
  source: SOURCE,
  args: [addressArgument("invalid address: ")],
  apply(server, [address]) {
    server.part(HEALTH).address = address;
  },
});

/** `track`. */
export const serverTrack = defineServerOption({
  name: "track",
  summary: "Takes over the state of another server, [<proxy>/]<server>, instead of checking",
  source: SOURCE,
  args: [word("server")],
  apply(server, [target]) {
    server.part(HEALTH).tracks = target;
  },
});

/** `check-send-proxy`. */
export const serverCheckSendProxy = defineServerOption({
  name: "check-send-proxy",
  summary: "Starts the connections of checks with a PROXY header, wherever they go",
  source: SOURCE,
  args: [],
  apply(server) {
    server.part(CHECK_CONNECTION).sendsProxy = true;
  },
});

/** `no-check-send-proxy`. */
export const serverNoCheckSendProxy = defineServerOption({
  name: "no-check-send-proxy",
  summary: "Cancels check-send-proxy",
  source: SOURCE,
  args: [],
  apply(server) {
    server.part(CHECK_CONNECTION).sendsProxy = false;
  },
});

/** `check-proto`: what checks speak follows from their kind, so naming it only confirms it. */
export const serverCheckProto = defineServerOption({
  name: "check-proto",
  summary: "Names the protocol that checks speak: h1 for HTTP checks, none for others",
  source: SOURCE,
  args: [word("name")],
  apply(server, [name], _at, diagnostics) {
    const label = `'server ${server.section.name.text}/${server.name.text}' : 'check-proto'`;
    if (name.text === "h1" || name.text === "none") {
      server.part(CHECK_CONNECTION).protocol = name;
    } else if (name.text === "h2" || name.text === "fcgi") {
      diagnostics.error(name, `${label} : checks cannot speak '${name.text}': not built yet.`);
    } else {
      diagnostics.error(name, `${label} :  unknown MUX protocol '${name.text}'.`, "use h1 or none");
    }
  },
});

/** `no-check-ssl`: the checks that there are have no TLS to cancel. */
export const serverNoCheckSsl = defineServerOption({
  name: "no-check-ssl",
  summary: "Cancels check-ssl",
  source: SOURCE,
  args: [],
  apply() {
    // Without check-ssl there is nothing to take back: the line asks for what is.
  },
});
