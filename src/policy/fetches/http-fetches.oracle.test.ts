import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { madeWord } from "../../config/word.ts";
import { STRICT } from "../../h1/parse-options.ts";
import { parseRequest } from "../../h1/request-parser.ts";
import { parseResponse } from "../../h1/response-parser.ts";
import { Head } from "../../http/head.ts";
import { CONVERTERS } from "../../registry/converters.ts";
import { FETCHES } from "../../registry/fetches.ts";
import { MATCHERS } from "../../registry/matchers.ts";
import { compileAclTest } from "../compile-acl.ts";
import { compileExpression } from "../expression.ts";
import { type HttpCase, type HttpOracle, httpOracle, requestOf } from "../http-oracle-testing.ts";
import { PREDEFINED_ACLS } from "../predefined-acls.ts";
import { type Place, Places } from "../reads.ts";
import { evaluate, TestView, testContext } from "../testing.ts";
import { Truth } from "../truth.ts";

/** Rows of one request: `expression -> result`, where `-` stands for nothing. */
function rows(request: string, results: Readonly<Record<string, string | null>>): HttpCase[] {
  return Object.entries(results).map(([expression, result]) => ({ expression, request, result }));
}

function responseRows(
  response: string,
  results: Readonly<Record<string, string | null>>,
): HttpCase[] {
  return rows("GET /x?y=1 HTTP/1.1\r\nHost: a.example\r\n\r\n", results).map((row) => ({
    ...row,
    response,
  }));
}

/** What targets come to. */
function target(text: string, host: string, results: readonly (string | null)[]): HttpCase[] {
  const request = `${text.includes(" ") ? text : `GET ${text}`} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  const names = ["base", "baseq", "path", "pathq", "query", "url", "url_ip", "url_port"];
  return names.map((expression, index) => ({ expression, request, result: results[index]! }));
}

const PARAMETERS =
  "GET /p;j=1;k=2?a=1&b=2&a=3;c=4&&=5&d&e=&%61=enc&A=up&ab=7&a=b=c HTTP/1.1\r\nHost: a\r\n\r\n";
const DELIMITED = "GET /p;JS=1?x=2|a=9&b=1;c=2;JS=3 HTTP/1.1\r\nHost: a\r\n\r\n";
const COOKIES =
  'GET / HTTP/1.1\r\nHost: a\r\nCookie: a=1; b=2;c=3 ; d = 4; e="q;1"; a=5;; f; =7; g=; h=x,i=9; j= 8\r\nCookie: a=6; k=\r\n\r\n';
const HEADERS =
  "GET /x HTTP/1.1\r\nHost: a\r\nX-One:  1 \r\nx-TWO: a, b\r\nX-Empty:\r\nX-One: again\r\n\r\n";
const SET_COOKIES =
  'HTTP/1.1 203 Fine\r\nContent-Length: 5\r\nSet-Cookie: a=1; Path=/; b=2\r\nSet-Cookie: c=3\r\nSet-Cookie: a=4;HttpOnly\r\nSet-Cookie: d\r\nSet-Cookie: e="x;y"; q=1\r\nSet-Cookie: g=7, h=8\r\nSet-Cookie2: z=9\r\n\r\nhello';
const RESPONSE = "HTTP/1.1 203 Fine\r\nContent-Length: 5\r\nX-A: 1, 2\r\nX-B: z\r\n\r\nhello";

function form(body: string): string {
  return `POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

function query(text: string): string {
  return `GET /${text} HTTP/1.1\r\nHost: a\r\n\r\n`;
}

/** What an `authorization` field comes to. */
function authorization(value: string, results: readonly (string | null)[]): HttpCase[] {
  const request = `GET / HTTP/1.1\r\nHost: a\r\nAuthorization: ${value}\r\n\r\n`;
  const names = ["http_auth_user", "http_auth_pass", "http_auth_type", "http_auth_bearer"];
  return names.map((expression, index) => ({ expression, request, result: results[index]! }));
}

const CASES: readonly HttpCase[] = [
  ...authorization(`Basic ${btoa("scott:el:gato")}`, ["scott", "el:gato", "Basic", null]),
  ...authorization(`basic   ${btoa("scott:x")}`, ["scott", "x", "Basic", null]),
  ...authorization(`Basic ${btoa(":x")}`, ["", "x", "Basic", null]),
  ...authorization(`Basic ${btoa("x:")}`, ["x", "", "Basic", null]),
  ...authorization(`Basic ${btoa("xdb")}`, [null, null, null, null]),
  ...authorization("Basic !!!", [null, null, null, null]),
  ...authorization("Basic", [null, null, null, null]),
  ...authorization("Bearer tok.en", [null, null, "Bearer", "tok.en"]),
  ...authorization("bearer   a b ", [null, null, "Bearer", "a b"]),
  ...authorization("Bearer", [null, null, null, null]),
  ...authorization("Digest abc", [null, null, null, null]),
  ...rows("GET / HTTP/1.1\r\nHost: a\r\nX-Tok: Bearer zz\r\n\r\n", {
    "http_auth_bearer(x-tok)": "zz",
    http_auth_bearer: null,
  }),
  ...target("/a/b?x=1&y=2", "Host.Example", [
    "Host.Example/a/b",
    "Host.Example/a/b?x=1&y=2",
    "/a/b",
    "/a/b?x=1&y=2",
    "x=1&y=2",
    "/a/b?x=1&y=2",
    null,
    null,
  ]),
  ...target("/a?", "h", ["h/a", "h/a?", "/a", "/a?", "", "/a?", null, null]),
  ...target("/a%2Fb?c%20d?e", "h", [
    "h/a%2Fb",
    "h/a%2Fb?c%20d?e",
    "/a%2Fb",
    "/a%2Fb?c%20d?e",
    "c%20d?e",
    "/a%2Fb?c%20d?e",
    null,
    null,
  ]),
  ...target("http://h.example/a?b", "h.example", [
    "h.example/a",
    "h.example/a?b",
    "/a",
    "/a?b",
    "b",
    "http://h.example/a?b",
    null,
    null,
  ]),
  ...target("http://h.example", "h.example", [
    "h.example",
    "h.example",
    null,
    null,
    null,
    "http://h.example",
    null,
    null,
  ]),
  ...target("http://10.0.0.1:81/x?y", "10.0.0.1:81", [
    "10.0.0.1:81/x",
    "10.0.0.1:81/x?y",
    "/x",
    "/x?y",
    "y",
    "http://10.0.0.1:81/x?y",
    "10.0.0.1",
    "81",
  ]),
  ...target("https://1.2.3.4/x", "1.2.3.4", [
    "1.2.3.4/x",
    "1.2.3.4/x",
    "/x",
    "/x",
    null,
    "https://1.2.3.4/x",
    "1.2.3.4",
    "443",
  ]),
  ...target("http://1.2.3.4", "1.2.3.4", [
    "1.2.3.4",
    "1.2.3.4",
    null,
    null,
    null,
    "http://1.2.3.4",
    "1.2.3.4",
    "80",
  ]),
  ...target("/http://1.2.3.4/", "1.2.3.4", [
    "1.2.3.4/http://1.2.3.4/",
    "1.2.3.4/http://1.2.3.4/",
    "/http://1.2.3.4/",
    "/http://1.2.3.4/",
    null,
    "/http://1.2.3.4/",
    null,
    null,
  ]),
  ...target("OPTIONS *", "h", ["h", "h", null, null, null, "*", null, null]),
  ...rows("GET /a HTTP/1.0\r\n\r\n", {
    base: "/a",
    baseq: "/a",
    base32: "1743195586",
    url32: "1743195586",
    "req.ver": "1.0",
    req_ver: "1.0",
    "{ HTTP_1.0 }": "true",
    "{ HTTP_1.1 }": "false",
  }),
  ...rows("GET /a%2Fb?c%20d?e HTTP/1.1\r\nHost: Host.Example\r\n\r\n", {
    base32: "1995503632",
    url32: "106619777",
    "req.ver": "1.1",
    "req.proto_http": "1",
    "{ HTTP }": "true",
    "{ HTTP_1.1 }": "true",
    "{ HTTP_2.0 }": "false",
    "{ HTTP_CONTENT }": "false",
    "{ HTTP_URL_ABS }": "false",
    "{ HTTP_URL_SLASH }": "true",
    "{ HTTP_URL_STAR }": "false",
    "{ METH_GET }": "true",
    "{ METH_HEAD }": "false",
    "{ METH_POST }": "false",
    "{ TRUE }": "true",
    "{ FALSE }": "false",
    "{ WAIT_END }": "true",
    "{ base_beg Host }": "true",
    "{ base_dom Example }": "true",
    "{ url_sub %2F }": "true",
    "{ path_dir a%2Fb }": "true",
    "{ path_len 6 }": "true",
  }),
  ...rows("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", {
    "{ HTTP_URL_STAR }": "true",
    "{ HTTP_URL_SLASH }": "false",
    "{ METH_OPTIONS }": "true",
  }),
  ...rows("GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n", {
    "{ HTTP_URL_ABS }": "true",
    "{ HTTP_URL_SLASH }": "false",
  }),
  ...["CONNECT", "DELETE", "HEAD", "OPTIONS", "PUT", "POST", "TRACE"]
    .flatMap((name) =>
      rows(`${name} ${name === "CONNECT" ? "h:44" : "/"} HTTP/1.1\r\nHost: h:44\r\n\r\n`, {
        [`{ METH_${name} }`]: "true",
        "{ METH_GET }": name === "HEAD" ? "true" : "false",
      }),
    )
    .filter(({ request }) => !request.startsWith("HEAD")),
  ...rows(PARAMETERS, {
    "urlp(a)": "1",
    "url_param(b)": "2",
    "urlp(c)": "4",
    "urlp(d)": null,
    "urlp(e)": "",
    "urlp(zz)": null,
    urlp: "1",
    "urlp()": "1",
    "urlp(%61)": "enc",
    "urlp(A)": "up",
    "urlp(ab)": "7",
    "urlp(j,;)": "1",
    "urlp(k,;)": "2?a=1",
    "urlp(a,;)": "3",
    "urlp(j)": null,
    "urlp(a,&)": "3",
    "urlp_val(b)": "2",
    "urlp_val(e)": "0",
    "{ urlp(a) 3 }": "true",
    "{ urlp(a) b=c }": "true",
    "{ urlp() 4 }": "true",
    "{ urlp 5 }": "true",
    "{ urlp 6 }": "false",
    "{ urlp() -m len 0 }": "true",
    "{ urlp(d) -m found }": "false",
    "{ urlp_val(a) 3 }": "true",
    "{ urlp_val() 7 }": "true",
    "{ urlp_beg(a) b }": "true",
    "{ urlp_reg(a) ^b }": "true",
  }),
  ...rows(DELIMITED, {
    "urlp(JS,;)": "1?x=2|a=9",
    "urlp(x)": "2|a=9",
    "urlp(a,|)": "9",
    "urlp(c,|)": "2",
    "urlp(JS)": "3",
    "urlp(,|)": "9",
  }),
  ...["?", "?a", "?&"].flatMap((text) => rows(query(text), { "urlp(a)": null, urlp: null })),
  ...rows(query("?="), { urlp: "", "urlp(a)": null }),
  ...rows(query("?a==1"), { urlp: "=1", "urlp(a)": "=1" }),
  ...rows(query("??a=1"), { "urlp(a)": "1" }),
  ...rows(query("?a?b=1"), { "urlp(a)": null, "urlp(b)": "1", urlp: "1" }),
  ...rows(query("?b=a=1"), { "urlp(a)": null, urlp: "a=1" }),
  ...rows(query("?a=1?b=2"), { "urlp(a)": "1", "urlp(b)": "2" }),
  ...rows(query("x|a=1|b=2"), { "urlp(a,|)": "1", "urlp(b,|)": "2", "urlp(a)": null }),
  ...rows(COOKIES, {
    "req.cook(a)": "6",
    "cook(b)": "2",
    "req.cook(c)": "3",
    "req.cook(d)": "4",
    "req.cook(e)": '"q;1"',
    "req.cook(f)": null,
    "req.cook(g)": "",
    "req.cook(h)": "x",
    "req.cook(i)": "9",
    "req.cook(j)": "8",
    "req.cook(k)": "",
    "req.cook(A)": null,
    "req.cook": "1",
    "cookie(a)": "6",
    cookie: "1",
    "req.cook_cnt(a)": "3",
    "req.cook_cnt": "13",
    "cook_cnt(zz)": "0",
    "req.cook_val(a)": "6",
    "cook_val(g)": "0",
    "{ req.cook(a) 1 }": "true",
    "{ req.cook(a) 5 }": "true",
    "{ req.cook 9 }": "true",
    "{ req.cook 10 }": "false",
    "{ req.cook_val(a) 5 }": "true",
    "{ cook_beg(a) 6 }": "true",
    "{ cook_len(k) 0 }": "true",
  }),
  ...rows("GET / HTTP/1.1\r\nHost: a\r\nCookie: a=\r\n\r\n", { "req.cook(a)": null }),
  ...rows("GET / HTTP/1.1\r\nHost: a\r\nCookie: x y=5; z=6\r\n\r\n", {
    "req.cook(z)": "6",
    "req.cook(y)": null,
  }),
  ...rows("GET / HTTP/1.1\r\nHost: a\r\nV: 12x\r\nW: x\r\nE:\r\n\r\n", {
    "req.hdr_val(v)": "12",
    "req.hdr_val(w)": "0",
    "req.hdr_val(e)": "0",
    "req.hdr(v),add(0)": "12",
    "req.hdr(w),add(0)": "0",
    "req.hdr(e),add(0)": null,
  }),
  ...rows(HEADERS, {
    "req.hdr_names": "x-case,host,x-one,x-two,x-empty,x-one",
    "req.hdr_names(;)": "x-case;host;x-one;x-two;x-empty;x-one",
    "req.hdr_names(ab)": "x-caseahostax-oneax-twoax-emptyax-one",
    "req.hdrs,length": "72",
    "req.hdrs_bin,hex,length": "120",
  }),
  ...rows(form("a=1&b=2&a=3"), {
    "req.body": "a=1&b=2&a=3",
    "req.body_len": "11",
    "req.body_size": "11",
    "req.body_param(a)": "1",
    "req.body_param(b)": "2",
    "req.body_param": "1",
    "{ req.body_param(a) -m str 3 }": "true",
    "{ req.body_param -m str 2 }": "true",
    "{ req.body_param -m str 4 }": "false",
    "{ HTTP_CONTENT }": "true",
  }),
  ...rows(form("a&b=1"), { "req.body_param(a)": null, "req.body_param": "1" }),
  ...rows(form("?a=1;b=2&c=3?d=4"), {
    "req.body_param(a)": null,
    "req.body_param(b)": "2",
    "req.body_param(c)": "3?d=4",
    "req.body_param": "1",
  }),
  ...rows("GET /x HTTP/1.1\r\nHost: a\r\n\r\n", {
    "req.body": "",
    "req.body_len": "0",
    "req.body_param": null,
    method: "GET",
    "{ method get }": "false",
    "{ method -m beg G }": "true",
    "{ method -m reg ^G }": "true",
    "method,length": "3",
  }),
  ...rows("FOO /x HTTP/1.1\r\nHost: a\r\n\r\n", {
    method: "FOO",
    "{ method FOO }": "true",
    "{ method FO }": "false",
    "{ method -i foo }": "true",
  }),
  ...responseRows(SET_COOKIES, {
    "res.cook(a)": "4",
    "res.cook(b)": null,
    "res.cook(c)": "3",
    "res.cook(d)": null,
    "res.cook(e)": '"x;y"',
    "res.cook(g)": "7",
    "res.cook(h)": "8",
    "res.cook(z)": null,
    "res.cook": "1",
    "res.cook_cnt": "9",
    "res.cook_cnt(a)": "2",
    "res.cook_cnt(b)": "0",
    "res.cook_val(a)": "4",
    "scook(a)": "4",
    "scook_cnt(a)": "2",
    "scook_val(c)": "3",
    "cookie(a)": "4",
    "{ res.cook(a) 1 }": "true",
    "{ res.cook 3 }": "true",
    "{ res.cook 2 }": "true",
  }),
  ...responseRows(RESPONSE, {
    status: "203",
    "{ status 200:299 }": "true",
    "res.ver": "1.1",
    resp_ver: "1.1",
    "res.body": "hello",
    "res.body_len": "5",
    "res.body_size": "5",
  }),
];

/** Our side needs regular expressions for some. */
const HAS_REGEXES = MATCHERS.some(({ name }) => name === "reg");
const USES_REGEX = /_reg|-m reg|URL_ABS/;
const OURS = CASES.map((each, index) => ({ ...each, index })).filter(
  ({ expression }) => HAS_REGEXES || !USES_REGEX.test(expression),
);

const PLACES: readonly [Place, Place] = [Places.HTTP_REQUEST_BACKEND, Places.HTTP_RESPONSE];

function headOf(text: string, isRequest: boolean): { head: Head; size: number } {
  const buffer = new ArrayBuffer(65536);
  const bytes = new Uint8Array(buffer);
  bytes.set(Buffer.from(text, "latin1"));
  const head = new Head();
  head.clear();
  const parse = isRequest ? parseRequest : parseResponse;
  const size = parse(bytes, new DataView(buffer), 0, text.length, head, STRICT);
  expect(size).toBeGreaterThan(0);
  return { head, size };
}

/** A view of what the reference is asked with. */
function viewOf(each: HttpCase, index: number): TestView {
  const view = new TestView();
  const text = each.response ?? requestOf(each, index);
  const { head, size } = headOf(text, each.response === undefined);
  const body = { bytes: head.bytes, start: size, end: text.length, isComplete: true };
  if (each.response === undefined) {
    view.request = head;
    view.requestBody = body;
  } else {
    view.response = head;
    view.responseBody = body;
  }
  return view;
}

function ourResult(each: HttpCase, index: number): string | null {
  const declarations = { fetches: FETCHES, converters: CONVERTERS, matchers: MATCHERS };
  const place = PLACES[each.response === undefined ? 0 : 1];
  const view = viewOf(each, index);
  if (!each.expression.startsWith("{")) {
    const context = testContext(declarations, each.expression, place);
    const expression = compileExpression(context);
    expect(context.diagnostics.list.map(({ message }) => message)).toEqual([]);
    return evaluate(expression!, view);
  }
  const words = each.expression.slice(2, -2).split(" ");
  const predefined = PREDEFINED_ACLS.get(words[0]!);
  const line = (predefined?.split(" ") ?? words).map((word) => madeWord(word));
  const context = testContext(declarations, "", place);
  const acl = compileAclTest(line, context, "the test");
  expect(context.diagnostics.list.map(({ message }) => message)).toEqual([]);
  return acl!.test(view) === Truth.YES ? "true" : "false";
}

describe("fetches of HTTP messages", () => {
  test.each(OURS)("$index: $expression gives $result", ({ index }) =>
    expect(ourResult(CASES[index]!, index)).toBe(CASES[index]!.result),
  );
});

describe.skipIf(Bun.which("haproxy") === null)("the reference gives the same for", () => {
  let oracle: HttpOracle;

  beforeAll(async () => {
    oracle = await httpOracle(CASES, ["option http-buffer-request"]);
  });

  afterAll(() => oracle?.stop());

  test.each(CASES.map((each, index) => ({ ...each, index })))(
    "$index: $expression",
    async ({ index, result }) => expect(await oracle.answer(index)).toBe(result),
  );
});
