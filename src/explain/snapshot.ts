import { writeHead } from "../h1/head-writer.ts";
import type { Head } from "../http/head.ts";
import { LEVEL_NAMES } from "../log/level.ts";
import type { PolicyCompiler } from "../policy/compiler.ts";
import { Sample } from "../policy/sample.ts";
import type { StreamControl } from "../policy/stream-control.ts";
import { VariableScope } from "../policy/variables.ts";
import type { PolicyView } from "../proxy/policy-view.ts";
import { LEVEL_SILENT, LEVEL_UNCHANGED } from "../proxy/stream-policy.ts";
import { describe } from "./values.ts";

/** What rules can change of a stream, at one moment. */
export interface Snapshot {
  readonly requestLines: readonly string[];
  readonly responseLines: readonly string[];
  readonly variables: ReadonlyMap<string, string>;
  /** Everything else, by what people call it. */
  readonly settings: ReadonlyMap<string, string>;
}

/** What a rule has done that chooses the backend (`reqsetbe`); its name follows. */
export const CHOOSES = "backend: ";

const ROOM = new Uint8Array(512 * 1024);

/** Looks at everything that a rule may change. */
export function takeSnapshot(control: StreamControl, compiler: PolicyCompiler): Snapshot {
  const view = control as PolicyView;
  return {
    requestLines: linesOf(view.request),
    responseLines: linesOf(view.response),
    variables: variablesOf(view, compiler),
    settings: settingsOf(view),
  };
}

/** The lines of a head as it would be sent now; none without a head. */
function linesOf(head: Head | null): string[] {
  if (head === null || head.end === 0) return [];
  const end = writeHead(head, ROOM, 0, ROOM.length);
  if (end < 0) return [];
  return Buffer.from(ROOM.subarray(0, end)).toString().trimEnd().split("\r\n");
}

function variablesOf(view: PolicyView, compiler: PolicyCompiler): Map<string, string> {
  const found = new Map<string, string>();
  const sample = new Sample();
  for (const scope of Object.values(VariableScope)) {
    const set = view.variables.find(scope);
    if (set === null) continue;
    for (const name of compiler.variables.in(scope)) {
      if (set.get(name, sample)) found.set(name.text, describe(sample).text);
    }
  }
  return found;
}

function settingsOf(view: PolicyView): Map<string, string> {
  const settings = new Map([
    ["client", view.source.toString()],
    ["destination", view.destination.toString()],
  ]);
  const stream = view.streamOrNull;
  if (stream === null) return settings;
  const { policy, requestCaptures, responseCaptures } = stream;
  settings.set("backend", policy?.backendByLine?.name ?? "");
  settings.set("log level", levelName(policy?.logLevel ?? LEVEL_UNCHANGED));
  settings.set("nice", String(stream.nice));
  settings.set("priority class", String(stream.priorityClass));
  settings.set("priority offset", `${stream.priorityOffset} ms`);
  settings.set("server timeout", timeText(stream.ownServerMs));
  settings.set("tunnel timeout", timeText(stream.ownTunnelMs));
  requestCaptures.texts.forEach((text, slot) => {
    settings.set(`capture ${slot} of the request`, utf8(text));
  });
  responseCaptures.texts.forEach((text, slot) => {
    settings.set(`capture ${slot} of the response`, utf8(text));
  });
  return settings;
}

function levelName(level: number): string {
  if (level === LEVEL_UNCHANGED) return "";
  return level === LEVEL_SILENT ? "silent" : LEVEL_NAMES[level]!;
}

function timeText(ms: number): string {
  return ms === -1 ? "" : `${ms} ms`;
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, "latin1").toString();
}

/** What is different between two moments, one line each, for people. */
export function differences(before: Snapshot, after: Snapshot): string[] {
  const effects = [
    ...lineChanges(before.requestLines, after.requestLines),
    ...lineChanges(before.responseLines, after.responseLines),
  ];
  for (const [name, text] of after.variables) {
    if (before.variables.get(name) !== text) effects.push(`${name} = ${JSON.stringify(text)}`);
  }
  for (const name of before.variables.keys()) {
    if (!after.variables.has(name)) effects.push(`${name} is unset`);
  }
  for (const [name, text] of after.settings) {
    if ((before.settings.get(name) ?? "") !== text) effects.push(`${name}: ${text}`);
  }
  return effects;
}

/** Lines that went, then lines that came; those that are only elsewhere count as the same. */
function lineChanges(before: readonly string[], after: readonly string[]): string[] {
  if (after.length === 0) return [];
  const left = [...after];
  const gone: string[] = [];
  for (const line of before) {
    const at = left.indexOf(line);
    if (at === -1) gone.push(`- ${line}`);
    else left.splice(at, 1);
  }
  return [...gone, ...left.map((line) => `+ ${line}`)];
}
