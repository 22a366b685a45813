import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";
import type { SlotSettings } from "./captures.ts";

/** Whose slots a rule means. */
export type CaptureSide = "request" | "response";

/** A slot that a rule makes for itself; it has its number once the section is compiled. */
export interface OwnSlot {
  index: number;
}

interface CaptureUse {
  readonly side: CaptureSide;
  readonly slot: number;
  readonly at: Word;
}

/** What the rules of one frontend say of its captures. */
export class SectionCaptures {
  readonly #own: { readonly settings: SlotSettings; readonly slot: OwnSlot }[] = [];
  /** Expressions of rules on content that look at what the client sends. */
  readonly awaited: Word[] = [];
  /** Slots that rules name by number. */
  readonly uses: CaptureUse[] = [];

  /** A rule makes a slot for a part of the request. */
  reserve(size: number, at: Word): OwnSlot {
    const slot = { index: -1 };
    this.#own.push({ settings: { name: null, size, line: at.line }, slot });
    return slot;
  }

  /** Numbers the slots of the request in the order of their lines: those of keywords, and those of rules. */
  number(declared: readonly SlotSettings[]): SlotSettings[] {
    const all = [...declared, ...this.#own.map(({ settings }) => settings)];
    all.sort((one, other) => one.line - other.line);
    for (const { settings, slot } of this.#own) slot.index = all.indexOf(settings);
    return all;
  }
}

/** What the rules of all frontends say of captures, by the name of the section. */
export class RuleCaptures {
  readonly #sections = new Map<string, SectionCaptures>();

  of(sectionName: string): SectionCaptures {
    const known = this.#sections.get(sectionName);
    if (known !== undefined) return known;
    const made = new SectionCaptures();
    this.#sections.set(sectionName, made);
    return made;
  }
}

/** The part of a configuration's policy that holds it. */
export const RULE_CAPTURES = definePart("rule captures", () => new RuleCaptures());
