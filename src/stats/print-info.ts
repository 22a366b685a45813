import { INFO_FIELDS, type InfoField, type InfoName, type InfoValues } from "./info-fields.ts";
import { jsonItem, typedValue } from "./typed-value.ts";

/** What the `desc` and `float` behind `show info` ask for. */
export interface InfoForm {
  readonly withSummary?: boolean;
  /** Times and rates keep what is behind their decimal point. */
  readonly isFloat?: boolean;
}

/** The lines that have a fraction when it is asked for. */
const FLOATS: ReadonlySet<string> = new Set([
  "Uptime_sec",
  "ConnRate",
  "SessRate",
  "SslRate",
  "SslFrontendKeyRate",
  "SslFrontendSessionReuse_pct",
  "SslBackendKeyRate",
  "CompressBpsIn",
  "CompressBpsOut",
  "Start_time_sec",
]);

/** Prints `NAME: VALUE` lines. Source: HAProxy management guide, section 9.3, "show info". */
export function printInfo(info: InfoValues, { withSummary, isFloat }: InfoForm = {}): string {
  return lines(info, isFloat, ({ name, summary }, value) =>
    withSummary ? `${name}: ${value}:"${summary}"` : `${name}: ${value}`,
  );
}

/** Prints the lines with their number and type. */
export function printTypedInfo(info: InfoValues, { withSummary, isFloat }: InfoForm = {}): string {
  return lines(info, isFloat, ({ position, name, tags, type, summary }, value) => {
    const text = `${position}.${name}.1:${typedValue(tags, type, value)}`;
    return withSummary ? `${text}:"${summary}"` : text;
  });
}

/** Prints the lines as a JSON array. */
export function printJsonInfo(info: InfoValues): string {
  const items: unknown[] = [];
  for (const field of INFO_FIELDS) {
    const value = info[field.name];
    if (value !== undefined) items.push(jsonItem(field.position, field, whole(value)));
  }
  return JSON.stringify(items);
}

function whole(value: string | number): string | number {
  return typeof value === "number" ? Math.floor(value) : value;
}

function lines(
  info: InfoValues,
  isFloat: boolean | undefined,
  print: (field: InfoField & { name: InfoName }, value: string | number) => string,
): string {
  let text = "";
  for (const field of INFO_FIELDS) {
    const value = info[field.name];
    if (value === undefined) continue;
    const hasFraction = isFloat === true && FLOATS.has(field.name);
    const shown = hasFraction ? { ...field, type: "flt" as const } : field;
    text += `${print(shown, hasFraction ? value : whole(value))}\n`;
  }
  return text;
}
