import { type Arg, argument, type Bounds, int } from "../../config/arg.ts";
import { NICE_MAX } from "../../loop/event-order.ts";
import { defineAction, type RuleSetName, Verdict } from "../../policy/action.ts";
import type { StreamControl } from "../../policy/stream-control.ts";
import { AddressFamily } from "../../sys/socket-address.ts";
import { type SocketOption, SocketOptions, setOption } from "../../sys/socket-option.ts";
import type { PolicyView } from "../policy-view.ts";

const SOURCE = "HAProxy configuration manual, section 4.2";
/** Where there is a client's connection, even before a stream. */
const ANYWHERE: readonly RuleSetName[] = [
  "tcp-request connection",
  "tcp-request session",
  "tcp-request content",
  "tcp-response content",
  "http-request",
  "http-response",
];
const STREAMS: readonly RuleSetName[] = ANYWHERE.slice(2);
const TOS_MAX = 0xff;
const MARK_MAX = 0xffff_ffff;

/** A whole number, in decimal or in hexadecimal with `0x` in front. */
function hexOrDecimal(name: string, { min = 0, max = MARK_MAX }: Bounds): Arg<number> {
  return argument(name, (text, refuse) => {
    if (!/^(?:[0-9]+|0x[0-9a-f]+)$/i.test(text)) {
      return refuse(
        `expects an integer or hexadecimal value for <${name}>, but got '${text}'.`,
        "write a number such as 16 or 0x10",
      );
    }
    const value = Number(text);
    if (value >= min && value <= max) return value;
    return refuse(`<${name}> must be between ${min} and ${max}, but is ${text}.`);
  });
}

/** Sets an option of the client's socket; where the system refuses, the log tells once. */
function setOnClient(control: StreamControl, option: SocketOption, value: number): void {
  const view = control as PolicyView;
  const error = setOption(view.clientFd, option, value);
  if (error < 0) view.reportRefusedOption(option, error);
}

/** `set-tos`. */
export const setTos = defineAction({
  name: "set-tos",
  summary: "Sets the TOS or DSCP octet of packets to the client",
  source: `${SOURCE}, http-request set-tos; RFC 2474`,
  ruleSets: ANYWHERE,
  isFinal: false,
  args: [hexOrDecimal("tos", { max: TOS_MAX })],
  compile:
    ([tos]) =>
    (control) => {
      const { address } = (control as PolicyView).context.bind;
      // Unix sockets have no packets to mark.
      if (!address.isInternet) return Verdict.NEXT;
      // A client of IPv4 may have come to an address of IPv6.
      setOnClient(control, SocketOptions.IP_TOS, tos);
      if (address.family === AddressFamily.INET6) {
        setOnClient(control, SocketOptions.IPV6_TRAFFIC_CLASS, tos);
      }
      return Verdict.NEXT;
    },
});

/** `set-mark`. */
export const setMark = defineAction({
  name: "set-mark",
  summary: "Sets the firewall mark of packets to the client; it takes CAP_NET_ADMIN",
  source: `${SOURCE}, http-request set-mark; socket(7), SO_MARK`,
  ruleSets: ANYWHERE,
  isFinal: false,
  args: [hexOrDecimal("mark", { max: MARK_MAX })],
  compile:
    ([mark]) =>
    (control) => {
      // The kernel takes the 32 bits as a signed number.
      setOnClient(control, SocketOptions.MARK, mark | 0);
      return Verdict.NEXT;
    },
});

/** `set-nice`. */
export const setNice = defineAction({
  name: "set-nice",
  summary: "Handles events of the stream before (below 0) or after others of the same turn",
  source: `${SOURCE}, http-request set-nice`,
  ruleSets: STREAMS,
  isFinal: false,
  args: [int("nice", { min: -NICE_MAX, max: NICE_MAX })],
  compile:
    ([nice]) =>
    (control) => {
      (control as PolicyView).stream.setNice(nice);
      return Verdict.NEXT;
    },
});
