import type { CheckRecord } from "../balance/check-record.ts";
import { lookUpHost } from "../balance/resolve-host.ts";
import { PortRule, type Server } from "../balance/server.ts";
import { enterResolved } from "../balance/server-lifecycle.ts";
import { AddressFamily, SocketAddress } from "../sys/socket-address.ts";
import { type Answer, inform, type Message, refuse, refuseBarely } from "./command.ts";
import type { CommandCall } from "./command-call.ts";

const PORT_MAX = 65_535;
/** Who changed an address, as the reference's sentences name it. */
const BY = "by 'stats socket command'";

/**
 * `set server ... addr A [port P]`: traffic goes there from now on, and checks too unless they have
 * an address of their own. Each part that cannot be changed is told; the other one is changed.
 */
export function changeAddress(
  server: Server,
  [text = "", keyword, port = ""]: readonly string[],
  { context }: CommandCall,
): Answer {
  if (text === "") return requirement("addr");
  const wanted = SocketAddress.fromHost(text, 0);
  if (wanted === undefined) return refuse(`Invalid addr '${text}' ${BY}`);
  const { address } = server;
  if (address.family === AddressFamily.UNIX) {
    return refuse(
      `Update for the current server address family is only supported through configuration file ${BY}`,
    );
  }
  const hadNone = address.family === AddressFamily.NONE;
  const parts = [changeHost(address, wanted)];
  if (keyword === "port") parts.push(changePort(server, port));
  // Idle connections lead to where the server was.
  context.dropIdleConnections(server);
  server.backend.dynamicCookies.refresh(server);
  if (hadNone) enterResolved(server);
  return inform(`${parts.join(", ")} ${BY}`);
}

function changeHost(address: SocketAddress, wanted: SocketAddress): string {
  const [before, after] = [address.host(), wanted.host()];
  if (before === after) return "no need to change the addr";
  wanted.port = address.port;
  address.copyFrom(wanted);
  return `IP changed from '${before}' to '${after}'`;
}

function changePort(server: Server, text: string): string {
  const number = Number(text);
  if (!/^[+-]?\d+$/.test(text) || Math.abs(number) > PORT_MAX) {
    return `problem converting port '${text}' to an int`;
  }
  const isRelative = /^[+-]/.test(text);
  if (isRelative && server.check.port === 0) {
    return (
      "can't change <port> to port map because it is incompatible with current health check port " +
      "configuration (use 'port' statement from the 'server' directive."
    );
  }
  const before = portText(server);
  server.portRule = isRelative ? PortRule.RELATIVE : PortRule.FIXED;
  server.portOffset = isRelative ? number : 0;
  server.address.port = isRelative ? 0 : number;
  const after = portText(server);
  if (before === after) return "no need to change the port";
  return `port changed from '${before}' to '${after}'`;
}

function portText({ portRule, portOffset, address }: Server): string {
  if (portRule === PortRule.FIXED) return String(address.port);
  return portOffset < 0 ? String(portOffset) : `+${portOffset}`;
}

/** `set server ... check-addr|agent-addr A [port P]`. */
export function changeProbeAddress(
  server: Server,
  which: "check" | "agent",
  [text = "", keyword, port = ""]: readonly string[],
): Answer {
  if (text === "") return requirement(`${which}-addr`);
  const record = server[which];
  if (!record.isConfigured) return notEnabled(which);
  // An agent may be given by a name, which is looked up at once.
  const address =
    SocketAddress.fromHost(text, 0) ?? (which === "agent" ? lookUpHost(text, "any") : undefined);
  if (address === undefined) return refuseBarely(`invalid addr '${text}'`);
  const refusal = keyword === "port" ? setPort(record, port) : undefined;
  if (refusal === undefined) record.address = address;
  return refusal;
}

/** `set server ... check-port|agent-port P`. */
export function changeProbePort(
  server: Server,
  which: "check" | "agent",
  [text = ""]: readonly string[],
): Answer {
  if (text === "") return refuse(`set server <b>/<s> ${which}-port requires a port.`);
  const record = server[which];
  return record.isConfigured ? setPort(record, text) : notEnabled(which);
}

function setPort(record: CheckRecord, text: string): Message | undefined {
  if (!/^\d+$/.test(text)) return refuseBarely("provided port is not an integer");
  if (Number(text) > PORT_MAX) return refuseBarely("provided port is invalid");
  record.port = Number(text);
  return undefined;
}

function requirement(what: string): Message {
  return refuse(`set server <b>/<s> ${what} requires an address and optionally a port.`);
}

function notEnabled(which: "check" | "agent"): Message {
  const name = which === "check" ? "health" : "agent";
  return refuseBarely(`${name} checks are not enabled on this server`);
}
