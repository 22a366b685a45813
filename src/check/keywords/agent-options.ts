import { HEALTH } from "../../balance/health-part.ts";
import { lookUpHost } from "../../balance/resolve-host.ts";
import { parseServerAddress } from "../../balance/server-address.ts";
import { argument, duration, int, text } from "../../config/arg.ts";
import { defineServerOption } from "../../config/keyword.ts";
import { AddressFamily } from "../../sys/socket-address.ts";

const SOURCE = "HAProxy configuration manual, section 5.2";

/** `agent-check`. */
export const serverAgentCheck = defineServerOption({
  name: "agent-check",
  summary: "Asks an agent on the server for its state, weight and limit; needs agent-port",
  source: SOURCE,
  args: [],
  apply(server) {
    server.part(HEALTH).hasAgent = true;
  },
});

/** `no-agent-check`. */
export const serverNoAgentCheck = defineServerOption({
  name: "no-agent-check",
  summary: "Cancels agent-check",
  source: SOURCE,
  args: [],
  apply(server) {
    server.part(HEALTH).hasAgent = false;
  },
});

/** `agent-inter`. */
export const serverAgentInter = defineServerOption({
  name: "agent-inter",
  summary: "Sets the time between two questions to the agent",
  source: SOURCE,
  args: [duration("delay", { minMs: 1 })],
  apply(server, [intervalMs]) {
    server.part(HEALTH).agentIntervalMs = intervalMs;
  },
});

/** `agent-port`. */
export const serverAgentPort = defineServerOption({
  name: "agent-port",
  summary: "Sets the port that the agent listens on",
  source: SOURCE,
  args: [int("port", { min: 1, max: 65535 })],
  apply(server, [port]) {
    server.part(HEALTH).agentPort = port;
  },
});

/** `agent-addr`. */
export const serverAgentAddr = defineServerOption({
  name: "agent-addr",
  summary: "Sets the address that the agent listens on, instead of the server's own",
  source: SOURCE,
  args: [
    argument("addr", (value, refuse) => {
      const parsed = parseServerAddress(value, lookUpHost);
      const isBare =
        typeof parsed !== "string" &&
        (parsed.address.family === AddressFamily.UNIX || parsed.address.port === 0);
      if (isBare) return parsed.address;
      return refuse(
        `parsing agent-addr failed. Check if '${value}' is correct address.`,
        "write an address or a name; its port goes to agent-port",
      );
    }),
  ],
  apply(server, [address]) {
    server.part(HEALTH).agentAddress = address;
  },
});

/** `agent-send`. */
export const serverAgentSend = defineServerOption({
  name: "agent-send",
  summary: "Sets the text that the agent is sent upon connection",
  source: SOURCE,
  args: [text("text")],
  apply(server, [sent]) {
    server.part(HEALTH).agentText = sent;
  },
});
