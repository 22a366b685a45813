import { definePart } from "../config/part.ts";
import type { LogRings } from "./compile-rings.ts";
import type { LogEnvironment } from "./environment.ts";
import { Ring } from "./ring.ts";
import { syslogHeader } from "./syslog-header.ts";
import { SyslogFormat } from "./target.ts";

/** What the ring of the program's own is called, and its size. */
const OWN_RING = "buf0";
const OWN_RING_SIZE = 1024 * 1024;
/** Events of the program count as the gravest, from nobody in particular. */
const LEVEL = 0;
const FACILITY = 0;

/** Where events for developers go, one line each. */
export type EventSink = (text: string, dateMs: number) => void;

/** The rings and the standard streams, by the names that configurations give them. */
export class EventSinks {
  readonly #rings: LogRings;
  readonly #environment: LogEnvironment;

  constructor(rings: LogRings, environment: LogEnvironment) {
    this.#rings = rings;
    this.#environment = environment;
  }

  get names(): string[] {
    return ["stdout", "stderr", OWN_RING, ...this.#rings.byName.keys()];
  }

  /** Finds one by its name; the program's own ring is made when it is first asked for. */
  find(name: string): EventSink | undefined {
    if (name === "stdout") return (text) => void process.stdout.write(`${text}\n`, "latin1");
    if (name === "stderr") return (text) => void process.stderr.write(`${text}\n`, "latin1");
    const ring = this.#rings.byName.get(name) ?? (name === OWN_RING ? this.#makeOwn() : undefined);
    return ring === undefined ? undefined : (text, dateMs) => this.#add(ring, text, dateMs);
  }

  #makeOwn(): Ring {
    const ring = new Ring({
      name: OWN_RING,
      description: "in-memory ring buffer",
      format: SyslogFormat.TIMED,
      eventSizeMax: OWN_RING_SIZE,
      size: OWN_RING_SIZE,
    });
    this.#rings.byName.set(OWN_RING, ring);
    return ring;
  }

  #add(ring: Ring, text: string, dateMs: number): void {
    const line = Buffer.from(`${this.#headerFor(ring.format, dateMs)}${text}`, "latin1");
    ring.add(line, 0, line.length);
  }

  /** The formats of logs name a program and its process, which events do not have. */
  #headerFor(format: SyslogFormat, dateMs: number): string {
    const settings = { format, facility: FACILITY, tag: "-", hostName: undefined };
    const header = syslogHeader(settings, LEVEL, dateMs, this.#environment);
    switch (format) {
      case SyslogFormat.LOCAL:
      case SyslogFormat.RFC3164:
        return header.replace(/-\[\d+\]: $/, "");
      case SyslogFormat.RFC5424:
        return header.replace(/\d+ - $/, "- - - ");
      default:
        return header;
    }
  }
}

/** The sinks of a configuration; null where expressions are compiled for nobody to run. */
export const EVENT_SINKS = definePart<{ sinks: EventSinks | null }>("event sinks", () => ({
  sinks: null,
}));
