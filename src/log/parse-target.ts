import type { Diagnostics } from "../config/diagnostics.ts";
import { nearestWord } from "../config/nearest-word.ts";
import type { Word } from "../config/word.ts";
import { lookupHost } from "../sys/host-lookup.ts";
import { SocketAddress, UNIX_PATH_SIZE_MAX } from "../sys/socket-address.ts";
import { FACILITY_NAMES, LEVEL_NAMES } from "./level.ts";
import { type LogDestination, type LogSample, type LogTarget, SyslogFormat } from "./target.ts";

const SYSLOG_PORT = 514;
const LINE_SIZE_DEFAULT = 1024;
const LINE_SIZE_MIN = 80;
const LINE_SIZE_LIMIT = 65_535;
const FORMATS: readonly string[] = Object.values(SyslogFormat);

/** What the words between the address and the facility may set. */
interface Settings {
  sizeMax: number;
  format: SyslogFormat | undefined;
  sample: LogSample | undefined;
}

/**
 * Reads the words of a `log` line, or reports what is wrong with them and returns undefined.
 *
 * Source: HAProxy configuration manual, keyword "log".
 */
export function parseTarget(
  words: readonly Word[],
  at: Word,
  diagnostics: Diagnostics,
): LogTarget | undefined {
  const [address, ...rest] = words;
  if (address === undefined || rest.length === 0) {
    diagnostics.error(
      at,
      "log : expects <address> and <facility> or global as arguments",
      "Write it as: log 127.0.0.1:514 local0",
    );
    return undefined;
  }
  const destination = parseDestination(address, diagnostics);
  const settings: Settings = { sizeMax: LINE_SIZE_DEFAULT, format: undefined, sample: undefined };
  const facilityIndex = readSettings(rest, settings, diagnostics);
  if (facilityIndex === -1) return undefined;
  const levels = readLevels(rest.slice(facilityIndex), address, diagnostics);
  if (destination === undefined || levels === undefined) return undefined;
  return { destination, ...settings, ...levels };
}

/** Reads `len`, `format` and `sample`; returns the index of the facility, or -1 after an error. */
function readSettings(
  words: readonly Word[],
  settings: Settings,
  diagnostics: Diagnostics,
): number {
  let index = 0;
  const seen = new Set<string>();
  for (;;) {
    const name = words[index]?.text;
    if (name !== "len" && name !== "format" && name !== "sample") return index;
    if (seen.has(name)) {
      diagnostics.error(words[index], `log : '${name}' is there twice`);
      return -1;
    }
    seen.add(name);
    const value = words[index + 1];
    if (value === undefined) {
      diagnostics.error(words[index], `log : '${name}' expects a value`);
      return -1;
    }
    if (!readSetting(name, value, settings, diagnostics)) return -1;
    index += 2;
  }
}

function readSetting(
  name: "len" | "format" | "sample",
  value: Word,
  settings: Settings,
  diagnostics: Diagnostics,
): boolean {
  if (name === "len") {
    const size = Number(value.text);
    if (!/^\d+$/.test(value.text) || size < LINE_SIZE_MIN || size > LINE_SIZE_LIMIT) {
      diagnostics.error(
        value,
        `log : invalid log length '${value.text}', must be between ${LINE_SIZE_MIN} and ${LINE_SIZE_LIMIT}`,
      );
      return false;
    }
    settings.sizeMax = size;
    return true;
  }
  if (name === "format") {
    if (!FORMATS.includes(value.text)) {
      const hint = `Use one of: ${FORMATS.join(", ")}`;
      diagnostics.error(value, `log : unknown log format '${value.text}'`, hint);
      return false;
    }
    settings.format = value.text as SyslogFormat;
    return true;
  }
  settings.sample = parseSample(value, diagnostics);
  return settings.sample !== undefined;
}

/** Says what is wrong with ranges of line numbers, or undefined. */
function problemOf(ranges: readonly (readonly [number, number])[]): string | undefined {
  const wrong = ranges.find(([first, last]) => first < 1 || last < first);
  if (wrong !== undefined) return `wrong sample range '${wrong.join("-")}'`;
  const sorted = [...ranges].sort(([first], [second]) => first - second);
  const overlaps = sorted.some(([first], index) => index > 0 && first <= sorted[index - 1]![1]);
  return overlaps ? "ranges are overlapping" : undefined;
}

/** Reads `1,3-4:10`: ranges of line numbers, and after how many lines they start over. */
function parseSample(word: Word, diagnostics: Diagnostics): LogSample | undefined {
  const match = /^(\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*):(\d+)$/.exec(word.text);
  const ranges = (match?.[1] ?? "").split(",").map((range) => {
    const [first = "0", last = first] = range.split("-");
    return [Number(first), Number(last)] as const;
  });
  const problem = match === null ? `invalid sample '${word.text}'` : problemOf(ranges);
  if (match === null || problem !== undefined) {
    diagnostics.error(word, `log : ${problem}`, "Write it as: sample 1,3-4:10");
    return undefined;
  }
  const size = Number(match[2]);
  const highest = Math.max(...ranges.map(([, last]) => last));
  if (size < highest) {
    diagnostics.error(
      word,
      `log : sample size ${size} should be greater or equal to ${highest} the maximum of the high ranges limits`,
    );
    return undefined;
  }
  return { ranges, size };
}

function readLevels(
  words: readonly Word[],
  address: Word,
  diagnostics: Diagnostics,
): Pick<LogTarget, "facility" | "levelMax" | "levelMin"> | undefined {
  const [facilityWord, maxWord, minWord, extra] = words;
  if (facilityWord === undefined) {
    diagnostics.error(
      address,
      "log : expects <address> and <facility> as arguments",
      "Write it as: log 127.0.0.1:514 local0",
    );
    return undefined;
  }
  const facility = indexOf(FACILITY_NAMES, facilityWord, "log facility", diagnostics);
  const max = maxWord ?? undefined;
  const levelMax =
    max === undefined ? 7 : indexOf(LEVEL_NAMES, max, "optional log level", diagnostics);
  const levelMin =
    minWord === undefined
      ? 0
      : indexOf(LEVEL_NAMES, minWord, "optional minimum log level", diagnostics);
  if (extra !== undefined) {
    diagnostics.error(extra, `log : cannot handle unexpected argument '${extra.text}'`);
    return undefined;
  }
  if (facility === -1 || levelMax === -1 || levelMin === -1) return undefined;
  return { facility, levelMax, levelMin };
}

function indexOf(
  names: readonly string[],
  word: Word,
  what: string,
  diagnostics: Diagnostics,
): number {
  const index = names.indexOf(word.text);
  if (index === -1) {
    const near = nearestWord(word.text, names);
    const hint = near === undefined ? `Use one of: ${names.join(", ")}` : `Did you mean "${near}"?`;
    diagnostics.error(word, `log : unknown ${what} '${word.text}'`, hint);
  }
  return index;
}

/** Reads where lines go: an address, a path, `stdout`, `stderr` or `fd@N`. */
export function parseDestination(word: Word, diagnostics: Diagnostics): LogDestination | undefined {
  const { text } = word;
  if (text === "stdout") return { kind: "descriptor", fd: 1 };
  if (text === "stderr") return { kind: "descriptor", fd: 2 };
  const descriptor = /^fd@(\d+)$/.exec(text);
  if (descriptor !== null) return { kind: "descriptor", fd: Number(descriptor[1]) };
  if (text.startsWith("fd@")) {
    const number = text.slice("fd@".length);
    diagnostics.error(
      word,
      `log : file descriptor '${number}' is not a valid integer in '${text}'`,
    );
    return undefined;
  }
  const abstract = /^abns@(.+)$/.exec(text)?.[1];
  if (abstract !== undefined) {
    return { kind: "datagram", address: SocketAddress.fromPath(abstract, true) };
  }
  if (/^ring@./.test(text)) return { kind: "ring", name: word, ring: null };
  const notBuilt = /^(tcp|tcp4|tcp6|sockpair|stream\+\w+)@/.exec(text);
  if (notBuilt !== null) {
    diagnostics.error(word, `log : addresses of the form '${notBuilt[0]}' are not built yet`);
    return undefined;
  }
  const path = /^(?:uxdg@|unix@)?(\/.*)$/.exec(text)?.[1];
  if (path !== undefined) return parsePath(path, word, diagnostics);
  return parseSocketAddress(
    text.replace(/^(?:udp|udp4|udp6|ipv4|ipv6|dgram\+\w+)@/, ""),
    word,
    diagnostics,
  );
}

function parsePath(path: string, word: Word, diagnostics: Diagnostics): LogDestination | undefined {
  if (path.length > UNIX_PATH_SIZE_MAX) {
    diagnostics.error(word, `log : socket path '${path}' too long (max ${UNIX_PATH_SIZE_MAX})`);
    return undefined;
  }
  return { kind: "datagram", address: SocketAddress.fromPath(path, false) };
}

function parseSocketAddress(
  text: string,
  word: Word,
  diagnostics: Diagnostics,
): LogDestination | undefined {
  if (/:\d+-\d+$/.test(text)) {
    diagnostics.error(word, `log : port range not permitted here in '${text}'`);
    return undefined;
  }
  // An IPv6 address without brackets has its port behind the last colon, as the reference reads it.
  const match = /^(?:\[([^\]]*)\]|(.*?))(?::(\d*))?$/.exec(text);
  const host = match?.[1] ?? match?.[2] ?? "";
  const port = match?.[3] === undefined || match[3] === "" ? SYSLOG_PORT : Number(match[3]);
  if (port < 1 || port > 65_535) {
    diagnostics.error(word, `log : invalid port '${match?.[3]}'`);
    return undefined;
  }
  const address = SocketAddress.fromHost(host, port) ?? lookupHost(host, port);
  if (address === undefined) {
    diagnostics.error(
      word,
      `log : invalid address: '${host}' in '${text}'`,
      "Check the name, or write an address",
    );
    return undefined;
  }
  return { kind: "datagram", address };
}
