import type { Diagnostics } from "./diagnostics.ts";
import { BindDraft, type SectionDraft } from "./draft.ts";
import type { BindOption } from "./keyword.ts";
import type { OptionIndex } from "./option-index.ts";
import { partOfWord, type Word } from "./word.ts";
import { WordReader } from "./word-reader.ts";

/** Reads a `bind` line (manual section 5.1). */
export function readBindLine(
  words: readonly Word[],
  section: SectionDraft,
  options: OptionIndex<BindOption>,
  diagnostics: Diagnostics,
): void {
  const at = words[0]!;
  const address = words[1];
  if (address === undefined || address.text === "") {
    diagnostics.error(
      at,
      "'bind' expects {<path>|[addr1]:port1[-end1]}{,[addr]:port[-end]}... as arguments.",
      "Write it as: bind :80",
    );
    return;
  }
  const addresses = splitAddresses(address);
  const empty = addresses.find((part) => part.text === "");
  if (empty !== undefined) {
    const message = "'bind' : '' resolves to an empty address (environment variable missing?)";
    diagnostics.error(address, message);
    return;
  }
  const bind = new BindDraft(addresses, section, at);
  section.binds.push(bind);
  const line = `'bind ${address.text}' in section '${section.kind}'`;
  const reader = new WordReader(words, 2, at, at.text);
  options.readAll(reader, line, diagnostics, (option, values, word) => {
    bind.used.set(option.name, word);
    option.apply(bind, values, word, diagnostics);
    return true;
  });
}

/** Cuts a list of addresses at its commas. */
export function splitAddresses(word: Word): Word[] {
  const parts: Word[] = [];
  let start = 0;
  for (const text of word.text.split(",")) {
    parts.push(partOfWord(word, start, start + text.length));
    start += text.length + 1;
  }
  return parts;
}
