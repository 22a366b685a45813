import type { Diagnostics } from "../config/diagnostics.ts";
import type { SectionDraft } from "../config/draft.ts";
import { StatsPage, type StatsSource } from "./stats-page.ts";
import { STATS } from "./stats-part.ts";

/** What texts the keywords without an argument stand for. */
export interface StatsNames {
  /** `node` of the global section, or the host's name. */
  readonly node: string;
  /** `description` of the section or of the global one, or the empty text. */
  readonly description: string;
}

/** Compiles a section's statistics page; null when it has none. */
export function compileStatsPage(
  draft: SectionDraft,
  isHttp: boolean,
  names: StatsNames,
  source: StatsSource,
  diagnostics: Diagnostics,
): StatsPage | null {
  if (!draft.has(STATS)) return null;
  const { kind, name } = draft;
  if (!isHttp) {
    const side = kind === "listen" ? "proxy" : kind;
    diagnostics.warn(
      name,
      `'stats' statement ignored for ${side} '${name.text}' as it requires HTTP mode.`,
    );
    return null;
  }
  const part = draft.part(STATS);
  const settings = {
    ...part,
    node: part.node === "" ? names.node : (part.node ?? ""),
    description: part.description === "" ? names.description : (part.description ?? ""),
  };
  return new StatsPage(settings, name.text, source);
}
