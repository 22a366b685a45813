import { existsSync } from "node:fs";
import type { Diagnostics } from "../../config/diagnostics.ts";
import { defineKeyword, defineServerOption } from "../../config/keyword.ts";
import { SOURCE, type SourceSettings, sourceArgument } from "../server-source.ts";

const SUMMARY = "Chooses the address, and maybe the port and interface, that connections come from";

/** `source` of a backend. */
export const source = defineKeyword({
  name: "source",
  sections: ["defaults", "listen", "backend"],
  summary: `${SUMMARY}; for all servers`,
  source: "HAProxy configuration manual, section 4.2, source",
  args: [sourceArgument(false)],
  apply(draft, [settings], _at, diagnostics) {
    warnOfInterface(settings, diagnostics);
    draft.part(SOURCE).source = settings;
  },
});

/** `source` of a server. */
export const serverSource = defineServerOption({
  name: "source",
  summary: SUMMARY,
  source: "HAProxy configuration manual, section 5.2",
  args: [sourceArgument(true)],
  apply(server, [settings], _at, diagnostics) {
    warnOfInterface(settings, diagnostics);
    server.part(SOURCE).source = settings;
  },
});

function warnOfInterface({ at, interfaceName }: SourceSettings, diagnostics: Diagnostics): void {
  if (interfaceName === "" || existsSync(`/sys/class/net/${interfaceName}`)) return;
  const message = `'source' : there is no interface '${interfaceName}' now: connections fail until there is.`;
  diagnostics.warn(at, message, "See: ip link");
}
