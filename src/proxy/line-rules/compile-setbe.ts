import type { Word } from "../../config/word.ts";
import { type Act, Verdict } from "../../policy/action.ts";
import type { CompileContext } from "../../policy/declare.ts";
import type { ProxyPlan } from "../proxy-plan.ts";
import type { LineSearch } from "./line-search.ts";
import { policyOf } from "./line-verdicts.ts";

/**
 * Compiles `reqsetbe`: the first that matches chooses the backend, whatever `use_backend` says. The
 * backend is found once all sections are there.
 */
export function compileLineSetbe(name: Word, search: LineSearch, context: CompileContext): Act {
  let backend: ProxyPlan | null = null;
  const { compiler, diagnostics, at, sectionName } = context;
  compiler.pending.push({
    kind: "backend",
    text: name.text,
    at: name,
    sectionName,
    resolve(found) {
      backend = found as ProxyPlan;
      if (backend.options.isHttp) return;
      diagnostics.error(
        name,
        `${at.text} '${name.text}': the backend is in tcp mode, and '${sectionName}' is in http mode.`,
        "write 'mode http' in both sections",
      );
    },
  });
  return (control) => {
    const policy = policyOf(control);
    const isOpen = policy.backendByLine === null;
    if (isOpen && search.matchesAny(control.request!, control)) policy.backendByLine = backend;
    return Verdict.NEXT;
  };
}
