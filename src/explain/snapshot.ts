import { writeHead } from "../h1/head-writer.ts";
import type { Head } from "../http/head.ts";
import { LEVEL_NAMES } from "../log/level.ts";
import type { PolicyCompiler } from "../policy/compiler.ts";
import { Sample } from "../policy/sample.ts";
import type { StreamControl } from "../policy/stream-control.ts";
import { VariableScope } from "../policy/variables.ts";
import type { PolicyView } from "../proxy/policy-view.ts";
import type { Stream } from "../proxy/stream.ts";
import { LEVEL_SILENT, LEVEL_UNCHANGED } from "../proxy/stream-policy.ts";
import { describe } from "./values.ts";

/** What rules can change of a stream, at one moment. */
export interface Snapshot {
  readonly requestLines: readonly string[];
  readonly responseLines: readonly string[];
  readonly variables: ReadonlyMap<string, string>;
  readonly logLevel: number;
  /** The backend that `reqsetbe` has chosen; "" before. */
  readonly backend: string;
  readonly source: string;
  readonly captures: readonly string[];
}

/** What a rule has done that chooses the backend; its name follows. */
export const CHOOSES = "the backend is ";

const ROOM = new Uint8Array(512 * 1024);

/** Looks at everything that a rule may change. */
export function takeSnapshot(control: StreamControl, compiler: PolicyCompiler): Snapshot {
  const view = control as PolicyView;
  // Rules of mere connections have no stream.
  const stream = view.stream as Stream | null;
  const policy = stream?.policy ?? null;
  return {
    requestLines: linesOf(view.request),
    responseLines: linesOf(view.response),
    variables: variablesOf(view, compiler),
    logLevel: policy?.logLevel ?? LEVEL_UNCHANGED,
    backend: policy?.backendByLine?.name ?? "",
    source: view.source.toString(),
    captures: [
      ...(stream?.requestCaptures.texts ?? []),
      ...(stream?.responseCaptures.texts ?? []),
    ].map((text) => Buffer.from(text, "latin1").toString()),
  };
}

/** The lines of a head as it would be sent now; none without a head. */
export function linesOf(head: Head | null): string[] {
  if (head === null || head.fieldCount === 0) return [];
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
  if (before.backend !== after.backend) effects.push(`${CHOOSES}${after.backend}`);
  if (before.logLevel !== after.logLevel) effects.push(`log level ${levelName(after.logLevel)}`);
  if (before.source !== after.source) effects.push(`client is ${after.source}`);
  after.captures.forEach((text, slot) => {
    if (text !== (before.captures[slot] ?? "")) {
      effects.push(`captured ${JSON.stringify(text)}`);
    }
  });
  return effects;
}

function levelName(level: number): string {
  return level === LEVEL_SILENT ? "silent" : (LEVEL_NAMES[level] ?? String(level));
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
