import { expect, test } from "bun:test";
import { BOTH, type Program } from "../support/programs.ts";
import { runTrials, type Trial, type TrialResult } from "../support/rule-trials.ts";
import { Stage } from "../support/stage.ts";

/** Rules on lines as 1.9 has them, and rules of today that do the same. */
interface Pair extends Trial {
  /** In the place of the frontend's and the backend's lines, for a program that has no rules on lines. */
  readonly today: Pick<Trial, "frontend" | "backend">;
}

const PAIRS: readonly Pair[] = [
  {
    name: "reqadd, rspadd",
    frontend: ["reqadd X-A:\\ 1", "rspadd X-B:\\ 2"],
    today: { frontend: ["http-request add-header X-A 1", "http-response add-header X-B 2"] },
  },
  {
    name: "reqadd with conditions",
    frontend: ["reqadd X-A:\\ 1 if { path /no }", "reqadd X-B:\\ 2 unless { path /no }"],
    today: { frontend: ["http-request add-header X-B 2"] },
  },
  {
    name: "reqidel by name and value",
    frontend: ["reqidel ^cookie:.*secret"],
    request: ["GET / HTTP/1.1", "host: a.test", "Cookie: a=secret", "x: secret"],
    today: { frontend: ["http-request del-header cookie"] },
  },
  {
    name: "reqrep of a path",
    frontend: ["reqrep ^([^\\ :]*)\\ /a/(.*) \\1\\ /z/\\2"],
    today: { frontend: ["http-request replace-path ^/a/(.*) /z/\\1"] },
  },
  {
    name: "reqrep of method and path",
    frontend: ["reqrep ^GET\\ /a/b DELETE\\ /c\\ HTTP/1.1"],
    today: { frontend: ["http-request set-method DELETE", "http-request set-uri /c"] },
  },
  {
    name: "reqirep of a host",
    frontend: ["reqirep ^Host:\\ a.test Host:\\ www"],
    request: ["GET / HTTP/1.1", "host: a.test:80"],
    today: { frontend: ["http-request set-header Host www"] },
  },
  {
    name: "rspidel, rspirep",
    frontend: ["rspidel ^X-SERVER:", "rspirep ^Location:\\ http://in/(.*) Location:\\ /\\1"],
    response:
      "HTTP/1.1 302 Found\r\ncontent-length: 0\r\nx-server: one\r\nlocation: http://in/a\r\n\r\n",
    today: {
      frontend: [
        "http-response del-header x-server",
        "http-response replace-header Location http://in/(.*) /\\1",
      ],
    },
  },
  {
    name: "rsprep of the status line",
    backend: ["rsprep ^HTTP/1.1\\ 404 HTTP/1.1\\ 410\\ Away"],
    response: "HTTP/1.1 404 Not Found\r\ncontent-length: 2\r\n\r\nhi",
    today: { backend: ["http-response set-status 410 reason Away"] },
  },
  {
    name: "reqdeny by the request line",
    frontend: ["reqdeny ^GET\\ /a"],
    today: { frontend: ["http-request deny if { path_beg /a }"] },
  },
  {
    name: "reqideny by a header, in the backend",
    backend: ["reqideny ^host:\\ A\\."],
    today: { backend: ["http-request deny"] },
  },
  {
    name: "reqideny does not match",
    frontend: ["reqideny ^host:\\ b", "reqdeny ^Host:"],
    today: {},
  },
  {
    name: "rspideny",
    frontend: ["rspideny ^X-Server:\\ one"],
    today: { frontend: ["http-response deny"] },
  },
  {
    name: "reqitarpit",
    frontend: ["timeout tarpit 20ms", "reqitarpit ^HOST:"],
    today: { frontend: ["timeout tarpit 20ms", "http-request tarpit"] },
    logFormat: "%f %b %ST %ts",
  },
  {
    name: "reqiallow wins over a later reqdeny, in the backend too, and stops no edit",
    frontend: ["reqiallow ^host:\\ a", "reqdeny .", "reqadd X-A:\\ 1", "reqirep ^x:.* x:\\ y"],
    backend: ["reqtarpit ."],
    request: ["GET / HTTP/1.1", "host: a.test", "x: z"],
    today: {
      frontend: ["http-request set-header x y", "http-request add-header X-A 1"],
    },
  },
  {
    name: "reqipass skips the later rules of its section",
    frontend: ["reqipass ^host:\\ a", "reqdeny .", "reqadd X-A:\\ 1"],
    backend: ["reqdeny ."],
    today: { frontend: ["http-request add-header X-A 1"], backend: ["http-request deny"] },
  },
  {
    name: "rules on lines come behind http-request and before redirect",
    frontend: [
      "redirect location /elsewhere if { path /z }",
      "reqrep ^GET\\ /a/b.x=1 GET\\ /z\\ HTTP/1.1",
      "http-request set-header X-P %[path]",
      "reqirep ^x-p:\\ (.*) X-Q:\\ \\1",
    ],
    today: { frontend: ["redirect location /elsewhere"] },
  },
  {
    name: "block comes first",
    frontend: ["reqallow .", "block if TRUE"],
    today: { frontend: ["http-request deny"] },
  },
];

/** What rules on lines cannot do to a message, and what they say when they try. */
const SAFE: readonly (Trial & { readonly wanted: Partial<TrialResult> })[] = [
  {
    name: "reqdel is about letter case",
    frontend: ["reqdel ^x-a:", "reqidel ^x-b:"],
    request: ["GET / HTTP/1.1", "host: a.test", "X-A: 1", "X-B: 2", "x-a: 3"],
    wanted: { sent: "GET / HTTP/1.1\r\nhost: a.test\r\nX-A: 1\r\n\r\n" },
  },
  {
    name: "a line keeps its place and gets another name",
    frontend: ["reqirep ^X-(A|B):\\ (.)(.*)$ X-\\1-New:\\ <\\0>\\x2d\\2\\\\\\\\\\3"],
    request: ["GET / HTTP/1.1", "host: a.test", "x-a: one", "x-c: 3"],
    wanted: {
      sent: "GET / HTTP/1.1\r\nhost: a.test\r\nX-a-New: <x-a: one>-o\\ne\r\nx-c: 3\r\n\r\n",
    },
  },
  {
    name: "there is one host",
    frontend: ["reqirep ^X-Host:\\ (.*) Host:\\ \\1"],
    request: ["GET / HTTP/1.1", "host: a.test", "x-host: b.test"],
    wanted: { sent: "GET / HTTP/1.1\r\nHost: b.test\r\n\r\n" },
  },
  {
    name: "a length stays that of the body",
    frontend: ["reqirep ^Content-Length:.* Content-Length:\\ 50"],
    request: ["POST / HTTP/1.1", "host: a.test", "content-length: 3"],
    body: "abc",
    wanted: { sent: "POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: 3\r\n\r\nabc" },
  },
  {
    name: "a second length is none",
    frontend: ["reqirep ^X:.* Content-Length:\\ 0"],
    request: ["POST / HTTP/1.1", "host: a.test", "content-length: 3", "x: y"],
    body: "abc",
    wanted: { sent: "POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: 3\r\n\r\nabc" },
  },
  {
    name: "no coding is announced that the body has not",
    frontend: ["reqirep ^X:.* Transfer-Encoding:\\ chunked", "reqadd Transfer-Encoding:\\ chunked"],
    request: ["GET / HTTP/1.1", "host: a.test", "x: y"],
    wanted: { sent: "GET / HTTP/1.1\r\nhost: a.test\r\n\r\n" },
  },
  {
    name: "a length that was removed is told again",
    backend: ["rspidel ^content-length"],
    wanted: { answered: "HTTP/1.1 200 OK\r\nx-server: one\r\ncontent-length: 2\r\n\r\nhi" },
  },
  {
    name: "a blank in a target ends nothing",
    frontend: ["reqrep ^GET\\ (.*)\\ HTTP/1.1 GET\\ /x\\ y\\ HTTP/1.1"],
    wanted: { sent: "GET /x%20y HTTP/1.1\r\nhost: a.test\r\n\r\n" },
  },
  {
    name: "an older version",
    frontend: ["reqrep ^(.*)\\ HTTP/1.1$ \\1\\ HTTP/1.0"],
    wanted: {
      sent: "GET /a/b?x=1 HTTP/1.0\r\nhost: a.test\r\nconnection: keep-alive\r\n\r\n",
    },
  },
  {
    name: "no older version for chunks",
    frontend: ["reqrep ^(.*)\\ HTTP/1.1$ \\1\\ HTTP/1.0"],
    request: ["POST / HTTP/1.1", "host: a.test", "transfer-encoding: chunked"],
    body: "1\r\na\r\n0\r\n\r\n",
    wanted: { sent: "", failures: "1 0 0" },
  },
  {
    name: "what is no header line is refused",
    frontend: ["reqirep ^X:.* nonsense"],
    request: ["GET / HTTP/1.1", "host: a.test", "x: y"],
    wanted: { sent: "", failures: "1 0 0" },
  },
  {
    name: "what is no request line is refused",
    frontend: ["reqrep ^GET.* nonsense"],
    wanted: { sent: "", failures: "1 0 0" },
  },
  {
    name: "what is no status line is refused",
    frontend: ["rsprep ^HTTP/1.1.* HTTP/1.1\\ 99"],
    wanted: { failures: "1 1 1" },
  },
  {
    name: "a client that asked for a head gets no body",
    frontend: ["reqrep ^HEAD\\ (.*) GET\\ \\1"],
    request: ["HEAD / HTTP/1.1", "host: a.test"],
    wanted: { answered: "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-server: one\r\n\r\n" },
  },
];

async function run(program: Program, trials: readonly Trial[]): Promise<TrialResult[]> {
  const stage = new Stage(program);
  try {
    return await runTrials(stage, trials);
  } finally {
    await stage.close();
  }
}

/** Names of added lines are written as typed here, and in lower case there. */
function caseless({ sent, answered, log, failures }: TrialResult): TrialResult {
  return { sent: sent.toLowerCase(), answered: answered.toLowerCase(), log, failures };
}

const compares = BOTH.oracle.missing === undefined ? test : test.skip;

compares(
  "rules on lines do what rules of today do in the reference",
  async () => {
    const wanted = await run(
      BOTH.oracle,
      PAIRS.map(({ today, frontend: _f, backend: _b, ...trial }) => ({ ...trial, ...today })),
    );
    const results = await run(BOTH.sluice, PAIRS);
    for (const [index, { name }] of PAIRS.entries()) {
      expect({ name, ...caseless(results[index]!) }).toEqual({ name, ...caseless(wanted[index]!) });
    }
  },
  30_000,
);

test("rules on lines make no message that can be read in two ways", async () => {
  const results = await run(BOTH.sluice, SAFE);
  for (const [index, { name, wanted }] of SAFE.entries()) {
    expect({ name, ...results[index]! }).toMatchObject({ name, ...wanted });
  }
});
