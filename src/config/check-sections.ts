import type { Diagnostics } from "./diagnostics.ts";
import { type ConfigDraft, hasFrontend, type SectionDraft } from "./draft.ts";
import { addLegacyBind, isListenAddress, titleOf } from "./section-opener.ts";

/** The number of the first proxy; the reference keeps the ones below for itself. */
const FIRST_ID = 2;

/** Judges what only all sections together show, and gives each proxy its number. */
export function checkSections(draft: ConfigDraft, diagnostics: Diagnostics): void {
  for (const section of draft.proxies) addNamedAddress(section, diagnostics);
  // After an error the missing line may well be the one that could not be read.
  if (diagnostics.errorCount === 0) {
    for (const section of draft.proxies) warnUnbound(section, diagnostics);
  }
  numberProxies(draft.proxies, diagnostics);
}

/** `listen ADDRESS:PORT` without a name listens there; a `bind` line of its own goes first. */
function addNamedAddress(section: SectionDraft, diagnostics: Diagnostics): void {
  const isAddress = section.kind === "listen" && isListenAddress(section.name.text);
  if (isAddress && section.binds.length === 0) addLegacyBind(section, section.name, diagnostics);
}

function warnUnbound(section: SectionDraft, diagnostics: Diagnostics): void {
  if (!hasFrontend(section.kind) || section.isDisabled || section.binds.length > 0) return;
  diagnostics.warn(
    section.name,
    `${titleOf(section)} has no 'bind' directive. Please declare it as a backend if this was intended.`,
  );
}

function numberProxies(proxies: readonly SectionDraft[], diagnostics: Diagnostics): void {
  const owners = new Map<number, SectionDraft>();
  for (const section of proxies) {
    if (section.id === 0) continue;
    const owner = owners.get(section.id);
    if (owner === undefined) {
      owners.set(section.id, section);
      continue;
    }
    const { place } = owner;
    diagnostics.error(
      section.used.get("id"),
      `${titleOf(section)} reuses same custom id as ${titleOf(owner)} (declared at ${place.source.path}:${place.line}).`,
    );
  }
  let next = FIRST_ID;
  for (const section of proxies) {
    if (section.id !== 0) continue;
    while (owners.has(next)) next++;
    section.id = next;
    owners.set(next, section);
  }
}
