import { ALL_COLUMNS, COLUMNS, type Column, PROTOCOL_COLUMNS } from "./columns.ts";
import { type Row, RowKind } from "./row.ts";
import { jsonItem, typedValue } from "./typed-value.ts";

const LETTERS = ["F", "B", "S", "L"] as const;
const OBJECT_NAMES = ["Frontend", "Backend", "Server", "Listener"] as const;

/** The header line of the CSV form. Each line, this one too, ends with a comma. */
export const CSV_HEADER = `# ${COLUMNS.map(({ name }) => name).join(",")},-,${PROTOCOL_COLUMNS.map(
  ({ name }) => name,
).join(",")},\n`;

/** Prints rows as CSV with its header, a line a piece. Source: HAProxy management guide, section 9.1. */
export function* printCsv(rows: Iterable<Row>): Generator<string> {
  yield CSV_HEADER;
  for (const row of rows) yield csvLine(row);
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

/** Prints one value a line, with its type; a row a piece. Source: section 9.2 of the same. */
export function* printTyped(rows: Iterable<Row>, withSummary = false): Generator<string> {
  for (const row of rows) yield typedLines(row, withSummary);
}

function typedLines(row: Row, withSummary: boolean): string {
  const place = `${LETTERS[row.kind]}.${row.proxyId}.${row.id}`;
  let text = "";
  for (const [position, column] of ALL_COLUMNS.entries()) {
    const value = row.values[column.name];
    if (value === undefined) continue;
    const shown = typedValue(tagsOf(column, row), column.type, value);
    const summary = withSummary ? `:"${column.summary}"` : "";
    text += `${place}.${position}.${column.name}.1:${shown}${summary}\n`;
  }
  return text;
}

/** Prints rows as one JSON array of arrays, a row a piece. */
export function* printJson(rows: Iterable<Row>): Generator<string> {
  let separator = "[";
  for (const row of rows) {
    yield separator + JSON.stringify(jsonItems(row));
    separator = ",";
  }
  yield separator === "[" ? "[]" : "]";
}

function jsonItems(row: Row): unknown[] {
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
}

function tagsOf(column: Column, row: Row): string {
  return row.kind === RowKind.BACKEND ? (column.backendTags ?? column.tags) : column.tags;
}
