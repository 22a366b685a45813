import { Region } from "../sys/region.ts";
import { AddressFamily } from "../sys/socket-address.ts";
import type { LogEnvironment } from "./environment.ts";
import type { LogFormat } from "./format.ts";
import { LogLevel } from "./level.ts";
import { LineWriter } from "./line-writer.ts";
import type { LogRecord, RecordNeeds } from "./record.ts";
import type { LogSink, SinkSource } from "./sink.ts";
import { type HeaderSettings, showsMilliseconds, syslogHeader } from "./syslog-header.ts";
import { isSampled, type LogTarget, SyslogFormat } from "./target.ts";

/** Room in front of a message for its header and structured data. */
const HEADER_SIZE = 4096;
/** The longest line that `len` allows. */
export const LINE_SIZE_MAX = 65535;
const NEW_LINE = 0x0a;
const LETTER_L = 0x4c;
const DASH = 0x2d;
const SERVER_ERRORS = 500;

/** What the configuration says of a proxy's log. */
export interface LoggerSettings {
  readonly targets: readonly LogTarget[];
  readonly tag: string;
  /** `log-send-hostname`; undefined when headers carry no host name. */
  readonly hostName: string | undefined;
  /** The format of lines; null announces connections at their accept instead. */
  readonly format: LogFormat | null;
  /** `log-format-sd`; null writes `-`. */
  readonly structuredData: LogFormat | null;
  /** `error-log-format`; null for the fixed form of handshakes and the common one of requests. */
  readonly errorFormat: LogFormat | null;
  readonly isHttp: boolean;
  /** `option logasap`. */
  readonly isAsSoonAsPossible: boolean;
  /** `option dontlognull`. */
  readonly skipsNull: boolean;
  /** `option dontlog-normal`. */
  readonly skipsNormal: boolean;
  /** `option log-separate-errors`. */
  readonly separatesErrors: boolean;
}

/** What the loggers of one thread share. Lines are written one at a time, so one buffer is enough. */
export class LogContext {
  readonly environment: LogEnvironment;
  readonly sinks: SinkSource;
  /** Wall clock in milliseconds; whole. */
  readonly dateMs: () => number;
  readonly region = new Region(HEADER_SIZE + LINE_SIZE_MAX + 1);
  /** The message; the header of each target is put in front of it. */
  readonly message: LineWriter;
  readonly structuredData: LineWriter;
  /** The header that stands right in front of the message; empty when none does. */
  standingHeader = "";

  constructor(environment: LogEnvironment, sinks: SinkSource, dateMs: () => number) {
    this.environment = environment;
    this.sinks = sinks;
    this.dateMs = dateMs;
    const { bytes } = this.region;
    this.message = new LineWriter(bytes, HEADER_SIZE, LINE_SIZE_MAX, environment);
    const own = new Uint8Array(HEADER_SIZE);
    this.structuredData = new LineWriter(own, 0, HEADER_SIZE / 2, environment);
  }
}

/** A target with its sink and the header it last sent. */
class OpenTarget {
  readonly target: LogTarget;
  readonly sink: LogSink;
  readonly header: HeaderSettings;
  readonly isSplitSecond: boolean;
  headerText = "";
  headerStamp = -1;
  headerLevel = -1;
  lineCount = 0;

  constructor(target: LogTarget, sink: LogSink, settings: LoggerSettings) {
    this.target = target;
    this.sink = sink;
    // A ring has one format, whoever writes to it.
    const own = target.destination.kind === "ring" ? target.destination.ring?.format : undefined;
    const format =
      own ??
      target.format ??
      (settings.hostName === undefined ? SyslogFormat.LOCAL : SyslogFormat.RFC3164);
    const { tag, hostName } = settings;
    this.header = { format, facility: target.facility, tag, hostName };
    this.isSplitSecond = showsMilliseconds(format);
  }
}

/**
 * Writes the lines of one proxy on one thread: one per exchange, and messages of the program about
 * the proxy. A line goes out at once; what the system refuses is dropped and counted.
 */
export class Logger implements RecordNeeds {
  readonly settings: LoggerSettings;
  readonly #context: LogContext;
  readonly #targets: readonly OpenTarget[];
  #lineCount = 0;
  /** True when a line holds an expression, which has to see the stream. */
  readonly needsView: boolean;
  /** The same for lines of clients that were refused before there was a stream. */
  readonly needsEarlyView: boolean;
  /** True when a line tells our own address towards the server. */
  readonly needsSource: boolean;
  /** True when a line tells where the client connected to. */
  readonly needsDestination: boolean;

  constructor(settings: LoggerSettings, context: LogContext) {
    this.settings = settings;
    this.#context = context;
    this.#targets = settings.targets.map(
      (target) => new OpenTarget(target, context.sinks.open(target.destination), settings),
    );
    const { format, structuredData, errorFormat } = settings;
    const usual = this.isSilent ? [] : [format, structuredData];
    const all = this.isSilent ? [] : [format, structuredData, errorFormat];
    this.needsView = usual.some((line) => line?.needsView === true);
    this.needsEarlyView = all.some((line) => line?.needsView === true);
    this.needsSource = all.some((line) => line?.needsSource === true);
    this.needsDestination = all.some((line) => line?.needsDestination === true);
  }

  /** True when nothing is logged, so that nobody need fill a record. */
  get isSilent(): boolean {
    return this.#targets.length === 0;
  }

  /** True when {@link logConnect} is to be called at the accept of each connection. */
  get logsConnects(): boolean {
    return this.settings.format === null && this.#targets.length > 0;
  }

  /**
   * True when `log` is to be called before the end of the exchange: once the server's head is
   * there, or in TCP mode once the server is connected. All its lines have `isPartial` set.
   */
  get isAsSoonAsPossible(): boolean {
    return this.settings.isAsSoonAsPossible && this.settings.format !== null;
  }

  /**
   * Writes the line of an exchange, unless an option leaves it out.
   *
   * @hot
   */
  log(record: LogRecord, isEarly = false): void {
    this.#write(record, this.settings.format, isEarly);
  }

  /** Writes the line of a client that was refused before there was a stream. */
  logEarlyEnd(record: LogRecord): void {
    this.#write(record, this.settings.errorFormat ?? this.settings.format);
  }

  /** @hot */
  #write(record: LogRecord, format: LogFormat | null, isEarly = false): void {
    const { structuredData } = this.settings;
    if (format === null || this.#targets.length === 0) return;
    // The client said nothing; a server that spoke first makes no difference. Early nobody can tell.
    if (this.settings.skipsNull && record.bytesIn === 0 && !isEarly) return;
    const isErroneous = hasErred(record);
    if (this.settings.skipsNormal && !isErroneous) return;
    record.logCount = this.#lineCount++;
    // The sign tells that the frontend logs early, not that this line did.
    record.isPartial = this.settings.isAsSoonAsPossible;
    const { message } = this.#context;
    message.restart();
    format.write(message, record);
    const data = this.#context.structuredData;
    data.restart();
    if (structuredData !== null) structuredData.write(data, record);
    const usual = this.settings.separatesErrors && isErroneous ? LogLevel.ERROR : LogLevel.INFO;
    this.#send(record.level === -1 ? usual : record.level);
  }

  /**
   * Writes the line that the default format has for an accepted connection.
   *
   * Source: HAProxy configuration manual, section 8.2.1.
   */
  logConnect(record: LogRecord): void {
    if (!this.logsConnects) return;
    const { message } = this.#context;
    message.restart();
    const isUnix = record.client.family === AddressFamily.UNIX;
    message.text(isUnix ? "Connect to " : "Connect from ");
    if (!isUnix) {
      message.address(record.client, 0);
      message.text(`:${record.client.port} to `);
    }
    message.address(record.listener, 0);
    message.text(`:${isUnix ? record.listenerId : record.listener.port} (`);
    message.text(`${record.frontendName}/${this.settings.isHttp ? "HTTP" : "TCP"})`);
    this.#context.structuredData.restart();
    this.#send(LogLevel.INFO);
  }

  /**
   * Writes the line of a connection that failed before its first exchange: a handshake, a PROXY
   * protocol header.
   *
   * Source: HAProxy configuration manual, section 8.2.5.
   *
   * @param text - Such as `Connection error during SSL handshake`.
   */
  logRefused(record: LogRecord, text: string): void {
    if (this.#targets.length === 0) return;
    if (this.settings.errorFormat !== null) {
      this.#write(record, this.settings.errorFormat);
      return;
    }
    if (this.settings.skipsNull && record.bytesIn === 0) return;
    const { message, environment } = this.#context;
    message.restart();
    message.address(record.client, 0);
    message.text(`:${record.client.port} [`);
    message.text(environment.dates.local.of(Math.floor(record.acceptDateMs / 1000)));
    message.text(".");
    message.padded(record.acceptDateMs % 1000, 3);
    const bindName = record.listenerName === "" ? String(record.listenerId) : record.listenerName;
    message.text(`] ${record.frontendName}/${bindName}: ${text}`);
    this.#context.structuredData.restart();
    this.#send(this.settings.separatesErrors ? LogLevel.ERROR : LogLevel.INFO);
  }

  /** Writes a message of the program about this proxy, such as a server's change of state. */
  message(level: LogLevel, text: string): void {
    if (this.#targets.length === 0) return;
    const { message } = this.#context;
    message.restart();
    message.text(text);
    this.#context.structuredData.restart();
    this.#send(level);
    // The process may be about to end, or to change its root.
    for (const { sink } of this.#targets) sink.flush();
  }

  /** Sends the lines of all loggers that wait for the end of the turn. */
  flush(): void {
    this.#context.sinks.flush();
  }

  /** @hot */
  #send(level: number): void {
    const targets = this.#targets;
    for (let index = 0; index < targets.length; index++) {
      const open = targets[index]!;
      if (level > open.target.levelMax) continue;
      const { sample } = open.target;
      if (sample !== undefined && !isSampled(sample, open.lineCount++)) continue;
      this.#sendTo(open, level < open.target.levelMin ? open.target.levelMin : level);
    }
  }

  /**
   * Puts the header right in front of the message, ends the line where the target's length cuts it,
   * and sends both in one piece.
   *
   * @hot
   */
  #sendTo(open: OpenTarget, level: number): void {
    const { region, message, structuredData, sinks } = this.#context;
    const header = this.#headerOf(open, level);
    const hasData = open.header.format === SyslogFormat.RFC5424;
    const dataSize = hasData ? structuredData.end : 0;
    const prefixSize = header.length + (hasData ? (dataSize === 0 ? 1 : dataSize) + 1 : 0);
    const { bytes } = region;
    const start = message.start - prefixSize;
    if (hasData) this.#placeData(this.#placeHeader(header, start, false), dataSize);
    else this.#placeHeader(header, start, true);

    const { sizeMax } = open.target;
    const end = message.end - start > sizeMax ? start + sizeMax : message.end;
    const replaced = bytes[end]!;
    bytes[end] = NEW_LINE;
    if (open.sink.send(region, start, end + 1 - start) < 0) sinks.countDropped(1);
    bytes[end] = replaced;
  }

  /**
   * Writes a header and returns where it ends. Lines of one target follow each other: mostly that of
   * the last line still stands there.
   *
   * @hot
   */
  #placeHeader(header: string, start: number, mayStand: boolean): number {
    const context = this.#context;
    if (context.standingHeader === header) return start + header.length;
    const { bytes } = context.region;
    for (let index = 0; index < header.length; index++) {
      bytes[start + index] = header.charCodeAt(index);
    }
    context.standingHeader = mayStand ? header : "";
    return start + header.length;
  }

  /** @hot */
  #placeData(start: number, size: number): void {
    const { region, structuredData } = this.#context;
    const { bytes } = region;
    let at = start;
    if (size === 0) bytes[at++] = DASH;
    for (let index = 0; index < size; index++) bytes[at++] = structuredData.bytes[index]!;
    bytes[at] = 0x20;
  }

  /** @hot */
  #headerOf(open: OpenTarget, level: number): string {
    const dateMs = this.#context.dateMs();
    const stamp = open.isSplitSecond ? dateMs : Math.floor(dateMs / 1000);
    if (open.headerStamp !== stamp || open.headerLevel !== level) {
      open.headerText = syslogHeader(open.header, level, dateMs, this.#context.environment);
      open.headerStamp = stamp;
      open.headerLevel = level;
    }
    return open.headerText;
  }
}

/**
 * True when something went wrong: an error, a timeout, a retry, a redispatch or a status of 5xx.
 * What the proxy answered by itself, as it was told to, is no error.
 *
 * Source: HAProxy configuration manual, sections 8.3.3 and 8.3.4.
 *
 * @hot
 */
export function hasErred(record: LogRecord): boolean {
  return (
    record.isRedispatched ||
    record.retries > 0 ||
    record.status >= SERVER_ERRORS ||
    (record.terminationCause !== DASH && record.terminationCause !== LETTER_L)
  );
}
