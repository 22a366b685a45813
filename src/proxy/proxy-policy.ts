import type { Diagnostics } from "../config/diagnostics.ts";
import { hasFrontend, type SectionDraft } from "../config/draft.ts";
import type { Word } from "../config/word.ts";
import { ACLS } from "../policy/acl-part.ts";
import type { RuleSetName } from "../policy/action.ts";
import { AclScope } from "../policy/compile-condition.ts";
import { compileRules } from "../policy/compile-rules.ts";
import type { PolicyCompiler } from "../policy/compiler.ts";
import type { CompileContext } from "../policy/declare.ts";
import { type Place, Places } from "../policy/reads.ts";
import type { RuleList } from "../policy/rule-list.ts";
import { INSPECT_DELAYS, RULES } from "../policy/rules-part.ts";
import type { ProxyRules } from "./proxy-rules.ts";

/** Compiles what the sections of one configuration say in conditions and rules. */
export class ProxyPolicy {
  readonly compiler: PolicyCompiler;
  readonly #diagnostics: Diagnostics;
  readonly #acls = new Map<SectionDraft, AclScope>();

  constructor(compiler: PolicyCompiler, diagnostics: Diagnostics) {
    this.compiler = compiler;
    this.#diagnostics = diagnostics;
  }

  /** What an expression of a section is compiled for. */
  contextOf(draft: SectionDraft, place: Place, at: Word): CompileContext {
    return {
      compiler: this.compiler,
      diagnostics: this.#diagnostics,
      at,
      place,
      sectionName: draft.name.text,
      iterates: false,
    };
  }

  /** The ACLs that a section can name. */
  aclsOf(draft: SectionDraft): AclScope {
    const known = this.#acls.get(draft);
    if (known !== undefined) return known;
    const context = this.contextOf(draft, Places.LOG, draft.place);
    const scope = new AclScope(draft.part(ACLS).lines, context);
    this.#acls.set(draft, scope);
    return scope;
  }

  /** Compiles the rules of a section; null where it has none. */
  rulesOf(draft: SectionDraft): ProxyRules | null {
    this.aclsOf(draft).compileAll();
    if (draft.part(RULES).lines.size === 0) return null;
    const isFront = hasFrontend(draft.kind);
    const { requestMs, responseMs } = draft.part(INSPECT_DELAYS);
    return {
      connection: this.#compile(draft, "tcp-request connection", Places.TCP_CONNECTION),
      session: this.#compile(draft, "tcp-request session", Places.TCP_SESSION),
      requestContent: this.#compile(
        draft,
        "tcp-request content",
        isFront ? Places.TCP_REQUEST_FRONTEND : Places.TCP_REQUEST_BACKEND,
      ),
      inspectDelayMs: requestMs,
      responseContent: this.#compile(draft, "tcp-response content", Places.TCP_RESPONSE),
      responseInspectDelayMs: responseMs,
      httpRequest: this.#compile(
        draft,
        "http-request",
        isFront ? Places.HTTP_REQUEST_FRONTEND : Places.HTTP_REQUEST_BACKEND,
      ),
      httpResponse: this.#compile(draft, "http-response", Places.HTTP_RESPONSE),
    };
  }

  #compile(draft: SectionDraft, ruleSet: RuleSetName, place: Place): RuleList {
    const lines = draft.part(RULES).lines.get(ruleSet) ?? [];
    const context = this.contextOf(draft, place, draft.place);
    return compileRules(ruleSet, lines, this.aclsOf(draft), context);
  }
}
