import { expect, test } from "bun:test";
import { BOTH } from "../support/programs.ts";
import { runTrials, type Trial, type TrialResult } from "../support/rule-trials.ts";
import { Stage } from "../support/stage.ts";
import { TRIALS } from "./actions.table.ts";

const BIG = "x".repeat(900);
/** More than any buffer of these programs has room for. */
const SIX = "%[req.hdr(b)]".repeat(6);
const SIX_OF_RESPONSE = "%[res.hdr(b)]".repeat(6);
const BIG_REQUEST = ["GET /a/b?x=1 HTTP/1.1", "host: a.test", `b: ${BIG}`];
const BIG_RESPONSE = `HTTP/1.1 200 OK\r\ncontent-length: 2\r\nb: ${BIG}\r\n\r\nhi`;
const OPTIONS = { global: "global\n  tune.bufsize 4096\n  tune.maxrewrite 1024\n" };

/** Rewrites that find no room. */
const FAILURES: readonly Trial[] = [
  {
    name: "strict set-header",
    frontend: [`http-request set-header x-a ${SIX}`],
    request: BIG_REQUEST,
  },
  {
    name: "lenient set-header",
    frontend: [
      "http-request strict-mode off",
      `http-request set-header x-a ${SIX}`,
      "http-request set-header x-b 1",
    ],
    request: BIG_REQUEST,
  },
  {
    name: "a lenient failure removes the old value",
    frontend: ["http-request strict-mode off", `http-request set-header x-a ${SIX}`],
    request: [...BIG_REQUEST, "x-a: old"],
  },
  {
    name: "lenient, then strict",
    frontend: [
      "http-request strict-mode off",
      `http-request set-header x-a ${SIX}`,
      "http-request strict-mode on",
      `http-request set-header x-a ${SIX}`,
    ],
    request: BIG_REQUEST,
  },
  { name: "strict set-path", frontend: [`http-request set-path /${SIX}`], request: BIG_REQUEST },
  {
    name: "lenient set-method",
    frontend: ["http-request strict-mode off", `http-request set-method ${SIX}`],
    request: BIG_REQUEST,
  },
  {
    name: "strictness ends with its rule set",
    frontend: ["http-request strict-mode off"],
    backend: [`http-request set-header x-a ${SIX}`],
    request: BIG_REQUEST,
  },
  {
    name: "strict response",
    frontend: [`http-response set-header x-a ${SIX_OF_RESPONSE}`],
    response: BIG_RESPONSE,
  },
  {
    name: "lenient response",
    frontend: ["http-response strict-mode off", `http-response set-header x-a ${SIX_OF_RESPONSE}`],
    response: BIG_RESPONSE,
  },
  {
    name: "strict after-response, which runs on its own error as well",
    frontend: [`http-after-response set-header x-a ${SIX_OF_RESPONSE}`],
    response: BIG_RESPONSE,
  },
];

/** Where this program does not let rules make a message that can be read in two ways. */
const OWN: readonly (Trial & { readonly wanted: Partial<TrialResult> })[] = [
  {
    name: "a length stays that of the body",
    frontend: ["http-request set-header content-length 5"],
    request: ["POST / HTTP/1.1", "host: a.test", "content-length: 3"],
    body: "abc",
    wanted: { sent: "POST / HTTP/1.1\r\nhost: a.test\r\ncontent-length: 3\r\n\r\nabc" },
  },
  {
    name: "a length that was deleted is still told",
    frontend: ["http-response del-header content-length"],
    wanted: { answered: "HTTP/1.1 200 OK\r\nx-server: one\r\ncontent-length: 2\r\n\r\nhi" },
  },
  {
    name: "no coding is announced that the body has not",
    frontend: ["http-request set-header transfer-encoding chunked"],
    wanted: { sent: "GET /a/b?x=1 HTTP/1.1\r\nhost: a.test\r\n\r\n" },
  },
  {
    name: "there is one host",
    frontend: ["http-request add-header host b.test"],
    wanted: { sent: "GET /a/b?x=1 HTTP/1.1\r\nhost: b.test\r\n\r\n" },
  },
  {
    name: "a blank in a path is written so that it ends nothing",
    frontend: ["http-request set-path '/a b'"],
    wanted: { sent: "GET /a%20b?x=1 HTTP/1.1\r\nhost: a.test\r\n\r\n" },
  },
  {
    name: "what is no method is refused",
    frontend: ["http-request set-method 'a b'"],
    wanted: { sent: "", failures: "1 0 0" },
  },
  {
    name: "a client that asked for a head gets no body",
    frontend: ["http-request set-method GET"],
    request: ["HEAD / HTTP/1.1", "host: a.test"],
    wanted: { answered: "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-server: one\r\n\r\n" },
  },
];

async function run(program: (typeof BOTH)[keyof typeof BOTH], trials: readonly Trial[]) {
  const stage = new Stage(program);
  try {
    return await runTrials(stage, trials, OPTIONS);
  } finally {
    await stage.close();
  }
}

const compares = BOTH.oracle.missing === undefined ? test : test.skip;

compares(
  "actions do to messages and logs what they do in the reference",
  async () => {
    const trials = [...TRIALS, ...FAILURES];
    const wanted = await run(BOTH.oracle, trials);
    const results = await run(BOTH.sluice, trials);
    for (const [index, { name }] of trials.entries()) {
      expect({ name, ...results[index]! }).toEqual({ name, ...wanted[index]! });
    }
  },
  30_000,
);

test("rules make no message that can be read in two ways", async () => {
  const results = await run(BOTH.sluice, OWN);
  for (const [index, { name, wanted }] of OWN.entries()) {
    expect({ name, ...results[index]! }).toMatchObject({ name, ...wanted });
  }
});
