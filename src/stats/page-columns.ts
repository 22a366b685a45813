import { shortCount, shortDuration } from "./page-text.ts";
import type { RowValues } from "./row.ts";

/** What a cell shows: a value, and smaller beneath it what puts the value into proportion. */
export interface Cell {
  readonly text: string;
  readonly note: string;
  readonly tone: "plain" | "zero" | "bad";
  /** The exact number where the text is a short form. */
  readonly exact: string;
}

/** A column of a proxy's table. */
export interface PageColumn {
  readonly head: string;
  /** The head in full, for screens where the heads' row has no place. */
  readonly label: string;
  /** Whether the column is left out while every row has 0 in it. */
  readonly isQuiet?: boolean;
  /** Null where the column does not apply to the row. */
  readonly cell: (values: RowValues) => Cell | null;
}

/** Columns under one head. */
export interface ColumnGroup {
  readonly head: string;
  readonly columns: readonly PageColumn[];
}

type Value = string | number | undefined;

const isNumber = (value: Value): value is number => typeof value === "number" && value >= 0;

function count(value: Value, note = "", print: (value: number) => string = shortCount) {
  if (!isNumber(value)) return null;
  const text = print(value);
  const exact = text === String(value) || print !== shortCount ? "" : String(value);
  return { text, note, exact, tone: value === 0 ? "zero" : "plain" } as const;
}

/** A number that should stay 0. */
function trouble(value: Value, note = ""): Cell | null {
  const cell = count(value, note);
  return cell === null || value === 0 ? cell : { ...cell, tone: "bad" };
}

const shortOf = (value: Value) => (isNumber(value) ? shortCount(value) : "");
/** Prints the highest value and the limit, where there are such: `max 3 of 200`. */
function most(max: Value, limit?: Value): string {
  const bound = isNumber(limit) && limit > 0 ? `of ${shortCount(limit)}` : "";
  const peak = isNumber(max) && max > 0 ? `max ${shortOf(max)}` : "";
  return [peak, bound].filter((text) => text !== "").join(" ");
}

/** Adds up numbers, and says of which kinds they are: `2 of requests, 1 of servers`. */
function sum(parts: readonly (readonly [Value, string])[]): Cell | null {
  const known = parts.filter(([value]) => isNumber(value));
  if (known.length === 0) return null;
  const total = known.reduce((result, [value]) => result + Number(value), 0);
  const named = known.filter(([value]) => Number(value) > 0);
  return trouble(total, named.map(([value, name]) => `${shortOf(value)} ${name}`).join(", "));
}

const milliseconds = (value: Value, max: Value) =>
  count(value, isNumber(max) && max > 0 ? `max ${shortOf(max)}` : "");

function lastCheck({ check_status, check_code, check_duration, ...values }: RowValues) {
  if (check_status === undefined) return null;
  const status = String(check_status);
  const text = check_code === undefined ? status : `${status}/${check_code}`;
  const passed = /OK|INI|CHECKED|UNK/.test(status);
  const duration = check_duration === undefined ? "" : `${check_duration} ms`;
  const reason = String(values.last_chk || values.check_desc || "");
  return {
    text,
    note: passed ? duration : reason,
    tone: passed ? "plain" : "bad",
    exact: "",
  } as const;
}

/** How often a server went down, for how long in all, and how many checks failed. */
function downs({ chkdown, chkfail, downtime }: RowValues): Cell | null {
  const failed = isNumber(chkfail) && chkfail > 0 ? `${shortCount(chkfail)} failed` : "";
  const time = isNumber(downtime) && downtime > 0 ? shortDuration(downtime) : "";
  return trouble(chkdown, [time, failed].filter((text) => text !== "").join(", "));
}

function weight({ weight: value, act, bck, svname }: RowValues): Cell | null {
  const backups = isNumber(bck) && bck > 0 ? ` + ${bck} backup` : "";
  return count(value, svname === "BACKEND" ? `${act ?? 0}${backups || " active"}` : "");
}

/** The columns of a proxy's table. Those of name and state stand in front of them. */
export const COLUMN_GROUPS: readonly ColumnGroup[] = [
  {
    head: "Health",
    columns: [
      { head: "Last", label: "Last check", cell: lastCheck },
      { head: "Downs", label: "Downs", isQuiet: true, cell: downs },
      { head: "Weight", label: "Weight", cell: weight },
    ],
  },
  {
    head: "Sessions",
    columns: [
      { head: "Now", label: "Sessions", cell: (v) => count(v.scur, most(v.smax, v.slim)) },
      {
        head: "Per s",
        label: "Sessions/s",
        cell: (v) => count(v.rate, most(v.rate_max, v.rate_lim)),
      },
      {
        head: "Total",
        label: "Sessions so far",
        cell: (v) => count(v.stot, isNumber(v.lastsess) ? `${shortDuration(v.lastsess)} ago` : ""),
      },
    ],
  },
  {
    head: "Queue",
    columns: [{ head: "Now", label: "Queue", cell: (v) => count(v.qcur, most(v.qmax, v.qlimit)) }],
  },
  {
    head: "Bytes",
    columns: [
      { head: "In", label: "Bytes in", cell: (v) => count(v.bin) },
      { head: "Out", label: "Bytes out", cell: (v) => count(v.bout) },
    ],
  },
  {
    head: "Responses",
    columns: [
      { head: "1xx", label: "1xx", isQuiet: true, cell: (v) => count(v.hrsp_1xx) },
      { head: "2xx", label: "2xx", cell: (v) => count(v.hrsp_2xx) },
      { head: "3xx", label: "3xx", cell: (v) => count(v.hrsp_3xx) },
      { head: "4xx", label: "4xx", cell: (v) => count(v.hrsp_4xx) },
      { head: "5xx", label: "5xx", cell: (v) => trouble(v.hrsp_5xx) },
    ],
  },
  {
    head: "Time in ms",
    columns: [
      {
        head: "Queue",
        label: "Queue ms",
        isQuiet: true,
        cell: (v) => milliseconds(v.qtime, v.qtime_max),
      },
      { head: "Connect", label: "Connect ms", cell: (v) => milliseconds(v.ctime, v.ctime_max) },
      {
        head: "Response",
        label: "Response ms",
        cell: (v) => (v.mode === "tcp" ? null : milliseconds(v.rtime, v.rtime_max)),
      },
      // What a response takes, and how long a TCP session lasts, are what people compare.
      {
        head: "Total",
        label: "Total ms",
        cell: (v) => (v.mode === "http" ? null : milliseconds(v.ttime, v.ttime_max)),
      },
    ],
  },
  {
    head: "Trouble",
    columns: [
      {
        head: "Errors",
        label: "Errors",
        cell: (v) =>
          sum([
            [v.ereq, "request"],
            [v.econ, "connect"],
            [v.eresp, "response"],
          ]),
      },
      {
        head: "Retries",
        label: "Retries",
        isQuiet: true,
        cell: (v) =>
          trouble(v.wretr, isNumber(v.wredis) && v.wredis > 0 ? `${v.wredis} moved` : ""),
      },
      {
        head: "Denied",
        label: "Denied",
        isQuiet: true,
        cell: (v) =>
          sum([
            [v.dreq, "request"],
            [v.dresp, "response"],
          ]),
      },
      {
        head: "Aborts",
        label: "Aborts",
        isQuiet: true,
        cell: (v) =>
          sum([
            [v.cli_abrt, "client"],
            [v.srv_abrt, "server"],
          ]),
      },
    ],
  },
];
