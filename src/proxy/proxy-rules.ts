import type { RuleList } from "../policy/rule-list.ts";
import type { CompiledLineRules } from "./line-rules/compile-line-rules.ts";

/** The rules of one proxy section, compiled; a section without rules has none of these. */
export interface ProxyRules {
  /** `tcp-request connection` and `tcp-request session`. */
  readonly connection: RuleList;
  readonly session: RuleList;
  /** `tcp-request content`, and how long its conditions may wait for bytes; 0 does not wait. */
  readonly requestContent: RuleList;
  readonly inspectDelayMs: number;
  /** `tcp-response content`. */
  readonly responseContent: RuleList;
  readonly responseInspectDelayMs: number;
  readonly httpRequest: RuleList;
  /** `reqrep`, `rspdel` and their kin; null where there are none. */
  readonly lines: CompiledLineRules | null;
  /** `redirect` lines: they come behind all of `http-request`. */
  readonly redirects: RuleList;
  /** `stats http-request`: for requests of the statistics page alone. */
  readonly statistics: RuleList;
  readonly httpResponse: RuleList;
  /** Runs on answers of our own as well. */
  readonly httpAfterResponse: RuleList;
}
