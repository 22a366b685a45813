import type { BindOption, Keyword, ServerOption } from "./keyword.ts";

/** All declarations that a configuration is read with: the registries, or a test's own. */
export interface Language {
  readonly keywords: readonly Keyword[];
  readonly serverOptions: readonly ServerOption[];
  readonly bindOptions: readonly BindOption[];
}
