import { describe, expect, test } from "bun:test";
import { CheckStatus } from "../balance/check-status.ts";
import { forceHealth, reportCheck } from "../balance/server-health.ts";
import { enterDrain, enterMaintenance } from "../balance/server-lifecycle.ts";
import { FrontendStatus } from "../state/frontend-state.ts";
import { ServerCounter } from "../state/server-state.ts";
import { ALL_COLUMNS } from "./columns.ts";
import { CSV_HEADER, printCsv, printJson, printTyped } from "./print-rows.ts";
import type { Row } from "./row.ts";
import { RowSelection, selectRows } from "./select-rows.ts";
import { serverStatusText } from "./server-row.ts";
import { testTable } from "./testing.ts";

const select = (...args: Parameters<typeof selectRows>) => [...selectRows(...args)];
const joined = (pieces: Iterable<string>) => [...pieces].join("");

const names = (rows: readonly Row[]) =>
  rows.map(({ values }) => `${values.pxname}/${values.svname}`);

describe("selectRows()", () => {
  test.each<{ selection: Partial<RowSelection>; rows: string[]; because: string }>([
    {
      selection: {},
      rows: ["web/FRONTEND", "web/sock-1", "bk/s1", "bk/s2", "bk/BACKEND"],
      because: "all",
    },
    { selection: { kinds: 1 }, rows: ["web/FRONTEND"], because: "frontends" },
    { selection: { kinds: 2 }, rows: ["bk/BACKEND"], because: "backends" },
    { selection: { kinds: 4 }, rows: ["bk/s1", "bk/s2"], because: "servers" },
    {
      selection: { kinds: 12 },
      rows: ["web/sock-1", "bk/s1", "bk/s2"],
      because: "servers and listeners",
    },
    { selection: { proxy: "bk", id: 2 }, rows: ["bk/s2"], because: "one server" },
    { selection: { proxy: "3", kinds: 2 }, rows: ["bk/BACKEND"], because: "a proxy by its number" },
    { selection: { proxy: "99" }, rows: [], because: "no such proxy" },
    { selection: { names: ["web"] }, rows: ["web/FRONTEND", "web/sock-1"], because: "a scope" },
    {
      selection: { nameContains: "k" },
      rows: ["bk/s1", "bk/s2", "bk/BACKEND"],
      because: "a part of the name",
    },
  ])("gives $rows for $because", ({ selection, rows }) => {
    const { table } = testTable();
    expect(
      names(
        select(table, 1000, {
          ...RowSelection.ALL,
          ...selection,
        }),
      ),
    ).toEqual(rows);
  });

  test("leaves out servers that are down, or in maintenance only", () => {
    const { table, backend } = testTable([{}, {}, {}]);
    forceHealth(backend.servers[0]!, "down");
    enterMaintenance(backend.servers[1]!);
    const kinds = 4;
    const up = select(table, 1000, { ...RowSelection.ALL, kinds, onlyUp: true });
    const open = select(table, 1000, { ...RowSelection.ALL, kinds, noMaintenance: true });
    expect([names(up), names(open)]).toEqual([["bk/s3"], ["bk/s1", "bk/s3"]]);
  });
});

describe("serverStatusText()", () => {
  const report = (status: CheckStatus) => ({ status, code: 0, durationMs: 1, text: "" });
  test.each([
    { isChecked: false, act: "", text: "no check" },
    { isChecked: true, act: "", text: "UP 1/3" },
    { isChecked: true, act: "pass", text: "UP" },
    { isChecked: true, act: "pass fail", text: "UP 2/3" },
    { isChecked: true, act: "fail", text: "DOWN" },
    { isChecked: true, act: "fail pass", text: "DOWN 1/2" },
    { isChecked: true, act: "drain", text: "DRAIN 1/3" },
    { isChecked: true, act: "pass drain", text: "DRAIN" },
    { isChecked: false, act: "drain", text: "DRAIN" },
    { isChecked: false, act: "stop", text: "NOLB" },
    { isChecked: true, act: "maint", text: "MAINT" },
    { isChecked: false, act: "down", text: "DOWN" },
  ])("is $text after $act (checked: $isChecked)", ({ isChecked, act, text }) => {
    const { backend } = testTable([{ isChecked }]);
    const server = backend.servers[0]!;
    for (const word of act.split(" ")) {
      if (word === "pass") reportCheck(server, report(CheckStatus.L4_OK));
      if (word === "fail") reportCheck(server, report(CheckStatus.L4_CONNECT));
      if (word === "drain") enterDrain(server);
      if (word === "maint") enterMaintenance(server);
      if (word === "stop") forceHealth(server, "stopping");
      if (word === "down") forceHealth(server, "down");
    }
    expect(serverStatusText(server)).toBe(text);
  });
});

describe("rows", () => {
  test("a check's finding is shown until maintenance makes it meaningless", () => {
    const { table, backend } = testTable([{ isChecked: true }]);
    const server = backend.servers[0]!;
    const row = () => select(table, 5500, { ...RowSelection.ALL, kinds: 4 })[0]!.values;
    expect(row()).toMatchObject({
      check_status: "INI",
      check_desc: "Initializing",
      check_health: 2,
    });
    expect(row().check_duration).toBeUndefined();

    reportCheck(server, { status: CheckStatus.L7_STATUS, code: 500, durationMs: 7, text: "Oops" });
    expect(row()).toMatchObject({
      check_status: "L7STS",
      check_code: 500,
      check_duration: 7,
      last_chk: "Oops",
      chkfail: 1,
      chkdown: 1,
      lastchg: 4,
      downtime: 4,
    });
    server.state.check.isRunning.set(1);
    expect(row().check_status).toBe("* L7STS");

    enterMaintenance(server);
    expect(row()).toMatchObject({ status: "MAINT", chkfail: 1 });
    expect(row().check_status).toBeUndefined();
  });

  test("a TCP proxy has no columns of HTTP", () => {
    const { frontend, backend, table } = testTable();
    const web = { ...table.proxies[0]!, isHttp: false, frontend: { ...frontend, isHttp: false } };
    const http = select(table, 1000, RowSelection.ALL)[0]!.values;
    const tcp = select({ ...table, proxies: [web] } as never, 1000, RowSelection.ALL)[0]!.values;
    expect([http.hrsp_2xx, tcp.hrsp_2xx, http.mode, tcp.mode]).toEqual([
      0,
      undefined,
      "http",
      "tcp",
    ]);
    expect(backend.servers).toHaveLength(2);
  });

  test("a listener is full at the limit of its line, and waits for its frontend", () => {
    const { frontend, table } = testTable();
    const { state } = frontend.listeners[0]!;
    const row = () => select(table, 1000, { ...RowSelection.ALL, kinds: 8 })[0]!.values;
    expect(row()).toMatchObject({ svname: "sock-1", status: "OPEN", slim: 2, scur: 0 });
    state.sessionStarted();
    state.sessionStarted();
    expect(row()).toMatchObject({ status: "FULL", scur: 2, stot: 2 });
    state.sessionEnded();
    frontend.state.status.set(FrontendStatus.FULL);
    expect(row()).toMatchObject({ status: "WAITING", scur: 1 });
    frontend.state.status.set(FrontendStatus.PAUSED);
    expect(row().status).toBe("OPEN");
  });

  test("a frontend's state is a word", () => {
    const { frontend, table } = testTable();
    const status = () => select(table, 1000, RowSelection.ALL)[0]!.values.status;
    expect(status()).toBe("OPEN");
    frontend.state.status.set(FrontendStatus.PAUSED);
    expect(status()).toBe("PAUSED");
  });
});

describe("printing", () => {
  test("each CSV line has a cell for each column, and one for the dash between them", () => {
    const { table } = testTable();
    const lines = joined(printCsv(select(table, 1000, RowSelection.ALL)))
      .trimEnd()
      .split("\n");
    expect(lines[0]).toBe(CSV_HEADER.trimEnd());
    expect(lines.map((line) => line.split(",").length)).toEqual(
      new Array(6).fill(ALL_COLUMNS.length + 2),
    );
    expect(lines[5]).toStartWith(
      "bk,BACKEND,0,0,0,0,0,0,0,0,0,0,,0,0,0,0,UP,1,1,1,,0,0,0,,1,3,0,,0,,1,",
    );
  });

  test("a text with a comma or a quote is quoted", () => {
    const { table, backend } = testTable([{ isChecked: true }]);
    reportCheck(backend.servers[0]!, {
      status: CheckStatus.L4_CONNECT,
      code: 0,
      durationMs: 0,
      text: 'a, "b"',
    });
    expect(joined(printCsv(select(table, 1000, RowSelection.ALL)))).toContain(',"a, ""b""",');
  });

  test("typed lines carry object, number, tags and type", () => {
    const { table, backend } = testTable([{}]);
    backend.servers[0]!.state.counters.values[ServerCounter.BYTES_IN]! += 7;
    const rows = select(table, 1000, { ...RowSelection.ALL, kinds: 6 });
    const text = joined(printTyped(rows));
    expect(text).toStartWith("S.3.1.0.pxname.1:KNS:str:bk\nS.3.1.1.svname.1:KNS:str:s1\n");
    expect(text).toContain("\nS.3.1.8.bin.1:MCP:u64:7\n");
    expect(text).toContain("\nS.3.1.33.rate.1:MRP:u32:0\n");
    expect(text).toContain("\nB.3.0.33.rate.1:MGP:u32:0\n");
    expect(joined(printTyped(rows, true))).toContain('S.3.1.0.pxname.1:KNS:str:bk:"Proxy name"\n');
  });

  test("no rows are an empty array", () => {
    expect(joined(printJson([]))).toBe("[]");
  });

  test("JSON has one array per object", () => {
    const { table } = testTable();
    const objects = JSON.parse(joined(printJson(select(table, 1000, RowSelection.ALL))));
    expect(objects).toHaveLength(5);
    expect(objects[2][0]).toEqual({
      objType: "Server",
      proxyId: 3,
      id: 1,
      field: { pos: 0, name: "pxname" },
      processNum: 1,
      tags: { origin: "Key", nature: "Name", scope: "Service" },
      value: { type: "str", value: "bk" },
    });
  });
});
