import type { Ring, RingReader } from "../../log/ring.ts";
import { type Answer, defineCommand, type LiveAnswer, refuse } from "../command.ts";

const HEAD = "Supported events sinks are listed below. Add -w(wait), -n(new). Any key to stop\n";

/** Lists the rings, or tells what one of them holds. */
export const showEvents = defineCommand({
  name: "show events",
  usage: "show events [<sink>] [-w] [-n]",
  summary: "show event sink state",
  source: "HAProxy management guide, section 9.3",
  level: "operator",
  run({ words, context }): Answer {
    const [name, ...options] = words;
    if (name === undefined) return listOf(context.rings);
    const ring = context.rings.get(name);
    if (ring === undefined) return refuse("No such event sink");
    let waits = false;
    let isNew = false;
    for (const option of options) {
      if (!/^-(w|n|wn|nw)$/.test(option)) return refuse("unknown option");
      waits ||= option.includes("w");
      isNew ||= option.includes("n");
    }
    const reader = new EventReader(ring, isNew ? ring.end : ring.start);
    return waits ? reader : reader.untilNow();
  },
});

/** The standard streams belong to the list of what events can go to. */
function listOf(rings: ReadonlyMap<string, Ring>): string {
  const line = (name: string, type: string, dropped: number, description: string) =>
    `    ${name.padEnd(10)} : type=${type}, ${dropped} dropped, ${description}\n`;
  const lines = [...rings.values()].map((ring) =>
    line(ring.name, "buffer", ring.droppedCount, ring.description),
  );
  const streams = ["stdout", "stderr"].map((name, index) =>
    line(name, "fd", 0, `standard ${index === 0 ? "output" : "error"} (fd#${index + 1})`),
  );
  return `${HEAD}${streams.join("")}${lines.join("")}`;
}

/** Reads a ring for a session. It never holds the ring: who reads too slowly misses something. */
class EventReader implements LiveAnswer, RingReader {
  readonly isLive = true;
  readonly holds = false;
  position: number;
  readonly #ring: Ring;
  #tell: () => void = () => {};
  #hasTold = false;

  constructor(ring: Ring, position: number) {
    this.#ring = ring;
    this.position = position;
  }

  next(): string | null {
    const event = this.#ring.next(this);
    if (event === null) this.#hasTold = false;
    return event === null ? null : `${event.toString("utf8")}\n`;
  }

  /** What there is, without what comes. */
  *untilNow(): Generator<string> {
    const end = this.#ring.end;
    while (this.position < end) {
      const text = this.next();
      if (text === null) return;
      yield text;
    }
  }

  watch(tell: () => void): void {
    this.#tell = tell;
    this.#ring.attach(this);
  }

  onNews(): void {
    if (this.#hasTold) return;
    this.#hasTold = true;
    this.#tell();
  }

  close(): void {
    this.#ring.detach(this);
  }
}
