import type { Backend } from "../balance/backend.ts";
import type { Diagnostics } from "../config/diagnostics.ts";
import type { SectionDraft } from "../config/draft.ts";
import { CookiePersistence, type WallClock } from "./cookie-persistence.ts";
import { COOKIE_SETTINGS, DYNAMIC_COOKIE_KEY } from "./cookie-settings.ts";
import { Persistence } from "./persistence.ts";
import { PROXY_OPTIONS } from "./proxy-options.ts";
import { RDP_PERSISTENCE, RdpPersistence } from "./rdp-persistence.ts";

/** Compiles how a section binds clients to servers; null when it does not. */
export function compilePersistence(
  draft: SectionDraft,
  backend: Backend,
  clock: WallClock,
  diagnostics: Diagnostics,
): Persistence | null {
  compileDynamicCookies(draft, backend, diagnostics);
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
  return new Persistence(new CookiePersistence({ ...settings }, backend.servers, clock, persists));
}

/** Makes the cookies of servers that have none, where the section asks for it. */
function compileDynamicCookies(
  draft: SectionDraft,
  backend: Backend,
  diagnostics: Diagnostics,
): void {
  const { key } = draft.part(DYNAMIC_COOKIE_KEY);
  const { dynamicCookies } = backend;
  if (key !== "") dynamicCookies.setKey(key);
  if (!draft.part(COOKIE_SETTINGS).isDynamic) return;
  dynamicCookies.enable();
  if (key === "") {
    diagnostics.warn(
      draft.used.get("cookie"),
      "'cookie' : 'dynamic' makes no cookie without a 'dynamic-cookie-key'.",
      "Add dynamic-cookie-key <secret>, or set one with the runtime API",
    );
    return;
  }
  const twins = dynamicCookies.findTwins();
  if (twins === undefined) return;
  diagnostics.warn(
    draft.used.get("dynamic-cookie-key"),
    `We generated two equal cookies for two different servers: '${twins[0].name}' and '${twins[1].name}'. ` +
      `Please change the secret key for '${draft.name.text}'.`,
    "Servers of the same address need a cookie of their own: server ... cookie <value>",
  );
}

/** Compiles how a section of TCP binds clients of terminal servers; null when it does not. */
export function compileRdpPersistence(
  draft: SectionDraft,
  backend: Backend,
  diagnostics: Diagnostics,
): RdpPersistence | null {
  const { name } = draft.part(RDP_PERSISTENCE);
  if (name === "") return null;
  const { isHttp, persists } = draft.part(PROXY_OPTIONS);
  if (!isHttp) return new RdpPersistence(name, backend.servers, persists);
  diagnostics.warn(
    draft.used.get("persist"),
    `persist rdp-cookie will be ignored for ${draft.kind} '${draft.name.text}' (needs 'mode tcp').`,
    "write 'mode tcp', or remove the line",
  );
  return null;
}
