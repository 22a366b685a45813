import type { Server } from "../balance/server.ts";
import type { Diagnostics } from "../config/diagnostics.ts";
import type { SectionDraft } from "../config/draft.ts";
import { CookiePersistence } from "./cookie-persistence.ts";
import { COOKIE_SETTINGS } from "./cookie-settings.ts";
import { Persistence } from "./persistence.ts";
import { PROXY_OPTIONS } from "./proxy-options.ts";

/** Compiles how a section binds clients to servers; null when it does not. */
export function compilePersistence(
  draft: SectionDraft,
  servers: readonly Server[],
  diagnostics: Diagnostics,
): Persistence | null {
  const settings = draft.part(COOKIE_SETTINGS);
  if (settings.name === "") return null;
  const { isHttp, persists } = draft.part(PROXY_OPTIONS);
  if (!isHttp) {
    diagnostics.warn(
      draft.name,
      `cookie will be ignored for ${draft.kind} '${draft.name.text}' (needs 'mode http')`,
      "write 'mode http', or remove the cookie",
    );
    return null;
  }
  const cookies = servers.map((server) => server.cookie);
  return new Persistence(new CookiePersistence({ ...settings }, cookies), persists);
}
