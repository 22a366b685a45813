import { HEALTH } from "../balance/health-part.ts";
import type { TrackingSection } from "../balance/link-tracks.ts";
import type { Diagnostics } from "../config/diagnostics.ts";
import { HTTP_CHECK } from "./http-check-part.ts";

/**
 * Reports servers that track one whose section treats an answer of 404 in another way: the one would
 * take streams that the other does not.
 *
 * Source: HAProxy configuration manual, section 5.2, track.
 */
export function judgeTracks(sections: readonly TrackingSection[], diagnostics: Diagnostics): void {
  for (const { draft, backend } of sections) {
    for (const [index, server] of backend.servers.entries()) {
      const { tracked } = server;
      if (tracked === null) continue;
      const other = sections.find((section) => section.backend === tracked.backend)!;
      const isSame =
        draft.part(HTTP_CHECK).disablesOn404 === other.draft.part(HTTP_CHECK).disablesOn404;
      if (isSame) continue;
      diagnostics.error(
        draft.servers[index]!.part(HEALTH).tracks ?? draft.name,
        `'server ${server.path}' : unable to use ${tracked.path} for tracking: disable-on-404 option inconsistency.`,
        "write 'http-check disable-on-404' in both sections, or in none",
      );
    }
  }
}
