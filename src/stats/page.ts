import type { InfoValues } from "./info-fields.ts";
import { PAGE_STYLE } from "./page-style.ts";
import { proxyTable, STATES } from "./page-table.ts";
import { escapeHtml, shortCount } from "./page-text.ts";
import type { Row } from "./row.ts";

/** What the page shows besides the rows. */
export interface PageOptions {
  /** Path of the page, where its links lead. */
  readonly uri: string;
  /** `stats refresh`, or 0. */
  readonly refreshSeconds: number;
  /** Whether the query left servers out that are not up, or in maintenance. */
  readonly onlyUp: boolean;
  readonly noMaintenance: boolean;
  /** `stats hide-version`. */
  readonly hidesVersion: boolean;
  /** `stats show-node`; empty shows none. */
  readonly node: string;
  /** `stats show-desc`; empty shows none. */
  readonly description: string;
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
<header><h1>${escapeHtml(title)}</h1><span class="soft">Sluice${escapeHtml(version)}, process ${info.Pid ?? ""}</span>
${navigation(options)}</header>
${options.description === "" ? "" : `<p>${escapeHtml(options.description)}</p>\n`}<main>
${facts(info)}
<ul class="legend" aria-label="Colours of states">${STATES.map(
    ({ name, label }) => `<li><span class="state ${name}">${label}</span></li>`,
  ).join("")}</ul>
${sections(rows)}</main>
</body>
</html>
`;
  return Buffer.from(text, "utf8");
}

function navigation(options: PageOptions): string {
  const base = escapeHtml(options.uri);
  const links = [`<a href="${base}">Refresh now</a>`];
  if (options.refreshSeconds > 0) links.push(`<a href="${base};norefresh">Stop refreshing</a>`);
  links.push(
    options.onlyUp
      ? `<a href="${base}">Show all servers</a>`
      : `<a href="${base};up">Hide servers that are down</a>`,
    `<a href="${base};csv">CSV</a>`,
    `<a href="${base};json">JSON</a>`,
  );
  return `<nav aria-label="Views">${links.join(" ")}</nav>`;
}

function facts(info: InfoValues): string {
  const number = (value: string | number | undefined) => shortCount(Number(value ?? 0));
  const pairs: readonly (readonly [string, string])[] = [
    ["Uptime", String(info.Uptime ?? "")],
    ["Connections", `${number(info.CurrConns)} of ${number(info.Maxconn)}`],
    ["Connections a second", `${number(info.ConnRate)}, peak ${number(info.MaxConnRate)}`],
    ["Requests so far", number(info.CumReq)],
    ["Bytes out a second", number(info.BytesOutRate)],
    ["Idle", `${info.Idle_pct ?? 100} %`],
    ["Threads", String(info.Nbthread ?? 1)],
    ["Descriptors", `limit ${number(info["Ulimit-n"])}`],
  ];
  const items = pairs.map(
    ([name, value]) => `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  return `<dl class="facts">${items.join("")}</dl>`;
}

/** One section for each proxy; the rows of a proxy follow each other. */
function sections(rows: readonly Row[]): string {
  let text = "";
  let start = 0;
  while (start < rows.length) {
    const { proxyId, values } = rows[start]!;
    let end = start;
    while (end < rows.length && rows[end]!.proxyId === proxyId) end++;
    const name = escapeHtml(String(values.pxname));
    const mode = escapeHtml(String(values.mode ?? ""));
    text += `<section id="${name}"><div class="title"><h2>${name}</h2><span class="soft">${mode}</span></div>\n`;
    text += `${proxyTable(`Proxy ${String(values.pxname)}`, rows.slice(start, end))}</section>\n`;
    start = end;
  }
  return text === "" ? '<p class="soft">No proxy is shown here.</p>' : text;
}
