import type { Word } from "../config/word.ts";
import { Acl, AclTest } from "../policy/acl.ts";
import { Verdict } from "../policy/action.ts";
import type { PolicyCompiler } from "../policy/compiler.ts";
import { Condition, type ConditionTerm } from "../policy/condition.ts";
import type {
  CompileContext,
  Convert,
  ConverterDeclaration,
  Fetch,
  FetchDeclaration,
} from "../policy/declare.ts";
import type { Call } from "../policy/expression-words.ts";
import type { Format } from "../policy/format.ts";
import type { PolicyObserver } from "../policy/observer.ts";
import type { Rule } from "../policy/rule-list.ts";
import type { Sample } from "../policy/sample.ts";
import type { StreamControl } from "../policy/stream-control.ts";
import type { StreamView } from "../policy/stream-view.ts";
import { Truth } from "../policy/truth.ts";
import { Phase } from "../proxy/endings.ts";
import type { HttpExchange } from "../proxy/http-exchange.ts";
import type { PolicyView } from "../proxy/policy-view.ts";
import { differences, takeSnapshot } from "./snapshot.ts";
import {
  type Answer,
  type ConditionTrace,
  type ExpressionTrace,
  lineOf,
  type Outcome,
  placeOf,
  type RuleTrace,
  type TermTrace,
  type TestTrace,
  type TraceEvent,
} from "./trace.ts";
import { describe, type Give, readValue } from "./values.ts";

const OUTCOMES: Readonly<Record<Verdict, Outcome>> = {
  [Verdict.NEXT]: "applied",
  [Verdict.STOP]: "final",
  [Verdict.DONE]: "ended",
  [Verdict.WAIT]: "waited",
};

const ANSWERS: Readonly<Record<Truth, Answer>> = {
  [Truth.NO]: "no",
  [Truth.UNKNOWN]: "unknown",
  [Truth.YES]: "yes",
};

/** What of a rule is the same each time it is evaluated. */
export type RuleFacts = Pick<RuleTrace, "ruleSet" | "section" | "place" | "text">;

/** Writes down what rules and expressions do while they do it. */
export class Tracer implements PolicyObserver {
  readonly events: TraceEvent[] = [];
  /** What is wrong with the values that were given. */
  readonly problems: string[] = [];
  /** Every rule of the configuration, in order. */
  readonly rules: RuleFacts[] = [];
  /** Every fetch of the configuration, as it was typed. */
  readonly fetches = new Set<string>();
  /** Called before a rule or a condition runs, with the stream that it runs for. */
  onEnter: (view: PolicyView) => void = () => {};
  readonly #given: ReadonlyMap<string, string>;
  #compiler: PolicyCompiler | null = null;
  /** Where expressions write what they come to; null where nobody wants to know. */
  #values: ExpressionTrace[] | null = null;
  #condition: ConditionTrace | null = null;
  #term: TermTrace | null = null;
  /** The rule whose condition holds, until its action runs. */
  #opened: RuleTrace | null = null;

  /** @param given - Values of fetches, by their texts. */
  constructor(given: ReadonlyMap<string, string>) {
    this.#given = given;
  }

  // ---- Expressions ------------------------------------------------------------------------

  fetch(fetch: Fetch, call: Call, declaration: FetchDeclaration): Fetch {
    const text = textOf(call);
    this.fetches.add(text);
    const give = this.#giveOf(text, declaration);
    const origin = give !== null ? "given" : declaration.isLive ? "live" : "configuration";
    return (sample, view) => {
      let isFound = true;
      if (give !== null) give(sample);
      else isFound = fetch(sample, view);
      const value = isFound ? describe(sample) : null;
      this.#values?.push({ text, steps: [{ text, value, origin }] });
      return isFound;
    };
  }

  #giveOf(text: string, { output }: FetchDeclaration): Give | null {
    const typed = this.#given.get(text);
    if (typed === undefined) return null;
    const give = readValue(typed, output);
    if (typeof give === "function") return give;
    this.problems.push(`--value ${text}=${typed}: expects ${give}`);
    return null;
  }

  converter(convert: Convert, call: Call, _declaration: ConverterDeclaration): Convert {
    const text = textOf(call);
    return (sample, view) => {
      const isFound = convert(sample, view);
      this.#addStep(text, sample, isFound);
      return isFound;
    };
  }

  #addStep(text: string, sample: Sample, isFound: boolean): void {
    const last = this.#values?.pop();
    if (last === undefined) return;
    const value = isFound ? describe(sample) : null;
    const steps = [...last.steps, { text, value, origin: "configuration" as const }];
    this.#values!.push({ text: `${last.text},${text}`, steps });
  }

  /** Runs something whose expressions are written down in a list of its own. */
  #within<T>(values: ExpressionTrace[], run: () => T): T {
    const outer = this.#values;
    this.#values = values;
    const result = run();
    this.#values = outer;
    return result;
  }

  format(format: Format, word: Word): Format {
    if (format.constant !== null) return format;
    const write: Format["write"] = (into, at, limit, view) => {
      const inRule = this.#values !== null;
      const end = this.#within(this.#values ?? [], () => format.write(into, at, limit, view));
      if (!inRule) {
        const result = Buffer.from(into.subarray(at, end)).toString();
        const place = placeOf(word);
        const backend = backendOf(view);
        this.events.push({ kind: "format", text: word.text, result, place, backend });
      }
      return end;
    };
    return { constant: null, write };
  }

  // ---- Conditions -------------------------------------------------------------------------

  aclTest(test: AclTest, words: readonly Word[]): AclTest {
    const text = words.map((word) => word.text).join(" ");
    return new TracedTest(test, text, (run) => {
      const trace: TestTrace = { text, place: placeOf(words[0]!), values: [], answer: "no" };
      this.#term?.tests.push(trace);
      const truth = this.#within(trace.values, run);
      // Behind the last of several values there is none: that tells nothing.
      if (trace.values.length > 1 && trace.values.at(-1)!.steps[0]!.value === null) {
        trace.values.pop();
      }
      trace.answer = ANSWERS[truth];
      return truth;
    });
  }

  condition(condition: Condition, words: readonly Word[], context: CompileContext): Condition {
    const text = words.map((word) => word.text).join(" ");
    const at = words[0]!;
    const facts = {
      ruleSet: context.place.name,
      section: context.sectionName,
      place: placeOf(at),
      text: lineOf(at),
    };
    const groups = condition.groups.map((terms, group) =>
      terms.map((term) => this.#traceTerm(term, group)),
    );
    return new TracedCondition(groups, condition.isInverted, (view, run, rule) => {
      if (this.#condition === null) this.onEnter(view as PolicyView);
      const outer = this.#condition;
      const trace: ConditionTrace = { text, terms: [], answer: "no" };
      this.#condition = trace;
      const truth = run();
      this.#condition = outer;
      trace.answer = ANSWERS[truth];
      markDeciding(trace, condition.isInverted);
      const backend = backendOf(view);
      if (rule === null) this.events.push({ kind: "choice", ...facts, condition: trace, backend });
      else this.#enterRule(rule, trace, backend);
      return truth;
    });
  }

  #traceTerm({ acl, isNegated }: ConditionTerm, group: number): ConditionTerm {
    const text = `${isNegated ? "!" : ""}${nameOf(acl)}`;
    const traced = new TracedTerm(acl, (run) => {
      const trace: TermTrace = { text, group, isNegated, tests: [], answer: "no", decides: false };
      this.#condition?.terms.push(trace);
      const outer = this.#term;
      this.#term = trace;
      const truth = run();
      this.#term = outer;
      trace.answer = ANSWERS[truth];
      return truth;
    });
    return { acl: traced, isNegated };
  }

  // ---- Rules ------------------------------------------------------------------------------

  rule(rule: Rule, ruleSet: string, context: CompileContext): Rule {
    this.#compiler = context.compiler;
    const facts: RuleFacts = {
      ruleSet,
      section: context.sectionName,
      place: placeOf(rule.at),
      text: lineOf(rule.at),
    };
    if (rule.condition instanceof TracedCondition) rule.condition.rule = facts;
    this.rules.push(facts);
    return { ...rule, act: (control) => this.#act(rule, facts, control) };
  }

  #enterRule(facts: RuleFacts, condition: ConditionTrace | null, backend: string): RuleTrace {
    const outcome = condition?.answer === "unknown" ? "waited" : "skipped";
    const trace: RuleTrace = {
      kind: "rule",
      ...facts,
      condition,
      outcome,
      values: [],
      effects: [],
      backend,
    };
    this.events.push(trace);
    this.#opened = condition?.answer === "yes" ? trace : null;
    return trace;
  }

  #act(rule: Rule, facts: RuleFacts, control: StreamControl): Verdict {
    const view = control as PolicyView;
    this.onEnter(view);
    const opened = rule.condition === null ? null : this.#opened;
    const trace = opened ?? this.#enterRule(facts, null, backendOf(view));
    this.#opened = null;
    const { exchange } = view;
    const compiler = this.#compiler!;
    const before = takeSnapshot(control, compiler);
    const verdict = this.#within(trace.values, () => rule.act(control));
    trace.outcome = OUTCOMES[verdict];
    if (verdict !== Verdict.DONE) {
      trace.effects.push(...differences(before, takeSnapshot(control, compiler)));
    } else trace.effects.push(endingOf(exchange));
    return verdict;
  }

  /** Tells that time has passed. */
  noteWait(ms: number, backend: string): void {
    this.events.push({ kind: "wait", ms, backend });
  }
}

/** How a rule ended a connection or an exchange. */
function endingOf(exchange: HttpExchange | null): string {
  if (exchange === null) return "the connection is closed";
  if (exchange.status > 0) return `answers ${exchange.status}`;
  return exchange.phase === Phase.TARPIT
    ? "the client is kept waiting"
    : "the connection is closed";
}

/** A line of an ACL, with eyes around it. */
class TracedTest extends AclTest {
  readonly text: string;
  readonly #watch: (run: () => Truth) => Truth;

  constructor(test: AclTest, text: string, watch: (run: () => Truth) => Truth) {
    super(test.expression, test.judge, test.indexes);
    this.text = text;
    this.#watch = watch;
  }

  override test(view: StreamView): Truth {
    return this.#watch(() => super.test(view));
  }
}

/** An ACL at its place in one condition. */
class TracedTerm extends Acl {
  readonly #watch: (run: () => Truth) => Truth;

  constructor(acl: Acl, watch: (run: () => Truth) => Truth) {
    super(acl.name, acl.tests);
    this.#watch = watch;
  }

  override test(view: StreamView): Truth {
    return this.#watch(() => super.test(view));
  }
}

type WatchCondition = (view: StreamView, run: () => Truth, rule: RuleFacts | null) => Truth;

/** A condition, which knows the rule that it belongs to, if it is a rule's. */
class TracedCondition extends Condition {
  rule: RuleFacts | null = null;
  readonly #watch: WatchCondition;

  constructor(
    groups: readonly (readonly ConditionTerm[])[],
    isInverted: boolean,
    watch: WatchCondition,
  ) {
    super(groups, isInverted);
    this.#watch = watch;
  }

  override test(view: StreamView): Truth {
    return this.#watch(view, () => super.test(view), this.rule);
  }
}

/** Where a condition holds, its last group did; where it does not, the last term of each group. */
function markDeciding({ terms, answer }: ConditionTrace, isInverted: boolean): void {
  const last = terms.at(-1);
  if (last === undefined) return;
  const holds = answer === (isInverted ? "no" : "yes");
  terms.forEach((term, index) => {
    const endsGroup = terms[index + 1]?.group !== term.group;
    term.decides = holds ? term.group === last.group : endsGroup;
  });
}

function nameOf({ name, tests }: Acl): string {
  if (name !== "<anonymous>") return name;
  const [test] = tests;
  return `{ ${test instanceof TracedTest ? test.text : name} }`;
}

function textOf({ name, args, hasParentheses }: Call): string {
  const list = args.map((arg) => arg.text).join(",");
  return hasParentheses ? `${name.text}(${list})` : name.text;
}

function backendOf(view: StreamView): string {
  return (view as PolicyView).streamOrNull?.backend?.name ?? "";
}
