import type { SectionDraft } from "../config/draft.ts";
import type { Word } from "../config/word.ts";
import { SERVER_RULES } from "../proxy/server-rules-part.ts";
import { SWITCHING } from "../proxy/switching.ts";
import type { Choice } from "./explanation.ts";
import {
  type ChoiceTrace,
  type FormatTrace,
  isSamePlace,
  lineOf,
  type Place,
  placeOf,
} from "./trace.ts";
import type { Tracer } from "./tracer.ts";

/** A line that names what to choose, as the section has it. */
interface Line {
  readonly at: Word;
  readonly condition: readonly Word[];
  /** What it names; undefined for lines that name nothing. */
  readonly target: Word | undefined;
}

/** What became of the `use_backend` lines of a frontend, given the backend that was chosen. */
export function backendChoices(draft: SectionDraft, chosen: string, tracer: Tracer): Choice[] {
  const lines = draft.part(SWITCHING).useBackend.map(({ at, backend, condition }) => ({
    at,
    condition,
    target: backend,
  }));
  return judge(lines, chosen, tracer);
}

/** What became of the `use-server` lines of a backend, given the server that was chosen. */
export function serverChoices(draft: SectionDraft, chosen: string, tracer: Tracer): Choice[] {
  const lines = draft.part(SERVER_RULES).useServer.map(({ at, server, condition }) => ({
    at,
    condition,
    target: server,
  }));
  return judge(lines, chosen, tracer);
}

/** What became of the `force-persist` and `ignore-persist` lines of a backend. */
export function persistChoices(draft: SectionDraft, tracer: Tracer): Choice[] {
  const lines = draft.part(SERVER_RULES).persist.map(({ at, condition }) => ({
    at,
    condition,
    target: undefined,
  }));
  return judge(lines, "", tracer);
}

function judge(lines: readonly Line[], chosen: string, tracer: Tracer): Choice[] {
  const choices: Choice[] = [];
  let isChosen = false;
  for (const line of lines) {
    const choice = judgeLine(line, chosen, isChosen, tracer);
    if (choice.outcome === "chosen") isChosen = true;
    choices.push(choice);
  }
  return choices;
}

function judgeLine(
  { at, condition, target }: Line,
  chosen: string,
  isChosen: boolean,
  tracer: Tracer,
): Choice {
  const place = placeOf(at);
  const tested = conditionAt(place, tracer)?.condition ?? null;
  const name = target?.text.includes("%") ? nameAt(place, tracer) : null;
  const isFree = condition.length === 0;
  let outcome: Choice["outcome"] = "unreached";
  if (!isChosen && (isFree || tested !== null)) {
    const fits = target === undefined || (name ?? target.text) === chosen;
    outcome = isFree || tested?.answer === "yes" ? (fits ? "chosen" : "passed") : "skipped";
  }
  return { place, text: lineOf(at), condition: tested, outcome, name };
}

function conditionAt(place: Place, { events }: Tracer): ChoiceTrace | undefined {
  return events.findLast(
    (event): event is ChoiceTrace => event.kind === "choice" && isSamePlace(event.place, place),
  );
}

function nameAt(place: Place, { events }: Tracer): string | null {
  const made = events.findLast(
    (event): event is FormatTrace => event.kind === "format" && isSamePlace(event.place, place),
  );
  return made?.result ?? null;
}
