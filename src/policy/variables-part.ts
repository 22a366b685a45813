import type { Diagnostics } from "../config/diagnostics.ts";
import { definePart } from "../config/part.ts";
import type { Word } from "../config/word.ts";
import { NO_VARIABLE_LIMITS, type VariableLimits } from "./variable-budget.ts";

/** The scopes that have a limit, the widest first: each holds what those behind it take. */
const LIMITED_SCOPES = ["all", "process", "session", "transaction", "requestResponse"] as const;
/** A scope that has a limit. */
export type LimitedScope = (typeof LIMITED_SCOPES)[number];

/** A variable of the process that the global section sets. */
export interface GlobalVariable {
  readonly name: Word;
  /** The expression, or the format. */
  readonly value: Word;
  readonly isFormat: boolean;
}

/** What the global section says of variables. */
export const VARIABLES = definePart("variables", () => ({
  /** `tune.vars.*`, with the keyword that set each. */
  limits: new Map<LimitedScope, { readonly at: Word; readonly size: number }>(),
  /** `set-var` and `set-var-fmt`, in order. */
  set: [] as GlobalVariable[],
}));

/** Makes the limits of what was written; warns of one that a wider scope never lets be reached. */
export function compileVariableLimits(
  { limits }: ReturnType<typeof VARIABLES.create>,
  diagnostics: Diagnostics,
): VariableLimits {
  const sizes: Record<LimitedScope, number> = { ...NO_VARIABLE_LIMITS };
  let least: { readonly at: Word; readonly size: number } | null = null;
  for (const scope of LIMITED_SCOPES) {
    const limit = limits.get(scope);
    if (limit === undefined || limit.size === 0) continue;
    sizes[scope] = limit.size;
    if (least !== null && limit.size > least.size) {
      diagnostics.warn(
        limit.at,
        `'${limit.at.text}' is ${limit.size} bytes, of which no more than ${least.size} can be used: '${least.at.text}' counts them, too.`,
        "lower it, or raise the limit of the wider scope",
      );
    } else least = limit;
  }
  return sizes;
}
