import type { Judged, KeywordLine } from "./keyword-lines.ts";

/** A difference in how lines are taken that is meant to be there. */
export interface KeywordExplanation {
  readonly reason: string;
  covers(line: KeywordLine, oracle: Judged, sluice: Judged): boolean;
}

const refusedHere = (pattern: RegExp) => (_line: KeywordLine, oracle: Judged, sluice: Judged) =>
  sluice.verdict === "alert" && oracle.verdict !== "alert" && pattern.test(sluice.message);

const warnedHere = (pattern: RegExp) => (_line: KeywordLine, _oracle: Judged, sluice: Judged) =>
  sluice.verdict === "warning" && pattern.test(sluice.message);

const refusedThere =
  (pattern: RegExp) =>
  ({ line }: KeywordLine, oracle: Judged, sluice: Judged) =>
    oracle.verdict === "alert" &&
    sluice.verdict !== "alert" &&
    pattern.test(`${line}\n${oracle.message}`);

/** Every difference that is meant, with its reason. What none of them covers fails the test. */
export const KEYWORD_EXPLANATIONS: readonly KeywordExplanation[] = [
  {
    reason: "HAProxy takes what is no number for 0, or reads the digits that it begins with",
    covers: refusedHere(/expects an? (?:integer|number|time)|must be between|unexpected character/),
  },
  {
    reason: "HAProxy does not look behind the last argument of some keywords",
    covers: refusedHere(/cannot handle unexpected argument/),
  },
  {
    reason: "HAProxy takes an empty word for an argument that is missing",
    covers: refusedHere(/expects <\w+> as argument|expects <user>:<password>|has to be > 0/),
  },
  {
    reason: "a word that has no negation is refused with it",
    covers: refusedHere(/^(?:negation|default) is not supported for/),
  },
  {
    reason:
      "what HAProxy dropped on the way from 1.1 works, with a warning that gives today's form",
    covers: refusedThere(
      /not supported any|doesn't exist anymore|unknown (?:keyword|option)|not supported for option|any more since/,
    ),
  },
  {
    reason: "what changes nothing here is told, and its words are not judged",
    covers: warnedHere(
      /changes nothing|has no effect|have no effect|not built yet|ignored because/,
    ),
  },
  {
    reason: "rules and settings that nothing uses are told where they stand",
    covers: warnedHere(/so the rules are ignored|will be ignored for|no effect in|needs a domain/),
  },
  {
    reason:
      "'default' takes any option back, as the manual has it; HAProxy trips over its own word",
    covers: refusedThere(/^default /),
  },
  {
    reason: "'no' takes back a line that HAProxy cannot take back",
    covers: refusedThere(/^no [\s\S]*negation\/default/),
  },
  {
    reason: "the last line of its kind counts; HAProxy wants one only",
    covers: refusedThere(/already specified/),
  },
  {
    reason: "one process has one thread: what HAProxy does with others is not asked for",
    covers: (line, _oracle, sluice) =>
      /^(?:thread-group|bind-process)\b/.test(line.line) && sluice.verdict !== "fine",
  },
  {
    reason: "an option that is off for this side anyway may be taken back without a word",
    covers: ({ section, line }, oracle, sluice) =>
      section === "backend" &&
      /^no option (?:dontlog|log)/.test(line) &&
      oracle.verdict === "warning" &&
      sluice.verdict === "fine",
  },
  {
    reason: "a description is shown where there is one",
    covers: ({ line }, oracle) =>
      line.startsWith("stats show-desc") && oracle.verdict === "warning",
  },
  {
    reason: "words in whose place HAProxy takes a default in silence are told",
    covers: warnedHere(/is not known; 'HELO localhost' is sent/),
  },
];
