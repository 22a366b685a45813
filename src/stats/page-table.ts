import type { ColumnName } from "./columns.ts";
import { escapeHtml, shortCount, shortDuration } from "./page-text.ts";
import { type Row, RowKind } from "./row.ts";

/** How a cell shows its value. */
type Shape = "count" | "bytes" | "seconds" | "milliseconds" | "trouble" | "text";

interface Cell {
  readonly column: ColumnName;
  readonly head: string;
  readonly shape: Shape;
}

interface Group {
  readonly head: string;
  readonly cells: readonly Cell[];
}

const count = (column: ColumnName, head: string): Cell => ({ column, head, shape: "count" });
const trouble = (column: ColumnName, head: string): Cell => ({ column, head, shape: "trouble" });

/** The columns of a proxy's table, in groups. The state's column stands in front of them. */
const GROUPS: readonly Group[] = [
  {
    head: "Queue",
    cells: [count("qcur", "Now"), count("qmax", "Max"), count("qlimit", "Limit")],
  },
  {
    head: "Per second",
    cells: [count("rate", "Now"), count("rate_max", "Max"), count("rate_lim", "Limit")],
  },
  {
    head: "Sessions",
    cells: [
      count("scur", "Now"),
      count("smax", "Max"),
      count("slim", "Limit"),
      count("stot", "Total"),
      { column: "lastsess", head: "Last", shape: "seconds" },
    ],
  },
  {
    head: "Bytes",
    cells: [
      { column: "bin", head: "In", shape: "bytes" },
      { column: "bout", head: "Out", shape: "bytes" },
    ],
  },
  {
    head: "Responses",
    cells: [
      count("hrsp_2xx", "2xx"),
      count("hrsp_3xx", "3xx"),
      count("hrsp_4xx", "4xx"),
      trouble("hrsp_5xx", "5xx"),
    ],
  },
  {
    head: "Average ms",
    cells: [
      { column: "qtime", head: "Queue", shape: "milliseconds" },
      { column: "ctime", head: "Connect", shape: "milliseconds" },
      { column: "rtime", head: "Response", shape: "milliseconds" },
    ],
  },
  { head: "Denied", cells: [count("dreq", "Req"), count("dresp", "Resp")] },
  {
    head: "Errors",
    cells: [trouble("ereq", "Req"), trouble("econ", "Conn"), trouble("eresp", "Resp")],
  },
  { head: "Warnings", cells: [trouble("wretr", "Retries"), trouble("wredis", "Redisp")] },
  {
    head: "Server",
    cells: [
      { column: "last_chk", head: "Last check", shape: "text" },
      count("weight", "Weight"),
      count("act", "Active"),
      count("bck", "Backup"),
      trouble("chkfail", "Failed"),
      trouble("chkdown", "Downs"),
      { column: "downtime", head: "Downtime", shape: "seconds" },
    ],
  },
];

/** Prints the table of one proxy from its rows. */
export function proxyTable(caption: string, rows: readonly Row[]): string {
  const groups = GROUPS.map(
    ({ head, cells }) => `<th scope="colgroup" colspan="${cells.length}">${head}</th>`,
  );
  const heads = GROUPS.flatMap(({ cells }) =>
    cells.map(({ head }, index) => `<th scope="col"${edge(index)}>${head}</th>`),
  );
  return (
    `<div class="scroll"><table aria-label="${escapeHtml(caption)}"><thead>` +
    `<tr><th rowspan="2" scope="col">Name</th><th rowspan="2" scope="col">State</th>${groups.join("")}</tr>` +
    `<tr>${heads.join("")}</tr></thead>\n<tbody>\n${rows.map(tableRow).join("")}</tbody></table></div>`
  );
}

function tableRow(row: Row): string {
  const { values } = row;
  const isSide = row.kind === RowKind.FRONTEND || row.kind === RowKind.BACKEND;
  const name = isSide ? sideName(row) : String(values.svname);
  const legend = [values.addr, values.algo, values.cookie && `cookie ${values.cookie}`];
  const shown = legend.filter((text) => text !== undefined && text !== "").join(", ");
  const title = shown === "" ? "" : `<br><span class="soft">${escapeHtml(shown)}</span>`;
  const cells = GROUPS.flatMap((group) =>
    group.cells.map((cell, index) => tableCell(cell, row, edge(index, cell.shape === "text"))),
  );
  return (
    `<tr${isSide ? ' class="side"' : ""}><th scope="row">${escapeHtml(name)}${title}</th>` +
    `<td class="text">${stateBadge(row)}</td>${cells.join("")}</tr>\n`
  );
}

function sideName({ kind }: Row): string {
  return kind === RowKind.FRONTEND ? "Frontend" : "Backend";
}

function tableCell({ column, shape }: Cell, { values }: Row, attributes: string): string {
  const value = column === "last_chk" ? checkText(values) : values[column];
  if (value === undefined || value === "" || value === -1) return `<td${attributes}></td>`;
  if (typeof value === "string") return `<td${attributes}>${escapeHtml(value)}</td>`;
  const classes = `${value === 0 ? " zero" : ""}${shape === "trouble" && value > 0 ? " bad" : ""}`;
  const marked = addClasses(attributes, classes.trim());
  if (shape === "seconds") return `<td${marked}>${shortDuration(value)}</td>`;
  const text = shortCount(value);
  const title = text === String(value) ? "" : ` title="${value}"`;
  return `<td${marked}${title}>${text}</td>`;
}

/** What the last check found: `L7OK/200 in 3 ms`. */
function checkText(values: Row["values"]): string | undefined {
  const { check_status, check_code, check_duration } = values;
  if (check_status === undefined) return undefined;
  const code = check_code === undefined ? "" : `/${check_code}`;
  const duration = check_duration === undefined ? "" : ` in ${check_duration} ms`;
  return `${check_status}${code}${duration}`;
}

/** The states that colours tell apart; the text says the same. */
export const STATES = [
  { name: "up", label: "Up" },
  { name: "going", label: "Going up or down" },
  { name: "down", label: "Down" },
  { name: "drain", label: "Draining" },
  { name: "maint", label: "Maintenance or stopped" },
  { name: "none", label: "Not checked" },
] as const;

function stateBadge({ values, kind }: Row): string {
  const status = String(values.status ?? "");
  const backup = kind === RowKind.SERVER && values.bck === 1 ? " backup" : "";
  const since =
    values.lastchg === undefined
      ? ""
      : ` <span class="soft">${shortDuration(Number(values.lastchg))}</span>`;
  const title =
    values.check_desc === undefined ? "" : ` title="${escapeHtml(String(values.check_desc))}"`;
  const badge = `<span class="state ${stateOf(status)}"${title}>${escapeHtml(status)}</span>`;
  return `${badge}${backup}${since}`;
}

/** Maps the status column's text to a colour. */
export function stateOf(status: string): (typeof STATES)[number]["name"] {
  if (status === "no check") return "none";
  if (status.startsWith("MAINT") || status === "STOP" || status === "PAUSED") return "maint";
  if (status.startsWith("DRAIN") || status.startsWith("NOLB")) return "drain";
  if (/^(UP|DOWN) .*\d/.test(status) || status === "FULL" || status === "WAITING") return "going";
  return status.startsWith("DOWN") ? "down" : "up";
}

function edge(index: number, isText = false): string {
  const names = [index === 0 ? "edge" : "", isText ? "text" : ""].filter((name) => name !== "");
  return names.length === 0 ? "" : ` class="${names.join(" ")}"`;
}

function addClasses(attributes: string, names: string): string {
  if (names === "") return attributes;
  if (attributes === "") return ` class="${names}"`;
  return attributes.replace('class="', `class="${names} `);
}
