import { ALL_SERVERS_BOX, serverBox } from "./page-admin.ts";
import { type Cell, COLUMN_GROUPS, type ColumnGroup } from "./page-columns.ts";
import { stateOf } from "./page-state.ts";
import { escapeHtml, shortDuration } from "./page-text.ts";
import { type Row, RowKind } from "./row.ts";

/**
 * Prints the table of one proxy from its rows. Columns with nothing to tell are left out.
 *
 * @param isForm - Whether servers have a box in front of them.
 */
export function proxyTable(caption: string, rows: readonly Row[], isForm = false): string {
  const groups = groupsFor(rows);
  const groupHeads = groups.map(
    ({ head, columns }) =>
      `<th scope="colgroup" class="edge" colspan="${columns.length}">${head}</th>`,
  );
  const heads = groups.flatMap(({ columns }) =>
    columns.map(
      ({ head }, index) => `<th scope="col"${index === 0 ? ' class="edge"' : ""}>${head}</th>`,
    ),
  );
  const label = escapeHtml(caption);
  return (
    `<div class="scroll" role="region" aria-label="${label}" tabindex="0"><table><thead>\n` +
    `<tr>${isForm ? ALL_SERVERS_BOX : ""}<th rowspan="2" scope="col" class="text">Name</th>` +
    `<th rowspan="2" scope="col" class="text">State</th>${groupHeads.join("")}</tr>\n` +
    `<tr>${heads.join("")}</tr></thead>\n<tbody>\n` +
    `${rows.map((row) => tableRow(row, groups, isForm)).join("")}</tbody></table></div>\n`
  );
}

function groupsFor(rows: readonly Row[]): readonly ColumnGroup[] {
  return COLUMN_GROUPS.flatMap(({ head, columns }) => {
    const told = columns.filter(({ cell, isQuiet }) =>
      rows.some(({ values }) => {
        const shown = cell(values);
        return shown !== null && !(isQuiet && shown.tone === "zero");
      }),
    );
    return told.length === 0 ? [] : [{ head, columns: told }];
  });
}

function tableRow(row: Row, groups: readonly ColumnGroup[], isForm: boolean): string {
  const { values, kind } = row;
  const isSide = kind === RowKind.FRONTEND || kind === RowKind.BACKEND;
  const cells = groups.flatMap(({ columns }) =>
    columns.map(({ cell, label }, index) => tableCell(cell(values), label, index === 0)),
  );
  return (
    `<tr${isSide ? ' class="side"' : ""}>${isForm ? boxOf(row) : ""}<th scope="row">${nameOf(row)}</th>` +
    `<td class="text">${stateBadge(row)}</td>${cells.join("")}</tr>\n`
  );
}

function boxOf({ kind, values }: Row): string {
  return kind === RowKind.SERVER ? serverBox(String(values.svname)) : '<td class="pick"></td>';
}

function nameOf({ kind, values }: Row): string {
  const sides: Readonly<Record<number, string>> = {
    [RowKind.FRONTEND]: "Frontend",
    [RowKind.BACKEND]: "Backend",
  };
  const name = escapeHtml(sides[kind] ?? String(values.svname));
  const isBackup = kind === RowKind.SERVER && values.bck === 1;
  const legend = [values.addr, values.algo, values.cookie && `cookie ${values.cookie}`];
  const shown = legend.filter((text) => text !== undefined && text !== "").join(", ");
  const tag = isBackup ? ' <span class="tag">backup</span>' : "";
  return `${name}${tag}${shown === "" ? "" : `<small>${escapeHtml(shown)}</small>`}`;
}

function stateBadge({ values }: Row): string {
  const status = String(values.status ?? "");
  const { lastchg, check_desc } = values;
  const since = lastchg === undefined ? "" : `<small>for ${shortDuration(Number(lastchg))}</small>`;
  const title = check_desc === undefined ? "" : ` title="${escapeHtml(String(check_desc))}"`;
  const badge = `<span class="state ${stateOf(status)}"${title}>${escapeHtml(status)}</span>`;
  return `${badge}${since}`;
}

function tableCell(cell: Cell | null, label: string, isFirst: boolean): string {
  const edge = isFirst ? "edge" : "";
  if (cell === null) return `<td${classes(edge)}></td>`;
  const { text, note, tone, exact } = cell;
  const title = exact === "" ? "" : ` title="${exact}"`;
  const small = note === "" ? "" : `<small>${escapeHtml(note)}</small>`;
  const names = classes(edge, tone === "plain" ? "" : tone);
  return `<td${names} data-label="${label}"${title}>${escapeHtml(text)}${small}</td>`;
}

function classes(...names: readonly string[]): string {
  const given = names.filter((name) => name !== "");
  return given.length === 0 ? "" : ` class="${given.join(" ")}"`;
}
