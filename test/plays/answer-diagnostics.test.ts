import { expect, test } from "bun:test";
import { BOTH } from "../support/programs.ts";
import { HTTP_DEFAULTS, Stage } from "../support/stage.ts";

/** Lines that are wrong, with a part of what is said of each. */
const WRONG: readonly (readonly [string, string])[] = [
  ["http-request return status 99", "Unexpected status code '99'."],
  ["http-request return status 600", "Unexpected status code '600'."],
  ["http-request return status", "'status' expects <status_code> as argument."],
  ["http-request return content-type", "'content-type' expects <ctype> as argument."],
  ["http-request return string a", "a content type must be defined when non-empty payload"],
  ["http-request return lf-string a", "a content type must be defined with a log-format payload"],
  ["http-request return content-type a/b string", "'string' expects <str> as argument."],
  ["http-request return content-type a/b string a string b", "'string' already defined."],
  ["http-request return default-errorfiles errorfile x", "'default-errorfiles' already defined."],
  ["http-request return status 204 content-type a/b string x", "No body expected for 204"],
  ["http-request return default-errorfiles status 418", "status code '418' not handled by default"],
  ["http-request return errorfile /nowhere/x", "error opening file '/nowhere/x'."],
  ["http-request return content-type a/b file /nowhere/x", "error opening file '/nowhere/x'."],
  ["http-request return errorfiles nosuch", "unknown http-errors section 'nosuch'"],
  ["http-request return hdr a", "'hdr' expects <name> and <value> as arguments."],
  ["http-request return hdr a %[nofetch]", "unknown fetch method 'nofetch'"],
  ["http-request return foo", "but got 'foo'."],
  ["http-request deny deny_status 418", "status code '418' not handled by default"],
  ["http-request tarpit deny_status", "'deny_status' expects <status_code> as argument."],
  ["http-request auth realm", "missing realm value."],
  ["http-request auth foo", "but found 'foo'."],
  ["http-request redirect", "redirection type expected"],
  ["http-request redirect location", "missing argument for 'location'."],
  ["http-request redirect location / code 304", "unsupported HTTP code '304'"],
  ["http-request redirect location / foo", "(was 'foo')"],
  ["http-response redirect prefix /", "response only supports redirect type 'location'."],
  ["redirect location / set-cookie", "missing argument for 'set-cookie'."],
  ["redirect location / if nosuch", "no such ACL : 'nosuch'."],
  ["http-request wait-for-body", "expects time <time> [ at-least <bytes> ]."],
  ["http-request wait-for-body time x", "<time>"],
  ["http-request wait-for-body time 1s at-least", "missing argument for 'at-least'."],
  ["errorfiles nosuch", "unknown http-errors section 'nosuch'"],
  ["http-response tarpit", "but got 'tarpit'."],
];

/** The same, of lines that are told while the file is read; rules are looked at when that went well. */
const UNREADABLE: readonly (readonly [string, string])[] = [
  ["monitor fail", "requires either 'if' or 'unless' followed by a condition."],
  ["http-error status 418", "status code '418' not handled."],
  ["http-error", "expects at least 'status <code>'"],
  ["errorfiles own 418", "status code '418' not handled."],
  ["default_backend x\nlisten l\n  stats http-request foo", "but got 'foo'."],
  ["block", "requires either 'if' or 'unless' followed by a condition."],
];

/** Lines that work, but not as one may think. */
const DOUBTFUL: readonly (readonly [string, string])[] = [
  ["http-request return content-type a/b", "content-type 'a/b' ignored by the http reply"],
  ["http-request return default-errorfiles hdr a b", "hdr parameters ignored by the http reply"],
  ["http-request return hdr Content-Length 5", "header 'Content-Length' always ignored"],
  ["http-request return status 500 errorfiles own", "not declared in http-errors section 'own'"],
  ["errorfiles own 500", "status '500' not declared in http-errors section 'own'"],
  ["http-request redirect location / drop-query", "'drop-query' has no effect with 'location'"],
  ["redirect location /\n  http-request deny", "will still be processed before"],
  ["monitor fail if TRUE", "has no effect in frontend"],
  ["block if TRUE", "the 'block' directive is deprecated. Use 'http-request deny' instead."],
];

async function check(lines: readonly (readonly [string, string])[]) {
  const stage = new Stage(BOTH.sluice);
  try {
    const sections = lines.map(
      ([line], index) =>
        `frontend f${index}\n  bind unix@${stage.directory}/f${index}\n  ${line}\n`,
    );
    const path = stage.file("cfg", `http-errors own\n${HTTP_DEFAULTS}${sections.join("")}`);
    return await stage.run(["-c", "-f", path]);
  } finally {
    await stage.close();
  }
}

test("every wrong line about answers is told, all at once", async () => {
  for (const lines of [UNREADABLE, WRONG]) {
    const { status, stderr } = await check(lines);
    expect(status).toBe(1);
    for (const [line, message] of lines) expect(`${line}: ${stderr}`).toContain(message);
  }
});

test("lines about answers that do not do what they seem to say earn a warning", async () => {
  const { status, stderr } = await check(DOUBTFUL);
  expect(status).toBe(0);
  for (const [line, message] of DOUBTFUL) expect(`${line}: ${stderr}`).toContain(message);
});
