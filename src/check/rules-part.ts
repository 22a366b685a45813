import type { Part } from "../config/part.ts";
import type { Word } from "../config/word.ts";
import type { HttpExpectRule } from "./http-expect.ts";
import type { HttpRequestRule } from "./http-request.ts";
import type { CommentStep, ConnectStep, ExpectStep, SendStep } from "./steps.ts";

/** A rule with the place that named it. */
export interface PlacedRule<Rule> {
  readonly rule: Rule;
  readonly at: Word;
}

/** The rules of one kind in a section, in order. */
export interface RulesDraft<Rule> {
  rules: PlacedRule<Rule>[];
  /** They come from the defaults: the section's first rule puts its own in their place. */
  areInherited: boolean;
}

function defineRules<Rule>(name: string): Part<RulesDraft<Rule>> {
  return {
    name,
    create: () => ({ rules: [], areInherited: false }),
    copy: ({ rules }) => ({ rules: [...rules], areInherited: true }),
  };
}

/** Adds a rule behind the section's own, and drops those of the defaults. */
export function addRule<Rule>(draft: RulesDraft<Rule>, rule: Rule, at: Word): void {
  if (draft.areInherited) {
    draft.rules = [];
    draft.areInherited = false;
  }
  draft.rules.push({ rule, at });
}

/** The rules that a section has said itself so far. */
export function ownRules<Rule>(draft: RulesDraft<Rule>): readonly Rule[] {
  return draft.areInherited ? [] : draft.rules.map(({ rule }) => rule);
}

/** A rule of `tcp-check`. */
export type TcpRule = ConnectStep | SendStep | ExpectStep | CommentStep;
/** A rule of `http-check`. */
export type HttpRule = ConnectStep | HttpRequestRule | HttpExpectRule | CommentStep;

/** The part of a section that holds its `tcp-check` rules. */
export const TCP_RULES = defineRules<TcpRule>("tcp-check rules");
/** The part of a section that holds its `http-check` rules. */
export const HTTP_RULES = defineRules<HttpRule>("http-check rules");
