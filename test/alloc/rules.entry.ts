import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Diagnostics } from "../../src/config/diagnostics.ts";
import { lexLine } from "../../src/config/testing.ts";
import { madeWord } from "../../src/config/word.ts";
import { STRICT } from "../../src/h1/parse-options.ts";
import { parseRequest } from "../../src/h1/request-parser.ts";
import { Head } from "../../src/http/head.ts";
import { CapturedTexts } from "../../src/log/captured-texts.ts";
import { LogEnvironment } from "../../src/log/environment.ts";
import { compileFormat, LogFormat } from "../../src/log/format.ts";
import { ALL_FIELDS, exampleRecord, testLine, withRequestLine } from "../../src/log/testing.ts";
import { Verdict } from "../../src/policy/action.ts";
import { AclScope } from "../../src/policy/compile-condition.ts";
import { compileRules } from "../../src/policy/compile-rules.ts";
import { PolicyCompiler } from "../../src/policy/compiler.ts";
import { type Place, Places } from "../../src/policy/reads.ts";
import type { RuleList } from "../../src/policy/rule-list.ts";
import type { StreamControl } from "../../src/policy/stream-control.ts";
import { TestView } from "../../src/policy/testing.ts";
import { NO_VARIABLE_LIMITS, VariableBudgets } from "../../src/policy/variable-budget.ts";
import { VariableSet } from "../../src/policy/variables.ts";
import { Captures } from "../../src/proxy/captures.ts";
import { StreamFormats } from "../../src/proxy/format-compiler.ts";
import { StreamPolicy } from "../../src/proxy/stream-policy.ts";
import { SwitchRules } from "../../src/proxy/switch-rules.ts";
import { ACTIONS } from "../../src/registry/actions.ts";
import { CONVERTERS } from "../../src/registry/converters.ts";
import { FETCHES } from "../../src/registry/fetches.ts";
import { MATCHERS } from "../../src/registry/matchers.ts";
import { Region } from "../../src/sys/region.ts";
import { runBudget } from "./marks.ts";

const MESSAGE_START = 512;
const EDIT_AREA = 8192;
const SLAB_SIZE = 16_384;

const REQUEST = [
  "GET /products/4711/red-shoes?page=2 HTTP/1.1",
  "Host: Site-7.Example.com",
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) Chrome/128.0 Safari/537.36",
  "X-Forwarded-For: 10.1.2.3, 198.51.100.77",
  "Cookie: session=4f6b2c9e; theme=dark",
  "Referer: http://www.example.com/",
  "",
  "",
].join("\r\n");

const directory = mkdtempSync(join(tmpdir(), "rules-budget-"));
const map = join(directory, "countries.map");
writeFileSync(map, "198.51.100.0/24 DE\n203.0.113.0/24 FR\n");
const hosts = join(directory, "hosts.map");
writeFileSync(hosts, "site-7.example.com to-7\n");

const RULES = [
  `set-var(txn.country) req.hdr_ip(x-forwarded-for,-1),map_ip(${map},ZZ)`,
  "set-var(txn.size) path,length",
  "set-var(req.number) int(12),add(30)",
  "deny if { hdr_sub(user-agent) -i nikto sqlmap }",
  "deny if { var(txn.country) -m str XX }",
  'set-header X-Country "%[var(txn.country)]"',
  "set-header X-Forwarded-Proto http",
  'set-header X-Real-Ip "%[src]"',
  'add-header X-Way "outer %[req.cook(theme)] %[var(req.number)]"',
  "set-header X-Product yes if { path_reg ^/products/[0-9]+/[a-z-]+$ }",
  "set-header Cache-Control no-cache if { path_beg /api/ /v1/ }",
  "del-header Referer if { path_end .css .js -shoes }",
  "del-header X-Debug unless { src 127.0.0.0/8 10.0.0.0/8 }",
  "set-header X-Page %[url_param(page)] if { url_param(page) -m found }",
  "set-header X-Many yes if { req.hdr_cnt(x-forwarded-for) ge 2 }",
];

const formats = new StreamFormats(ALL_FIELDS, new LogEnvironment(42, "edge"));
const compiler = new PolicyCompiler(
  { fetches: FETCHES, converters: CONVERTERS, matchers: MATCHERS, actions: ACTIONS },
  formats,
);
formats.link(compiler);
const diagnostics = new Diagnostics();

function contextOf(text: string, place: Place) {
  return { compiler, diagnostics, at: madeWord(text), place, sectionName: "web", iterates: false };
}

function wordsOf(line: string) {
  const words = lexLine(line);
  if (typeof words === "string") throw new Error(words);
  return words.map((text) => madeWord(text));
}

function compile(lines: readonly string[]): RuleList {
  const context = contextOf("http-request", Places.HTTP_REQUEST_FRONTEND);
  const ruleLines = lines.map((line) => ({ at: context.at, words: wordsOf(line) }));
  return compileRules("http-request", ruleLines, new AclScope([], context), context);
}

/** Shows what rules look at, in memory that regular expressions read in place. */
class BudgetControl extends TestView {
  readonly region = new Region(SLAB_SIZE);
  readonly policy = new StreamPolicy(
    new VariableBudgets(NO_VARIABLE_LIMITS),
    new VariableSet(null),
  );
  override readonly variables = this.policy;
  override request: Head = new Head();
  readonly engine = { record: withRequestLine(exampleRecord(), "GET / HTTP/1.1") };

  next(): void {
    const { bytes, view } = this.region;
    const { request } = this;
    request.clear();
    parseRequest(bytes, view, MESSAGE_START, MESSAGE_START + REQUEST.length, request, STRICT);
    request.setEditArea(EDIT_AREA, SLAB_SIZE);
    this.policy.begin(null);
  }
}

const control = new BudgetControl();
control.region.bytes.set(Buffer.from(REQUEST, "latin1"), MESSAGE_START);
const rules = compile(RULES);
const captures = new Captures({
  cookie: null,
  request: [
    { name: "Host", size: 64, line: 1 },
    { name: "User-Agent", size: 128, line: 2 },
  ],
  response: [],
});
const sink = {
  requestCookie: "",
  responseCookie: "",
  requestCaptures: new CapturedTexts(),
  responseCaptures: new CapturedTexts(),
};
const nameWord = madeWord(`%[req.hdr(host),lower,map(${hosts},none)]`);
const name = formats.compileFormat(nameWord, Places.USE_BACKEND, "web", diagnostics)!;
// What stands behind a name does not matter here.
const switches = new SwitchRules(
  [{ condition: null, backend: null, name }],
  new Map([["to-7", { id: 7 } as never]]),
);
const format = compileFormat(
  '{"at":"%tr","agent":"%[req.hdr(user-agent),json(utf8s)]","country":"%[var(txn.country)]","path":"%HP","hr":"%hr","status":%ST,"total":%Ta}',
  ALL_FIELDS,
  formats.expressionsAt(madeWord("log-format"), Places.HTTP_REQUEST_FRONTEND, "web", diagnostics),
);
if (diagnostics.list.length > 0 || !(format instanceof LogFormat)) {
  throw new Error(diagnostics.list.map(({ message }) => message).join("\n"));
}
rmSync(directory, { recursive: true });
const line = testLine();
const { record } = control.engine;

runBudget(200_000, () => {
  control.next();
  captures.begin(sink);
  captures.readRequest(control.request, sink);
  const verdict = rules.run(control as unknown as StreamControl, control.policy, false);
  if (verdict !== Verdict.NEXT) throw new Error("A rule has failed");
  const backend = switches.choose(control as never);
  record.view = control;
  record.requestCaptures = sink.requestCaptures;
  line.restart();
  format.write(line, record);
  return line.end + backend!.id + control.request.fieldCount;
});
