import type { Diagnostics } from "../config/diagnostics.ts";
import type { ConfigDraft, SectionDraft } from "../config/draft.ts";
import { nearestWord } from "../config/nearest-word.ts";
import type { Word } from "../config/word.ts";
import type { Thread } from "../net/thread.ts";
import { GLOBAL_TARGETS, LOG } from "./log-part.ts";
import { Ring } from "./ring.ts";
import { RingForwarder } from "./ring-forwarder.ts";
import { RING } from "./ring-part.ts";
import type { RingDestination } from "./target.ts";

/** The rings of a configuration, by name. */
export class LogRings {
  readonly byName = new Map<string, Ring>();
  readonly #forwarders: RingForwarder[] = [];

  /** Compiles the `ring` sections, and gives `log` lines the rings that they name. */
  static compile(config: ConfigDraft, thread: Thread, diagnostics: Diagnostics): LogRings {
    const rings = new LogRings();
    for (const section of config.rings) rings.#add(section, thread, diagnostics);
    const reported = new Set<Word>();
    for (const section of [config.global, ...config.defaults, ...config.proxies]) {
      for (const target of section.part(LOG).targets) {
        if (target === GLOBAL_TARGETS || target.destination.kind !== "ring") continue;
        rings.#link(target.destination, reported, diagnostics);
      }
    }
    return rings;
  }

  /** @param reported - Names that were reported: what is inherited is one line. */
  #link(destination: RingDestination, reported: Set<Word>, diagnostics: Diagnostics): void {
    const name = destination.name.text.replace("ring@", "");
    destination.ring ??= this.byName.get(name) ?? null;
    if (destination.ring !== null || reported.has(destination.name)) return;
    reported.add(destination.name);
    const near = nearestWord(name, [...this.byName.keys()]);
    diagnostics.error(
      destination.name,
      `log : no 'ring' section is named '${name}'`,
      near === undefined ? `declare it: ring ${name}` : `did you mean "ring@${near}"?`,
    );
  }

  #add(section: SectionDraft, thread: Thread, diagnostics: Diagnostics): void {
    const name = section.name.text;
    const part = section.part(RING);
    const { format, size, connectTimeoutMs, serverTimeoutMs, servers } = part;
    if (part.eventSizeMax > size) {
      diagnostics.warn(
        section.used.get("maxlen"),
        `ring '${name}' event max length '${part.eventSizeMax}' exceeds size, forced to size '${size}'.`,
      );
    }
    if (servers.length > 0 && (connectTimeoutMs === 0 || serverTimeoutMs === 0)) {
      diagnostics.warn(
        section.name,
        `missing timeouts for ring '${name}'. Without them, a log server that hangs holds the ring`,
        "set 'timeout connect' and 'timeout server'",
      );
    }
    const ring = new Ring({
      name,
      description: section.description === "" ? name : section.description,
      format,
      eventSizeMax: part.eventSizeMax === 0 ? size : part.eventSizeMax,
      size,
    });
    this.byName.set(name, ring);
    for (const { address, framing } of servers) {
      const settings = { address, framing, connectTimeoutMs, sendTimeoutMs: serverTimeoutMs };
      this.#forwarders.push(new RingForwarder(thread, ring, settings));
    }
  }

  /** Connects to the log servers. */
  start(): void {
    for (const forwarder of this.#forwarders) forwarder.start();
  }
}
