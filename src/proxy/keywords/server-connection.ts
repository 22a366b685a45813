import { argument, duration, text, word } from "../../config/arg.ts";
import { defineServerOption } from "../../config/keyword.ts";
import { openNamespace } from "../../sys/namespace.ts";
import { AddressFamily } from "../../sys/socket-address.ts";
import { parseStreamAddress } from "../../sys/stream-address.ts";
import { CONNECTING } from "../connecting-part.ts";

const SOURCE = "HAProxy configuration manual, section 5.2";

export const serverUserTimeout = defineServerOption({
  name: "tcp-ut",
  summary: "Ends connections whose server leaves sent bytes unacknowledged for so long",
  source: SOURCE,
  args: [duration("delay")],
  apply(server, [delayMs]) {
    server.part(CONNECTING).userTimeoutMs = delayMs;
  },
});

export const serverFastOpen = defineServerOption({
  name: "tfo",
  summary: "Sends the first bytes with a connection's first packet (TCP Fast Open)",
  source: SOURCE,
  args: [],
  apply(server) {
    server.part(CONNECTING).hasFastOpen = true;
  },
});

export const serverNoFastOpen = defineServerOption({
  name: "no-tfo",
  summary: "Cancels tfo",
  source: SOURCE,
  args: [],
  apply(server) {
    server.part(CONNECTING).hasFastOpen = false;
  },
});

export const serverNamespace = defineServerOption({
  name: "namespace",
  summary: "Connects from a network namespace; * is that of the client's connection",
  source: SOURCE,
  args: [text("name")],
  apply(server, [name], at, diagnostics) {
    const connecting = server.part(CONNECTING);
    connecting.followsNamespace = name === "*";
    connecting.namespace = null;
    if (name === "*") return;
    const namespace = openNamespace(name);
    if (namespace !== undefined) connecting.namespace = namespace;
    else diagnostics.error(at, `Cannot open namespace '${name}'.`, "See: ip netns list");
  },
});

export const serverProto = defineServerOption({
  name: "proto",
  summary: "Says what the server speaks instead of finding it out",
  source: SOURCE,
  args: [word("name")],
  apply(server, [name]) {
    server.part(CONNECTING).protocol = name;
  },
});

export const socks4 = defineServerOption({
  name: "socks4",
  summary: "Reaches the server through a SOCKS4 proxy",
  source: SOURCE,
  args: [
    argument("addr>:<port", (value, refuse) => {
      const address = parseStreamAddress(value, false);
      return typeof address === "string" ? refuse(`${address.replace(/\.$/, "")}.`) : address;
    }),
  ],
  apply(server, [address]) {
    server.part(CONNECTING).socks = address.family === AddressFamily.NONE ? null : address;
  },
});

export const checkViaSocks4 = defineServerOption({
  name: "check-via-socks4",
  summary: "Sends health checks and questions to the agent through the SOCKS4 proxy too",
  source: SOURCE,
  args: [],
  apply(server) {
    server.part(CONNECTING).checksViaSocks = true;
  },
});
