import type { Language } from "../config/language.ts";
import { logFields } from "../log/format.ts";
import { BIND_OPTIONS } from "../registry/bind-options.ts";
import { KEYWORDS } from "../registry/keywords.ts";
import { LOG_FIELDS } from "../registry/log-fields.ts";
import { SERVER_OPTIONS } from "../registry/server-options.ts";

/** The whole language of the configuration, as it is built. */
export const LANGUAGE: Language = {
  keywords: KEYWORDS,
  serverOptions: SERVER_OPTIONS,
  bindOptions: BIND_OPTIONS,
};

/** Every variable of log formats, by its name. */
export const FIELDS = logFields(LOG_FIELDS);
