import type { Diagnostics } from "./diagnostics.ts";
import { definePart } from "./part.ts";
import type { Word } from "./word.ts";

/** Where `expose-experimental-directives` stands; null without it. */
export const EXPERIMENTAL = definePart<{ at: Word | null }>("experimental", () => ({ at: null }));

/** Reports a word that is experimental, unless the file has allowed such words before it. */
export function allowsExperimental(
  exposed: Word | null,
  at: Word,
  what: string,
  diagnostics: Diagnostics,
): boolean {
  const isBefore = exposed !== null && !(exposed.source === at.source && exposed.line > at.line);
  if (isBefore) return true;
  diagnostics.error(
    at,
    `${what} is experimental, must be allowed via a global 'expose-experimental-directives'.`,
    exposed === null
      ? 'write "expose-experimental-directives" in the global section'
      : `it stands behind, in line ${exposed.line}: move the global section to the front`,
  );
  return false;
}
