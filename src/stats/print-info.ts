import { INFO_FIELDS, type InfoField, type InfoName, type InfoValues } from "./info-fields.ts";
import { jsonItem, typedValue } from "./typed-value.ts";

/** Prints `NAME: VALUE` lines. Source: HAProxy management guide, section 9.3, "show info". */
export function printInfo(info: InfoValues, withSummary = false): string {
  return lines(info, ({ name, summary }, value) =>
    withSummary ? `${name}: ${value}:"${summary}"` : `${name}: ${value}`,
  );
}

/** Prints the lines with their number and type. */
export function printTypedInfo(info: InfoValues, withSummary = false): string {
  return lines(info, ({ position, name, tags, type, summary }, value) => {
    const text = `${position}.${name}.1:${typedValue(tags, type, value)}`;
    return withSummary ? `${text}:"${summary}"` : text;
  });
}

/** Prints the lines as a JSON array. */
export function printJsonInfo(info: InfoValues): string {
  const items: unknown[] = [];
  for (const field of INFO_FIELDS) {
    const value = info[field.name];
    if (value !== undefined) items.push(jsonItem(field.position, field, value));
  }
  return JSON.stringify(items);
}

function lines(
  info: InfoValues,
  print: (field: InfoField & { name: InfoName }, value: string | number) => string,
): string {
  let text = "";
  for (const field of INFO_FIELDS) {
    const value = info[field.name];
    if (value !== undefined) text += `${print(field, value)}\n`;
  }
  return text;
}
