import type { SectionDraft } from "../config/draft.ts";
import { FACILITY_NAMES, LEVEL_NAMES } from "../log/level.ts";
import { SWITCHING } from "../proxy/switching.ts";
import { backendChoices } from "./choices.ts";
import type {
  BackendStep,
  Explanation,
  LogLine,
  Message,
  RuleStep,
  ServerStep,
  Step,
} from "./explanation.ts";
import type { Material } from "./material.ts";
import type { Question } from "./question.ts";
import { ASSUMED_RESPONSE, type Performance } from "./rehearsal.ts";
import { serverStep } from "./server-step.ts";
import { CHOOSES } from "./snapshot.ts";
import type { CapturedLine } from "./stand-ins.ts";
import { isSamePlace, placeOf, type RuleTrace, type TraceEvent } from "./trace.ts";
import type { Tracer } from "./tracer.ts";
import { hasEndedByRule, statusOf, verdictOf } from "./verdict.ts";

/** Puts what happened into order and words. */
export function explain(material: Material): Explanation {
  const { question, entrance, performance } = material;
  const { entry, source, destination, reason, bytes } = entrance;
  const { isHttp } = entry.proxy.options;
  const { attempts, answer } = performance;
  const last = attempts.at(-1);
  const taken = last?.peer == null ? undefined : last;
  const sent = taken?.peer?.received;
  const steps = stepsOf(material);
  return {
    version: 1,
    client: {
      source: source.toString(),
      destination: destination.toString(),
      sends: messageOf(bytes),
    },
    frontend: {
      name: entry.proxy.name,
      mode: isHttp ? "http" : "tcp",
      place: placeOf(entry.draft.place),
      reason,
    },
    steps,
    sent: sent === undefined || sent.length === 0 ? null : messageOf(sent),
    response: responseOf(question, performance, isHttp),
    answer: answer.length === 0 ? null : messageOf(answer),
    log: performance.log.map(logLineOf),
    verdict: verdictOf(material, steps),
    notes: notesOf(material),
  };
}

/** A message as text, and its bytes where text cannot hold them. */
export function messageOf(bytes: Uint8Array): Message {
  const buffer = Buffer.from(bytes);
  const text = buffer.toString();
  if (Buffer.from(text).equals(buffer)) return { text };
  return { text, base64: buffer.toString("base64") };
}

function responseOf(
  { response }: Question,
  { hasServerAnswered }: Performance,
  isHttp: boolean,
): Explanation["response"] {
  if (!hasServerAnswered || (response === null && !isHttp)) return null;
  return { ...messageOf(response ?? ASSUMED_RESPONSE), isAssumed: response === null };
}

function notesOf({ tracer, question, performance }: Material): string[] {
  const notes: string[] = [];
  const live = new Set<string>();
  for (const event of tracer.events) {
    for (const { steps } of expressionsOf(event)) {
      if (steps[0]?.origin === "live") live.add(steps[0].text);
    }
  }
  if (live.size > 0) {
    notes.push(
      `Only a running process knows ${[...live].join(", ")}: taken as at its start. Give another value with --value.`,
    );
  }
  for (const text of question.values.keys()) {
    if (!tracer.fetches.has(text)) notes.push(`No expression of the configuration reads ${text}.`);
  }
  if (performance.requestCount > 1) {
    notes.push(
      "There is more than one request: the rules of all are told in one row, the choices are those of the last.",
    );
  }
  if (performance.isStuck) {
    notes.push(
      "The exchange does not come to an end: it waits for what never comes, without a timeout.",
    );
  }
  return notes;
}

function expressionsOf(event: TraceEvent) {
  const condition = event.kind === "rule" || event.kind === "choice" ? event.condition : null;
  const tested = condition?.terms.flatMap(({ tests }) => tests.flatMap(({ values }) => values));
  return [...(tested ?? []), ...(event.kind === "rule" ? event.values : [])];
}

/** The message of a log line, its header apart. */
function logLineOf({ destination, text }: CapturedLine): LogLine {
  const line = Buffer.from(text, "latin1").toString();
  const priority = /^<(\d+)>/.exec(line)?.[1];
  const marks = [`[${process.pid}]: `, ` ${process.pid} - - `, ` ${process.pid} - `];
  const mark = marks.find((each) => line.includes(each));
  const start = mark === undefined ? 0 : line.indexOf(mark) + mark.length;
  const number = Number(priority ?? -1);
  const name =
    number < 0 ? "" : `${FACILITY_NAMES[number >> 3] ?? number >> 3}.${LEVEL_NAMES[number & 7]}`;
  return { destination, line, message: line.slice(start), priority: name };
}

// ---- Steps --------------------------------------------------------------------------------

function stepsOf(material: Material): Step[] {
  const { tracer, performance } = material;
  const { events } = tracer;
  const steps: Step[] = [];
  const entry = performance.backend;
  let needsBackend = entry !== undefined || lacksBackend(material);
  const server = serverStepOf(material);
  let serverAt = -1;
  if (server !== undefined) {
    serverAt = performance.attempts[0]?.eventsBefore ?? placeWithoutAttempt(events);
  }
  const enterBackend = () => {
    if (needsBackend) steps.push(backendStep(material));
    needsBackend = false;
  };
  events.forEach((event, index) => {
    const isInBackend = event.backend !== "" || (event.kind === "rule" && isOfResponse(event));
    if (isInBackend && event.kind !== "choice") enterBackend();
    if (index === serverAt) {
      enterBackend();
      steps.push(server!);
    }
    addEvent(steps, event);
  });
  enterBackend();
  if (server !== undefined && serverAt >= events.length) steps.push(server);
  return steps.map((step) => countUnreached(step, tracer));
}

function isOfResponse({ ruleSet }: RuleTrace): boolean {
  return ruleSet.includes("response");
}

function addEvent(steps: Step[], event: TraceEvent): void {
  if (event.kind === "wait") {
    const last = steps.at(-1);
    if (last?.kind === "wait") steps[steps.length - 1] = { kind: "wait", ms: last.ms + event.ms };
    else steps.push({ kind: "wait", ms: event.ms });
    return;
  }
  if (event.kind !== "rule") return;
  const { ruleSet, section } = event;
  const rule = ruleStepOf(event);
  const last = steps.at(-1);
  // A rule that waits is looked at whenever something comes: the last look tells all.
  const again = last?.kind === "rules" ? last.rules.at(-1) : undefined;
  const hasWaited = again?.outcome === "waited" && isSamePlace(again.place, event.place);
  if (last?.kind === "rules" && hasWaited) {
    steps[steps.length - 1] = { ...last, rules: [...last.rules.slice(0, -1), rule] };
    return;
  }
  if (last?.kind === "rules" && last.ruleSet === ruleSet && last.section === section) {
    steps[steps.length - 1] = { ...last, rules: [...last.rules, rule] };
  } else steps.push({ kind: "rules", ruleSet, section, rules: [rule], unreached: 0 });
}

/** Counts the rules behind one that ended its set. */
function countUnreached(step: Step, { rules }: Tracer): Step {
  if (step.kind !== "rules") return step;
  const last = step.rules.at(-1)!;
  if (last.outcome !== "final" && last.outcome !== "ended") return step;
  const all = rules.filter(
    ({ ruleSet, section }) => ruleSet === step.ruleSet && section === step.section,
  );
  const at = all.findIndex(({ place }) => isSamePlace(place, last.place));
  return { ...step, unreached: all.length - 1 - at };
}

function ruleStepOf({ place, text, condition, outcome, values, effects }: RuleTrace): RuleStep {
  return { place, text, condition, outcome, values, effects };
}

/** No backend was found for what the rules let pass. */
function lacksBackend(material: Material): boolean {
  const { entrance } = material;
  const isWithout = entrance.entry.proxy.chooseBackend(null) === null;
  return isWithout && entrance.entry.proxy.servers === null && !hasEndedByRule(material);
}

function backendStep({ entrance, performance, tracer }: Material): BackendStep {
  const { draft, proxy } = entrance.entry;
  const entry = performance.backend;
  const name = entry?.proxy.name ?? null;
  const choices = backendChoices(draft, name ?? "", tracer);
  const chosen = choices.find(({ outcome }) => outcome === "chosen");
  const byLine = tracer.events.find(
    (event): event is RuleTrace =>
      event.kind === "rule" && event.effects.includes(`${CHOOSES}${name}`),
  );
  const line = chosen?.place.line;
  const { reason, place } =
    byLine === undefined
      ? whyBackend(draft, proxy.name, name, line)
      : { reason: `a rule, line ${byLine.place.line}`, place: byLine.place };
  return { kind: "backend", name, reason, place: chosen?.place ?? place, choices };
}

function whyBackend(
  draft: SectionDraft,
  frontend: string,
  name: string | null,
  line: number | undefined,
): Pick<BackendStep, "reason" | "place"> {
  const { defaultBackend, useBackend } = draft.part(SWITCHING);
  const others = useBackend.length === 0 ? "" : ", as no use_backend line holds";
  if (line !== undefined) return { reason: `use_backend, line ${line}`, place: null };
  if (name === null) {
    return {
      reason: `there is no default_backend${others && `, and${others.slice(4)}`}`,
      place: null,
    };
  }
  if (defaultBackend?.text === name) {
    return { reason: `default_backend${others}`, place: placeOf(defaultBackend) };
  }
  const isOwn = name === frontend;
  return { reason: isOwn ? `a listen section is its own backend${others}` : others, place: null };
}

function serverStepOf(material: Material): ServerStep | undefined {
  const { performance, tracer, entrance, rows } = material;
  const { backend, attempts } = performance;
  if (backend === undefined) return undefined;
  const table = rows.get(backend.proxy.name) ?? [];
  const client = entrance.source.host();
  if (attempts.length > 0) return serverStep(backend, table, attempts, tracer, client);
  const isTried = !hasEndedByRule(material) && isRefusedByServers(material);
  return isTried ? serverStep(backend, table, [], tracer, client) : undefined;
}

/** Without a server the program says 503, or nothing in TCP mode. */
function isRefusedByServers({ performance, entrance }: Material): boolean {
  if (!entrance.entry.proxy.options.isHttp) return true;
  return statusOf(performance.answer) === 503;
}

/** Where the choice of a server stands among the events when none was connected to. */
function placeWithoutAttempt(events: readonly TraceEvent[]): number {
  const at = events.findIndex((event) => event.kind === "rule" && isOfResponse(event));
  return at === -1 ? events.length : at;
}
