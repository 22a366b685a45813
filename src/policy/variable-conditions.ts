import type { Diagnostics } from "../config/diagnostics.ts";
import { nearestWord } from "../config/nearest-word.ts";
import type { Word } from "../config/word.ts";
import { Sample, SampleType } from "./sample.ts";
import type { VariableName, VariableSet } from "./variables.ts";

/** Conditions of setting a variable, as bits; all of them must hold. */
const CONDITIONS = {
  ifexists: 1,
  ifnotexists: 2,
  ifempty: 4,
  ifnotempty: 8,
  ifset: 16,
  ifnotset: 32,
  ifgt: 64,
  iflt: 128,
} as const;

const NAMES = Object.keys(CONDITIONS);

/** Reads the conditions behind a variable's name; undefined after an error was reported. */
export function compileSetConditions(
  words: readonly Word[],
  diagnostics: Diagnostics,
): number | undefined {
  let bits = 0;
  for (const at of words) {
    const bit = (CONDITIONS as Record<string, number>)[at.text];
    if (bit === undefined) {
      const near = nearestWord(at.text, NAMES);
      diagnostics.error(
        at,
        `unknown condition '${at.text}'; there are ${NAMES.join(", ")}.`,
        near === undefined ? undefined : `did you mean "${near}"?`,
      );
      return undefined;
    }
    bits |= bit;
  }
  return bits;
}

const held = new Sample();

/**
 * Says whether a variable may be given a value.
 *
 * Source: HAProxy configuration manual, section 7.3.1, set-var.
 *
 * @hot
 */
export function maySet(
  bits: number,
  set: VariableSet,
  name: VariableName,
  sample: Sample,
): boolean {
  if (bits === 0) return true;
  const exists = set.get(name, held);
  const isEmpty = hasBytes(sample) && sample.start === sample.end;
  const isUnset = hasBytes(sample) ? isEmpty : isNumber(sample) && sample.bigInteger === 0n;
  const order = compare(sample, exists);
  let holding: number = exists ? CONDITIONS.ifexists : CONDITIONS.ifnotexists;
  holding |= isEmpty ? CONDITIONS.ifempty : CONDITIONS.ifnotempty;
  holding |= isUnset ? CONDITIONS.ifnotset : CONDITIONS.ifset;
  if (!exists || order > 0) holding |= CONDITIONS.ifgt;
  if (!exists || order < 0) holding |= CONDITIONS.iflt;
  return (bits & ~holding) === 0;
}

/** Compares what the variable holds with its new value; what is no number is neither more nor less. */
function compare(sample: Sample, exists: boolean): number {
  if (!exists || !isNumber(sample) || !isNumber(held)) return 0;
  const difference = held.bigInteger - sample.bigInteger;
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
}

function isNumber({ type }: Sample): boolean {
  return type === SampleType.BOOLEAN || type === SampleType.INTEGER;
}

function hasBytes({ type }: Sample): boolean {
  return type === SampleType.STRING || type === SampleType.BINARY || type === SampleType.METHOD;
}
