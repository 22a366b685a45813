import type { Server } from "../balance/server.ts";
import { backendRow } from "./backend-row.ts";
import { frontendRow, listenerRow } from "./frontend-row.ts";
import type { ProxyEntry, ProxyTable } from "./proxy-table.ts";
import type { Row } from "./row.ts";
import { serverRow } from "./server-row.ts";

/** Flags of {@link RowSelection.kinds}, as `show stat` counts them. */
const Kinds = { FRONTEND: 1, BACKEND: 2, SERVER: 4, LISTENER: 8 } as const;

/** Which rows to give. */
export interface RowSelection {
  /** Name or number of the only proxy; undefined for all. */
  readonly proxy: string | undefined;
  /** Names of the proxies; empty for all. */
  readonly names: readonly string[];
  /** What the proxy's name must contain. */
  readonly nameContains: string;
  /** A sum of 1 for frontends, 2 for backends, 4 for servers, 8 for listeners; -1 for all. */
  readonly kinds: number;
  /** Number of the only server or listener; -1 for all. */
  readonly id: number;
  /** Leaves out servers that are not up. */
  readonly onlyUp: boolean;
  /** Leaves out servers in maintenance. */
  readonly noMaintenance: boolean;
  /** Shows addresses, cookies and algorithms, which not every reader may see. */
  readonly showsLegends: boolean;
}

/** Ways to select rows. */
export const RowSelection: { readonly ALL: RowSelection } = {
  ALL: {
    proxy: undefined,
    names: [],
    nameContains: "",
    kinds: -1,
    id: -1,
    onlyUp: false,
    noMaintenance: false,
    showsLegends: true,
  },
};

/**
 * Reads the rows of the selected objects, proxy by proxy: client side, addresses, servers, server
 * side. Each is read when it is asked for.
 */
export function* selectRows(
  table: ProxyTable,
  nowMs: number,
  selection: RowSelection,
): Generator<Row> {
  for (const proxy of table.proxies) {
    if (!isSelected(proxy, selection)) continue;
    for (const row of proxyRows(proxy, nowMs, selection)) {
      yield selection.showsLegends ? row : withoutLegends(row);
    }
  }
}

function withoutLegends(row: Row): Row {
  return {
    ...row,
    values: { ...row.values, addr: undefined, cookie: undefined, algo: undefined },
  };
}

function isSelected({ name, id }: ProxyEntry, selection: RowSelection): boolean {
  const { proxy, names, nameContains } = selection;
  if (proxy !== undefined && proxy !== name && proxy !== String(id)) return false;
  return name.includes(nameContains) && (names.length === 0 || names.includes(name));
}

function* proxyRows(proxy: ProxyEntry, nowMs: number, selection: RowSelection): Generator<Row> {
  const { frontend, backend, isHttp, cookieName } = proxy;
  const wants = (kind: number, id: number) =>
    (selection.kinds & kind) !== 0 && (selection.id === -1 || selection.id === id);
  if (frontend !== undefined) {
    if (wants(Kinds.FRONTEND, 0)) yield frontendRow(frontend, nowMs);
    for (const listener of frontend.listeners) {
      if (wants(Kinds.LISTENER, listener.id)) yield listenerRow(frontend, listener);
    }
  }
  if (backend === undefined) return;
  for (const server of backend.servers) {
    const isWanted = wants(Kinds.SERVER, server.id) && isShown(server, selection);
    if (isWanted) yield serverRow(server, isHttp, nowMs);
  }
  if (wants(Kinds.BACKEND, 0)) yield backendRow(backend, isHttp, cookieName, nowMs);
}

function isShown(server: Server, { onlyUp, noMaintenance }: RowSelection): boolean {
  if (onlyUp && !server.isRunning) return false;
  return !noMaintenance || !server.isInMaintenance;
}
