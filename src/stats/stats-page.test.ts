import { describe, expect, test } from "bun:test";
import { enterMaintenance } from "../balance/server-lifecycle.ts";
import { ServerCounter } from "../state/server-state.ts";
import { serverSummary, stateOf } from "./page-state.ts";
import { proxyTable } from "./page-table.ts";
import { escapeHtml, shortCount, shortDuration } from "./page-text.ts";
import { RowSelection, selectRows } from "./select-rows.ts";
import { StatsPage } from "./stats-page.ts";
import type { StatsSettings } from "./stats-settings.ts";
import { testTable } from "./testing.ts";

const SETTINGS: StatsSettings = {
  uri: "/haproxy?stats",
  realm: "HAProxy Statistics",
  credentials: [],
  refreshSeconds: 0,
  scopes: [],
  hidesVersion: false,
  node: "",
  description: "",
  showsLegends: false,
};

function page(settings: Partial<StatsSettings> = {}) {
  const made = testTable();
  const source = {
    table: made.table,
    info: () => ({ Sluice: "0.1.0", Pid: 42, Uptime: "0d 0h00m01s" }),
    nowMs: () => 1000,
  };
  return { ...made, page: new StatsPage({ ...SETTINGS, ...settings }, "web", source) };
}

/** Answers a request and takes the message apart. */
function ask(
  target: string,
  settings: Partial<StatsSettings> = {},
  { method = "GET", authorization = "", isAdmin = false, form = null as string | null } = {},
) {
  const bytes = page(settings).page.answer({
    method,
    target,
    isOfProxy: false,
    authorization,
    isAdmin,
    form,
  });
  if (bytes === null) return null;
  const text = Buffer.from(bytes).toString("utf8");
  const end = text.indexOf("\r\n\r\n");
  const [status, ...fields] = text.slice(0, end).split("\r\n");
  return { status, fields, body: text.slice(end + 4), size: bytes.length - end - 4 };
}

describe("StatsPage", () => {
  test.each([
    {
      target: "/haproxy?stats",
      method: "GET",
      answered: true,
      because: "it is the page's address",
    },
    {
      target: "/haproxy?stats;csv",
      method: "GET",
      answered: true,
      because: "options follow the address",
    },
    {
      target: "http://any/haproxy?stats",
      method: "GET",
      answered: true,
      because: "the target may be absolute",
    },
    { target: "/haproxy?stat", method: "GET", answered: false, because: "it is another address" },
    { target: "/", method: "GET", answered: false, because: "it is another address" },
    {
      target: "/haproxy?stats",
      method: "HEAD",
      answered: true,
      because: "HEAD is GET without content",
    },
    {
      target: "/haproxy?stats",
      method: "PUT",
      answered: false,
      because: "only the backend may know PUT",
    },
  ])("$method $target answers $answered: $because", ({ target, method, answered }) => {
    expect(ask(target, {}, { method }) !== null).toBe(answered);
  });

  test("serves a page that is complete in itself", () => {
    const answer = ask("/haproxy?stats")!;
    expect(answer.status).toBe("HTTP/1.1 200 OK");
    expect(answer.fields).toEqual([
      `content-length: ${answer.size}`,
      "cache-control: no-cache",
      "content-type: text/html",
    ]);
    for (const part of [
      "<html",
      "Frontend",
      "Backend",
      ">s1<",
      ">s2 <",
      ">backup<",
      "no check",
      "0.1.0",
      "</html>",
    ]) {
      expect(answer.body).toContain(part);
    }
    expect(answer.body).not.toMatch(/<script|src=|http:|https:|url\(/);
  });

  test("HEAD has the same head and no content", () => {
    const [get, head] = [
      ask("/haproxy?stats;csv")!,
      ask("/haproxy?stats;csv", {}, { method: "HEAD" })!,
    ];
    expect(head.fields).toEqual(get.fields);
    expect(head.body).toBe("");
  });

  test.each([
    { option: ";csv", type: "text/plain", start: "# pxname,svname," },
    { option: ";json", type: "application/json", start: '[[{"objType":"Frontend"' },
    { option: ";typed", type: "text/plain", start: "F.2.0.0.pxname.1:" },
    { option: ";norefresh;csv", type: "text/plain", start: "# pxname,svname," },
  ])("$option is of type $type", ({ option, type, start }) => {
    const answer = ask(`/haproxy?stats${option}`)!;
    expect(answer.fields).toContain(`content-type: ${type}`);
    expect(answer.body).toStartWith(start);
  });

  test("refreshes by itself only where that is configured and not refused", () => {
    expect(ask("/haproxy?stats")!.fields.join()).not.toContain("refresh");
    expect(ask("/haproxy?stats", { refreshSeconds: 5 })!.fields).toContain("refresh: 5");
    expect(ask("/haproxy?stats;norefresh", { refreshSeconds: 5 })!.fields.join()).not.toContain(
      "refresh",
    );
  });

  test("asks for a name and a password, and lets only the right ones in", () => {
    const credentials = ["admin:secret", "other:pass:word"];
    const basic = (pair: string) => ({ authorization: `Basic ${btoa(pair)}` });
    const refused = ask("/haproxy?stats", { credentials, realm: 'My "realm"' })!;
    expect(refused.status).toBe("HTTP/1.1 401 Unauthorized");
    expect(refused.fields).toEqual([
      "content-length: 112",
      "cache-control: no-cache",
      "content-type: text/html",
      'www-authenticate: Basic realm="My realm"',
    ]);
    expect(ask("/haproxy?stats", { credentials }, basic("admin:secret"))!.status).toContain("200");
    expect(ask("/haproxy?stats", { credentials }, basic("other:pass:word"))!.status).toContain(
      "200",
    );
    expect(ask("/haproxy?stats", { credentials }, basic("admin:secreT"))!.status).toContain("401");
    expect(ask("/haproxy?stats", { credentials }, basic("admin"))!.status).toContain("401");
  });

  test("changes nothing for those who may not", () => {
    const answer = ask("/haproxy?stats", {}, { method: "POST", form: "s=s1&action=maint&b=bk" })!;
    expect(answer.status).toBe("HTTP/1.1 303 See Other");
    expect(answer.fields).toContain("location: /haproxy?stats;st=DENY");
  });

  test.each([
    { form: "s=s1&action=maint&b=bk", scopes: [], outcome: "DONE", because: "it is as it must be" },
    { form: null, scopes: [], outcome: "EXCD", because: "not all of it came" },
    { form: "s=s1&action=maint&b=bk", scopes: ["bk"], outcome: "DONE", because: "bk is shown" },
    { form: "s=s1&action=maint&b=bk", scopes: ["."], outcome: "ERRP", because: "bk is not shown" },
  ])("answers the form $form with $outcome: $because", ({ form, scopes, outcome }) => {
    const answer = ask("/haproxy?stats", { scopes }, { method: "POST", isAdmin: true, form })!;
    expect(answer.fields).toContain(`location: /haproxy?stats;st=${outcome}`);
  });

  test.each([
    { query: ";up", refreshSeconds: 0, views: ";up" },
    { query: ";norefresh", refreshSeconds: 0, views: "" },
    { query: ";norefresh;csv;st=DONE", refreshSeconds: 5, views: ";norefresh" },
    { query: ";no-maint;scope=b", refreshSeconds: 0, views: ";no-maint?scope=b" },
    { query: "?scope=b;up", refreshSeconds: 0, views: ";up?scope=b" },
    { query: ";scope=%0d", refreshSeconds: 0, views: "" },
  ])("comes back to the view $query", ({ query, refreshSeconds, views }) => {
    const reader = { method: "POST", isAdmin: true, form: "" };
    const answer = ask(`/haproxy?stats${query}`, { refreshSeconds }, reader)!;
    expect(answer.fields).toContain(`location: /haproxy?stats;st=NONE${views}`);
  });

  test("has a form for the servers of each backend, for those who may change them", () => {
    const plain = ask("/haproxy?stats")!.body;
    expect(plain).not.toMatch(/<form|<input/);
    const { body } = ask("/haproxy?stats", {}, { isAdmin: true })!;
    expect(body.match(/<form method="post">/g)).toHaveLength(1);
    for (const part of [
      '<input type="checkbox" name="s" value="s1"',
      '<input type="checkbox" name="s" value="s2"',
      '<input type="hidden" name="b" value="#3">',
      '<option value="maint">Set state to MAINT</option>',
    ]) {
      expect(body).toContain(part);
    }
    expect(body).not.toContain('value="disable"');
  });

  test.each([
    { query: ";st=DONE", text: "Action processed successfully." },
    { query: ";st=PART;up", text: "Action partially processed." },
    { query: ";st=ERRP", text: "Action not processed because of invalid parameters" },
    { query: ";st=NONE", text: "Nothing has changed." },
    { query: ";st=DENY", text: "Action denied." },
    { query: ";st=EXCD?scope=b", text: "the buffer could not store all the data" },
    { query: ";st=ABCD", text: "Unexpected result." },
  ])("says $text", ({ query, text }) => {
    expect(ask(`/haproxy?stats${query}`)!.body).toContain(text);
  });

  test("says nothing of a form that nobody sent", () => {
    for (const query of ["", ";st=", ";st=OK"]) {
      expect(ask(`/haproxy?stats${query}`)!.body).not.toContain('role="status"');
    }
  });

  test("shows what its scope allows", () => {
    expect(ask("/haproxy?stats;csv", { scopes: ["."] })!.body).not.toContain("\nbk,");
    expect(ask("/haproxy?stats;csv", { scopes: ["bk"] })!.body).not.toContain("\nweb,");
    expect(ask("/haproxy?stats;csv;scope=bk")!.body).not.toContain("\nweb,");
  });

  test("hides its version, and shows node and description on request", () => {
    const body = ask("/haproxy?stats", {
      hidesVersion: true,
      node: "lb<1>",
      description: "a & b",
    })!.body;
    expect(body).not.toContain("0.1.0");
    expect(body).toContain("<h1>Statistics on lb&lt;1&gt;</h1>");
    expect(body).toContain("<p>a &amp; b</p>");
  });

  test("shows addresses, algorithms and cookies on request", () => {
    const shown = ask("/haproxy?stats", { showsLegends: true })!.body;
    const hidden = ask("/haproxy?stats")!.body;
    for (const legend of ["127.0.0.1:8001", "roundrobin, cookie SRV", "127.0.0.1:80<"]) {
      expect(shown).toContain(legend);
      expect(hidden).not.toContain(legend);
    }
  });

  test("names of proxies and servers cannot inject markup", () => {
    const { table } = testTable([{ name: "<img onerror=1>" }]);
    const source = { table, info: () => ({}), nowMs: () => 1000 };
    const bytes = new StatsPage(SETTINGS, "web", source).answer({
      method: "GET",
      target: "/haproxy?stats",
      isOfProxy: false,
      authorization: "",
      isAdmin: true,
      form: null,
    })!;
    expect(Buffer.from(bytes).toString()).not.toContain("<img");
  });

  test("a server in maintenance shows as such", () => {
    const made = page();
    enterMaintenance(made.backend.servers[0]!);
    const bytes = made.page.answer({
      method: "GET",
      target: "/haproxy?stats",
      isOfProxy: false,
      authorization: "",
      isAdmin: false,
      form: null,
    })!;
    expect(Buffer.from(bytes).toString()).toContain('<span class="state maint">MAINT</span>');
  });
});

describe("proxyTable()", () => {
  const heads = (html: string) =>
    [...html.matchAll(/<th scope="col"[^>]*>([^<]*)</g)].map(([, head]) => head);
  const table = ({ table }: ReturnType<typeof testTable>) =>
    proxyTable("all", [...selectRows(table, 1000, { ...RowSelection.ALL, kinds: 4 })]);

  test("leaves out columns that apply to no row, and troubles that nobody had", () => {
    expect(heads(table(testTable([{}])))).toEqual(
      "Weight,Now,Per s,Total,Now,In,Out,2xx,3xx,4xx,5xx,Connect,Response,Errors".split(","),
    );
  });

  test("shows a trouble once it happened, with what it was", () => {
    const made = testTable([{}, {}]);
    const { values } = made.backend.servers[1]!.state.counters;
    values[ServerCounter.RETRIES]! += 3;
    values[ServerCounter.CONNECTION_ERRORS]! += 2;
    const html = table(made);
    expect(heads(html)).toContain("Retries");
    expect(html).toContain('<td class="zero" data-label="Retries">0</td>');
    expect(html).toContain('<td class="bad" data-label="Retries">3</td>');
    expect(html).toContain("2<small>2 connect</small>");
  });
});

describe("serverSummary()", () => {
  test("counts servers by state, and says nothing where there are none", () => {
    const { table, backend } = testTable([{}, {}, {}]);
    enterMaintenance(backend.servers[0]!);
    const summary = (kinds: number) =>
      serverSummary([...selectRows(table, 1000, { ...RowSelection.ALL, kinds })]);
    expect(summary(4)).toContain(">1 in maintenance<");
    expect(summary(4)).toContain(">2 not checked<");
    expect(summary(2)).toBe("");
  });
});

describe("the texts of the page", () => {
  test.each([
    { status: "UP", state: "up" },
    { status: "OPEN", state: "up" },
    { status: "UP 1/3", state: "going" },
    { status: "DOWN 1/2", state: "going" },
    { status: "DOWN", state: "down" },
    { status: "NOLB", state: "drain" },
    { status: "DRAIN 1/3", state: "drain" },
    { status: "MAINT", state: "maint" },
    { status: "STOP", state: "maint" },
    { status: "no check", state: "none" },
  ])("$status is coloured as $state", ({ status, state }) => {
    expect(stateOf(status)).toBe(state as never);
  });

  test.each([
    { value: 0, text: "0" },
    { value: 9999, text: "9999" },
    { value: 10_000, text: "10.0k" },
    { value: 1_234_567, text: "1.23M" },
    { value: 5e15, text: "5.00P" },
  ])("shortCount($value) is $text", ({ value, text }) => {
    expect(shortCount(value)).toBe(text);
  });

  test.each([
    { seconds: 59, text: "59s" },
    { seconds: 185, text: "3m5s" },
    { seconds: 7800, text: "2h10m" },
    { seconds: 442_800, text: "5d3h" },
  ])("shortDuration($seconds) is $text", ({ seconds, text }) => {
    expect(shortDuration(seconds)).toBe(text);
  });

  test("escapeHtml() escapes what HTML reads", () => {
    expect(escapeHtml(`<a href="b">'&`)).toBe("&lt;a href=&quot;b&quot;&gt;&#39;&amp;");
  });
});
