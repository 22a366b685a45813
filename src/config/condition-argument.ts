import { type ConditionResult, evaluateCondition } from "./condition.ts";
import { Diagnostics } from "./diagnostics.ts";
import type { Environment } from "./environment.ts";
import { LineLexer } from "./line-lexer.ts";
import { sourceOf } from "./sources.ts";

/**
 * Evaluates what stands behind `-cc` on the command line. It is read as the rest of an `.if` line:
 * quotes, escapes and variables first, then the condition.
 *
 * @param text - A byte text.
 */
export function evaluateArgument(text: string, environment: Environment): ConditionResult {
  const diagnostics = new Diagnostics();
  // A line ends where the argument does not.
  const source = sourceOf("-cc", `.if ${text.replaceAll("\n", " ")}\n`);
  const scope = { environment, file: "", section: "" };
  const words = new LineLexer(source, 1, scope, diagnostics).read(() => true);
  if (words === undefined) return { error: diagnostics.list[0]!.message, at: 0 };
  return evaluateCondition(words[1]?.text ?? "", { environment });
}
