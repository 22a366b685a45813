import { duration, oneOf, rest, size } from "../../config/arg.ts";
import type { Diagnostics } from "../../config/diagnostics.ts";
import { defineKeyword } from "../../config/keyword.ts";
import { nearestWord } from "../../config/nearest-word.ts";
import type { Word } from "../../config/word.ts";
import { parseStreamAddress } from "../../sys/stream-address.ts";
import { RING, StreamFraming } from "../ring-part.ts";
import { SyslogFormat } from "../target.ts";

const sections = ["ring"] as const;
const source = "HAProxy configuration manual, section 3.9";
const FRAMINGS: readonly string[] = Object.values(StreamFraming);
/** No ring holds more than this. */
const RING_SIZE_MAX = 1024 * 1024 * 1024;

/** In which form lines are kept. */
export const ringFormat = defineKeyword({
  name: "format",
  sections,
  summary: "Sets what stands in front of the messages that the ring keeps",
  source,
  args: [oneOf("format", Object.values(SyslogFormat))],
  apply(draft, [format]) {
    draft.part(RING).format = format;
  },
});

/** How much is kept. */
export const ringSize = defineKeyword({
  name: "size",
  sections,
  summary: "Sets how many bytes of messages the ring keeps",
  source,
  args: [size("size", { min: 1, max: RING_SIZE_MAX })],
  apply(draft, [bytes], at, diagnostics) {
    const part = draft.part(RING);
    if (bytes < part.size) {
      diagnostics.warn(
        at,
        `ignoring new size '${bytes}' that is smaller than current size '${part.size}' for ring '${draft.name.text}'.`,
      );
      return;
    }
    part.size = bytes;
  },
});

/** How much of each line is kept. */
export const ringMaxlen = defineKeyword({
  name: "maxlen",
  sections,
  summary: "Sets how many bytes of each message the ring keeps",
  source,
  args: [size("length", { min: 1, max: RING_SIZE_MAX })],
  apply(draft, [bytes]) {
    draft.part(RING).eventSizeMax = bytes;
  },
});

/** How long a log server may take to accept a connection. */
export const ringTimeoutConnect = defineKeyword({
  name: "timeout connect",
  sections,
  summary: "Sets the time to connect to a log server",
  source,
  args: [duration("timeout")],
  apply(draft, [timeoutMs]) {
    draft.part(RING).connectTimeoutMs = timeoutMs;
  },
});

/** How long a log server may take nothing. */
export const ringTimeoutServer = defineKeyword({
  name: "timeout server",
  sections,
  summary: "Sets how long a log server may leave messages waiting",
  source,
  args: [duration("timeout")],
  apply(draft, [timeoutMs]) {
    draft.part(RING).serverTimeoutMs = timeoutMs;
  },
});

/** A log server that gets all messages. */
export const ringServer = defineKeyword({
  name: "server",
  sections,
  summary: "Sends the messages of the ring to a log server over TCP",
  source,
  args: [rest("name address [log-proto legacy|octet-count]")],
  apply(draft, [[name, where, ...options]], at, diagnostics) {
    const hint = "write it as: server log1 192.0.2.1:514 log-proto octet-count";
    if (name === undefined || where === undefined) {
      diagnostics.error(at, "'server' expects <name> and <addr>[:<port>] as arguments.", hint);
      return;
    }
    const part = draft.part(RING);
    const path = `'server ${draft.name.text}/${name.text}'`;
    if (part.servers.some((other) => other.name === name.text)) {
      diagnostics.error(name, `${path} : the ring has a server of this name already`);
      return;
    }
    const address = parseStreamAddress(where.text, true);
    const framing = readFraming(options, path, diagnostics);
    if (typeof address === "string") diagnostics.error(where, `${path} : ${address}`, hint);
    else if (framing !== undefined) part.servers.push({ name: name.text, address, framing });
  },
});

/** Reads the options of a log server, of which there is one; undefined after an error. */
function readFraming(
  options: readonly Word[],
  path: string,
  diagnostics: Diagnostics,
): StreamFraming | undefined {
  let framing: StreamFraming | undefined = StreamFraming.LINES;
  for (let index = 0; index < options.length; index += 2) {
    const [option, value] = [options[index]!, options[index + 1]];
    if (option.text !== "log-proto") {
      const near = nearestWord(option.text, ["log-proto"]);
      diagnostics.error(
        option,
        `${path} : option '${option.text}' is not built for servers of 'ring' sections.`,
        near === undefined ? "only 'log-proto' is" : `did you mean "${near}"?`,
      );
      return undefined;
    }
    if (value === undefined || !FRAMINGS.includes(value.text)) {
      diagnostics.error(
        value ?? option,
        `${path} : 'log-proto' expects one of 'legacy' or 'octet-count' but got '${value?.text ?? ""}'.`,
      );
      framing = undefined;
    } else framing = value.text as StreamFraming;
  }
  return framing;
}
