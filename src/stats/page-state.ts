import type { Row } from "./row.ts";
import { RowKind } from "./row.ts";

/** The states that colours tell apart; the text says the same. */
export const STATES = [
  { name: "up", label: "up" },
  { name: "going", label: "going up or down" },
  { name: "down", label: "down" },
  { name: "drain", label: "draining" },
  { name: "maint", label: "in maintenance" },
  { name: "none", label: "not checked" },
] as const;

/** The name of a state, which is also its class in the style. */
export type StateName = (typeof STATES)[number]["name"];

/** Maps the status column's text to a colour. */
export function stateOf(status: string): StateName {
  if (status === "no check") return "none";
  if (status.startsWith("MAINT") || status === "STOP" || status === "PAUSED") return "maint";
  if (status.startsWith("DRAIN") || status.startsWith("NOLB")) return "drain";
  if (/^(UP|DOWN) .*\d/.test(status) || status === "FULL" || status === "WAITING") return "going";
  return status.startsWith("DOWN") ? "down" : "up";
}

/** Says how many servers of the rows are in which state: a list of badges, or nothing. */
export function serverSummary(rows: readonly Row[]): string {
  const servers = rows.filter(({ kind }) => kind === RowKind.SERVER);
  if (servers.length === 0) return "";
  const states = servers.map(({ values }) => stateOf(String(values.status)));
  const badges = STATES.flatMap(({ name, label }) => {
    const count = states.filter((state) => state === name).length;
    return count === 0 ? [] : [`<li><span class="state ${name}">${count} ${label}</span></li>`];
  });
  return `<ul class="states" aria-label="Servers by state">${badges.join("")}</ul>`;
}
