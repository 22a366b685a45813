import type { Tags, ValueType } from "./columns.ts";

const ORIGINS: Readonly<Record<string, string>> = {
  M: "Metric",
  S: "Status",
  K: "Key",
  C: "Config",
  P: "Product",
};
const NATURES: Readonly<Record<string, string>> = {
  A: "Age",
  a: "Avg",
  C: "Counter",
  D: "Duration",
  G: "Gauge",
  L: "Limit",
  M: "Max",
  m: "Min",
  N: "Name",
  O: "Output",
  R: "Rate",
  T: "Time",
};
const SCOPES: Readonly<Record<string, string>> = {
  C: "Cluster",
  P: "Process",
  S: "Service",
  s: "System",
};

/** Prints a value with its tags and type, such as `MGP:u32:3`. */
export function typedValue(tags: Tags, type: ValueType, value: string | number): string {
  return `${tags}:${type}:${value}`;
}

/** Gives the part that all JSON forms of a value share. */
export function jsonItem(
  position: number,
  { name, tags, type }: { readonly name: string; readonly tags: Tags; readonly type: ValueType },
  value: string | number,
): object {
  return {
    field: { pos: position, name },
    processNum: 1,
    tags: {
      origin: ORIGINS[tags[0]!] ?? "Unknown",
      nature: NATURES[tags[1]!] ?? "Unknown",
      scope: SCOPES[tags[2]!] ?? "Unknown",
    },
    value: { type, value },
  };
}
