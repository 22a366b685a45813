import type { Diagnostics } from "../config/diagnostics.ts";
import type { SectionDraft } from "../config/draft.ts";
import { nearestWord } from "../config/nearest-word.ts";
import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";
import { CUSTOM_ANSWERS, WholeMessage } from "./custom-answers.ts";
import type { ErrorMessage } from "./error-file.ts";

/** The messages of one `http-errors` section, by status. */
export type ErrorGroup = ReadonlyMap<number, ErrorMessage>;

/**
 * The `http-errors` sections of a configuration.
 *
 * Source: HAProxy configuration manual, section 3.8.
 */
export class ErrorGroups {
  readonly #groups = new Map<string, ErrorGroup>();

  add(draft: SectionDraft): void {
    const messages = new Map<number, ErrorMessage>();
    for (const line of draft.part(CUSTOM_ANSWERS).lines) {
      if (line instanceof WholeMessage) messages.set(line.status, line.message);
    }
    this.#groups.set(draft.name.text, messages);
  }

  /** Finds a section by name; reports one that is not there and gives undefined. */
  find(name: Word, sectionName: string, diagnostics: Diagnostics): ErrorGroup | undefined {
    const group = this.#groups.get(name.text);
    if (group !== undefined) return group;
    const near = nearestWord(name.text, [...this.#groups.keys()]);
    diagnostics.error(
      name,
      `proxy '${sectionName}': unknown http-errors section '${name.text}'.`,
      near === undefined ? `declare it: http-errors ${name.text}` : `did you mean "${near}"?`,
    );
    return undefined;
  }
}

/** Where the compiler of a configuration keeps them. */
export const ERROR_GROUPS = definePart("http-errors", () => ({ groups: new ErrorGroups() }));
