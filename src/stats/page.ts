import type { InfoValues } from "./info-fields.ts";
import { adminForm, outcomeMessage } from "./page-admin.ts";
import { serverSummary } from "./page-state.ts";
import { PAGE_STYLE } from "./page-style.ts";
import { proxyTable } from "./page-table.ts";
import { escapeHtml, shortCount, shortDuration } from "./page-text.ts";
import { type Row, RowKind } from "./row.ts";

/** How the reader wants the page, as its address says. */
export interface PageView {
  /** Whether the query asked for no refreshing. */
  readonly isStill: boolean;
  /** Whether the query left servers out that are not up, or in maintenance. */
  readonly onlyUp: boolean;
  readonly noMaintenance: boolean;
}

/** What the page shows besides the rows. */
export interface PageOptions extends PageView {
  /** Path of the page, where its links lead. */
  readonly uri: string;
  /** `stats refresh`, or 0. */
  readonly refreshSeconds: number;
  /** `stats hide-version`. */
  readonly hidesVersion: boolean;
  /** `stats show-node`; empty shows none. */
  readonly node: string;
  /** `stats show-desc`; empty shows none. */
  readonly description: string;
  /** Whether the reader may act on servers (`stats admin`). */
  readonly isAdmin: boolean;
  /** What became of the last form; empty where there was none. */
  readonly outcome: string;
}

/** Prints the statistics page: complete in itself, and of use without scripts. */
export function renderStatsPage(
  rows: readonly Row[],
  info: InfoValues,
  options: PageOptions,
): Uint8Array {
  const node = options.node === "" ? "" : ` on ${options.node}`;
  const title = `Statistics${node}`;
  const version = options.hidesVersion ? "" : ` ${info.Sluice ?? ""}`;
  const proxies = groupByProxy(rows);
  const text = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header><h1>${escapeHtml(title)}</h1>
<p class="soft">Sluice${escapeHtml(version)}, process ${info.Pid ?? ""}${refreshNote(options)}</p>
${navigation(options)}</header>
${options.description === "" ? "" : `<p>${escapeHtml(options.description)}</p>\n`}<main>
${outcomeMessage(options.outcome, pageLink(options))}${facts(info)}
${overview(proxies)}${proxies.map((group) => section(group, options.isAdmin)).join("") || '<p class="soft">No proxy is shown here.</p>'}</main>
</body>
</html>
`;
  return Buffer.from(text, "utf8");
}

function refreshNote({ refreshSeconds, isStill }: PageOptions): string {
  return refreshSeconds > 0 && !isStill ? `, refreshed every ${refreshSeconds} s` : "";
}

/** What follows the page's address so that it is shown in this way. */
export function viewWords({ onlyUp, noMaintenance, isStill }: PageView): string {
  return `${onlyUp ? ";up" : ""}${noMaintenance ? ";no-maint" : ""}${isStill ? ";norefresh" : ""}`;
}

/** The address of the page as these options show it, for an attribute. */
function pageLink(options: PageOptions): string {
  return escapeHtml(options.uri + viewWords(options));
}

function navigation(options: PageOptions): string {
  const link = (text: string, changes: Partial<PageOptions>) =>
    `<a href="${pageLink({ ...options, ...changes })}">${text}</a>`;
  const { uri, onlyUp, noMaintenance, isStill, refreshSeconds } = options;
  const links = [
    link("Refresh", {}),
    refreshSeconds === 0
      ? ""
      : link(isStill ? "Go on refreshing" : "Stop refreshing", { isStill: !isStill }),
    onlyUp || noMaintenance
      ? link("Show all servers", { onlyUp: false, noMaintenance: false })
      : `${link("Only up", { onlyUp: true })} ${link("Hide maintenance", { noMaintenance: true })}`,
    `<a href="${escapeHtml(uri)};csv">CSV</a>`,
    `<a href="${escapeHtml(uri)};json">JSON</a>`,
  ];
  return `<nav aria-label="Views">${links.filter((text) => text !== "").join(" ")}</nav>`;
}

function facts(info: InfoValues): string {
  const number = (value: string | number | undefined) => shortCount(Number(value ?? 0));
  const pairs: readonly (readonly [string, string, string])[] = [
    ["Running for", shortDuration(Math.floor(Number(info.Uptime_sec ?? 0))), threadsText(info)],
    ["Connections", number(info.CurrConns), `of ${number(info.Maxconn)}`],
    ["Connections a second", number(info.ConnRate), `max ${number(info.MaxConnRate)}`],
    ["Requests so far", number(info.CumReq), ""],
    ["Bytes out a second", number(info.BytesOutRate), `${number(info.TotalBytesOut)} in all`],
    ["Idle", `${info.Idle_pct ?? 100} %`, ""],
  ];
  const items = pairs.map(([name, value, note]) => {
    const small = note === "" ? "" : ` <small>${escapeHtml(note)}</small>`;
    return `<div><dt>${name}</dt><dd>${escapeHtml(value)}${small}</dd></div>`;
  });
  return `<dl class="facts">${items.join("")}</dl>`;
}

function threadsText({ Nbthread: threads = 1 }: InfoValues): string {
  return threads === 1 ? "1 thread" : `${threads} threads`;
}

/** Splits rows where another proxy begins; the rows of a proxy follow each other. */
function groupByProxy(rows: readonly Row[]): readonly (readonly Row[])[] {
  const groups: Row[][] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (last?.[0]?.proxyId === row.proxyId) last.push(row);
    else groups.push([row]);
  }
  return groups;
}

/** The servers of all proxies by state, and links to the proxies. */
function overview(proxies: readonly (readonly Row[])[]): string {
  const links = proxies.map(([row]) => {
    const { proxyId, values } = row!;
    return `<a href="#proxy-${proxyId}">${escapeHtml(String(values.pxname))}</a>`;
  });
  const index = links.length < 2 ? "" : `<nav aria-label="Proxies">${links.join(" ")}</nav>`;
  return `<div class="overview">${serverSummary(proxies.flat())}${index}</div>\n`;
}

function section(rows: readonly Row[], isAdmin: boolean): string {
  const { proxyId, values } = rows[0]!;
  const name = String(values.pxname);
  const mode = values.mode === undefined ? "" : `<span class="tag">${values.mode}</span>`;
  const isForm = isAdmin && rows.some(({ kind }) => kind === RowKind.SERVER);
  const table = proxyTable(`Proxy ${name}`, rows, isForm);
  return (
    `<section id="proxy-${proxyId}"><div class="title"><h2>${escapeHtml(name)}</h2>${mode}` +
    `${serverSummary(rows)}</div>\n${isForm ? adminForm(proxyId, table) : table}</section>\n`
  );
}
