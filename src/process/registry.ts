import type { Language } from "../config/language.ts";
import { logFields } from "../log/format.ts";
import type { PolicyDeclarations } from "../policy/compiler.ts";
import { ACTIONS } from "../registry/actions.ts";
import { BIND_OPTIONS } from "../registry/bind-options.ts";
import { CONVERTERS } from "../registry/converters.ts";
import { FETCHES } from "../registry/fetches.ts";
import { KEYWORDS } from "../registry/keywords.ts";
import { LOG_FIELDS } from "../registry/log-fields.ts";
import { MATCHERS } from "../registry/matchers.ts";
import { SERVER_OPTIONS } from "../registry/server-options.ts";

/** The whole language of the configuration, as it is built. */
export const LANGUAGE: Language = {
  keywords: KEYWORDS,
  serverOptions: SERVER_OPTIONS,
  bindOptions: BIND_OPTIONS,
};

/** Everything that expressions and rules are made of. */
export const POLICY: PolicyDeclarations = {
  fetches: FETCHES,
  converters: CONVERTERS,
  matchers: MATCHERS,
  actions: ACTIONS,
};

/** Every variable of log formats, by its name. */
export const FIELDS = logFields(LOG_FIELDS);
