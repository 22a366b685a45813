import { ALL_COLUMNS, COLUMNS, type Column, PROTOCOL_COLUMNS } from "./columns.ts";
import { type Row, RowKind } from "./row.ts";
import { jsonItem, typedValue } from "./typed-value.ts";

const LETTERS = ["F", "B", "S", "L"] as const;
const OBJECT_NAMES = ["Frontend", "Backend", "Server", "Listener"] as const;

/** The header line of the CSV form. Each line, this one too, ends with a comma. */
export const CSV_HEADER = `# ${COLUMNS.map(({ name }) => name).join(",")},-,${PROTOCOL_COLUMNS.map(
  ({ name }) => name,
).join(",")},\n`;

/** Prints rows as CSV with its header. Source: HAProxy management guide, section 9.1. */
export function printCsv(rows: readonly Row[]): string {
  return CSV_HEADER + rows.map(csvLine).join("");
}

function csvLine({ values }: Row): string {
  const cell = ({ name }: Column & { name: keyof typeof values }) => csvText(values[name] ?? "");
  return `${COLUMNS.map(cell).join(",")},-,${PROTOCOL_COLUMNS.map(cell).join(",")},\n`;
}

/** Quotes a text as RFC 4180 has it, where it needs quotes. */
function csvText(value: string | number): string {
  if (typeof value === "number") return String(value);
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** Prints one value a line, with its type. Source: HAProxy management guide, section 9.2. */
export function printTyped(rows: readonly Row[], withSummary = false): string {
  let text = "";
  for (const row of rows) {
    const place = `${LETTERS[row.kind]}.${row.proxyId}.${row.id}`;
    for (const [position, column] of ALL_COLUMNS.entries()) {
      const value = row.values[column.name];
      if (value === undefined) continue;
      const shown = typedValue(tagsOf(column, row), column.type, value);
      const summary = withSummary ? `:"${column.summary}"` : "";
      text += `${place}.${position}.${column.name}.1:${shown}${summary}\n`;
    }
  }
  return text;
}

/** Prints rows as one JSON array of arrays. Source: HAProxy management guide, section 9.3. */
export function printJson(rows: readonly Row[]): string {
  const objects = rows.map((row) => {
    const items: unknown[] = [];
    for (const [position, column] of ALL_COLUMNS.entries()) {
      const value = row.values[column.name];
      if (value === undefined) continue;
      items.push({
        objType: OBJECT_NAMES[row.kind],
        proxyId: row.proxyId,
        id: row.id,
        ...jsonItem(position, { ...column, tags: tagsOf(column, row) }, value),
      });
    }
    return items;
  });
  return JSON.stringify(objects);
}

function tagsOf(column: Column, row: Row): string {
  return row.kind === RowKind.BACKEND ? (column.backendTags ?? column.tags) : column.tags;
}
