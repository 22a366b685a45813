import { BALANCE } from "../balance/balance-part.ts";
import type { Diagnostics } from "../config/diagnostics.ts";
import { hasFrontend, type SectionDraft } from "../config/draft.ts";
import { madeWord, type Word } from "../config/word.ts";
import { ACLS } from "../policy/acl-part.ts";
import type { RuleSetName } from "../policy/action.ts";
import { AclScope, compileCondition } from "../policy/compile-condition.ts";
import { compileRules, splitCondition } from "../policy/compile-rules.ts";
import type { PolicyCompiler } from "../policy/compiler.ts";
import type { Condition } from "../policy/condition.ts";
import type { CompileContext } from "../policy/declare.ts";
import { compileExpressionAs, type Expression } from "../policy/expression.ts";
import { type JudgedRule, warnOfHiddenRules } from "../policy/hidden-rules.ts";
import { type Place, Places } from "../policy/reads.ts";
import { type Rule, RuleList } from "../policy/rule-list.ts";
import { INSPECT_DELAYS, RULES } from "../policy/rules-part.ts";
import { SampleType } from "../policy/sample.ts";
import { STATS } from "../stats/stats-part.ts";
import { actOf } from "./actions/redirect.ts";
import { compileRedirect } from "./compile-redirect.ts";
import { warnOfIgnoredRules, warnOfRuleOrder } from "./judge-rule-order.ts";
import { type CompiledLineRules, compileLineRules } from "./line-rules/compile-line-rules.ts";
import { LINE_RULES } from "./line-rules/line-rules-part.ts";
import type { ProxyRules } from "./proxy-rules.ts";
import { REDIRECTS } from "./redirect-part.ts";
import { STATS_RULES } from "./stats-rules-part.ts";

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
      sectionKind: draft.kind,
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

  /** Compiles the expression of `balance hash`; null where it is none, or another algorithm's. */
  hashKeyOf(draft: SectionDraft): Expression | null {
    const { algorithm, parameters } = draft.part(BALANCE);
    const [at] = parameters;
    if (algorithm?.text !== "hash" || at === undefined) return null;
    const context = this.contextOf(draft, Places.BALANCE, at);
    return compileExpressionAs(SampleType.BINARY, "balance hash", context) ?? null;
  }

  /** Compiles the rules of a section; null where it has none. */
  rulesOf(draft: SectionDraft): ProxyRules | null {
    this.aclsOf(draft).compileAll();
    warnOfRuleOrder(draft, this.#diagnostics);
    warnOfIgnoredRules(draft, this.#diagnostics);
    const hasRedirects = draft.part(REDIRECTS).lines.length > 0;
    const hasStatsRules = draft.part(STATS_RULES).lines.length > 0;
    const isFront = hasFrontend(draft.kind);
    const lines = this.#compileLineRules(draft, isFront);
    const hasOthers = hasRedirects || hasStatsRules || lines !== null;
    if (draft.part(RULES).lines.size === 0 && !hasOthers) return null;
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
      lines,
      redirects: this.#compileRedirects(draft, isFront),
      statistics: this.#compileStatsRules(draft),
      httpResponse: this.#compile(draft, "http-response", Places.HTTP_RESPONSE),
      httpAfterResponse: this.#compile(draft, "http-after-response", Places.HTTP_AFTER_RESPONSE),
    };
  }

  #compile(draft: SectionDraft, ruleSet: RuleSetName, place: Place): RuleList {
    const lines = draft.part(RULES).lines.get(ruleSet) ?? [];
    const context = this.contextOf(draft, place, draft.place);
    return compileRules(ruleSet, lines, this.aclsOf(draft), context);
  }

  #compileLineRules(draft: SectionDraft, isFront: boolean): CompiledLineRules | null {
    const { request, response } = draft.part(LINE_RULES);
    if (request.length === 0 && response.length === 0) return null;
    const place = isFront ? Places.HTTP_REQUEST_FRONTEND : Places.HTTP_REQUEST_BACKEND;
    const acls = this.aclsOf(draft);
    const ofRequest = this.contextOf(draft, place, draft.place);
    const ofResponse = this.contextOf(draft, Places.HTTP_RESPONSE, draft.place);
    return {
      request: compileLineRules(request, acls, ofRequest),
      response: compileLineRules(response, acls, ofResponse),
    };
  }

  #compileStatsRules(draft: SectionDraft): RuleList {
    const lines = draft.part(STATS_RULES).lines.map(({ at, words }) => {
      const [action, second] = words;
      if (action!.text !== "auth" || second?.text === "realm") return { at, words };
      // What a browser asks for is what it asks for elsewhere on the page.
      const realm = [madeWord("realm"), madeWord(draft.part(STATS).realm)];
      return { at, words: [action!, ...realm, ...words.slice(1)] };
    });
    const context = this.contextOf(draft, Places.HTTP_REQUEST_BACKEND, draft.place);
    return compileRules("http-request", lines, this.aclsOf(draft), context);
  }

  /** The conditions of `stats admin`; null always holds. */
  adminConditionsOf(draft: SectionDraft): (Condition | null)[] {
    const place = hasFrontend(draft.kind)
      ? Places.HTTP_REQUEST_FRONTEND
      : Places.HTTP_REQUEST_BACKEND;
    return draft.part(STATS_RULES).admin.flatMap(({ at, condition: words }) => {
      const context = this.contextOf(draft, place, at);
      const condition = compileCondition(words, this.aclsOf(draft), context);
      return condition === undefined ? [] : [condition];
    });
  }

  #compileRedirects(draft: SectionDraft, isFront: boolean): RuleList {
    const place = isFront ? Places.HTTP_REQUEST_FRONTEND : Places.HTTP_REQUEST_BACKEND;
    const rules: Rule[] = [];
    const judged: JudgedRule[] = [];
    const { lines } = draft.part(REDIRECTS);
    for (const { at, words } of lines) {
      const context = this.contextOf(draft, place, at);
      const { own, condition: conditionWords } = splitCondition(words);
      const condition = compileCondition(conditionWords, this.aclsOf(draft), context);
      const redirect = compileRedirect(own, "redirect", false, context);
      if (condition === undefined || redirect === undefined) continue;
      const rule = { act: actOf(redirect), condition, isFinal: true, waits: false, at };
      rules.push(this.compiler.observer?.rule(rule, "redirect", context) ?? rule);
      judged.push({ at, isFinal: true, condition: conditionWords });
    }
    warnOfHiddenRules("redirect", judged, this.#diagnostics);
    return new RuleList(rules);
  }
}
