import { expect, test } from "bun:test";
import { BOTH } from "../support/programs.ts";
import { HTTP_DEFAULTS, Stage } from "../support/stage.ts";

/** Lines that are wrong, with a part of what is said of each. */
const WRONG: readonly (readonly [string, string])[] = [
  ["http-request set-tos", "expects <tos> as argument"],
  ["http-request set-tos abc", "expects an integer or hexadecimal value for <tos>, but got 'abc'"],
  ["http-request set-tos 12x", "but got '12x'"],
  ["http-request set-tos 0x100", "<tos> must be between 0 and 255, but is 0x100"],
  ["http-request set-tos -1", "but got '-1'"],
  ["http-request set-tos 1 2", "but found '2'"],
  ["http-request set-mark", "expects <mark> as argument"],
  ["http-request set-mark 0x1ffffffff", "<mark> must be between 0 and 4294967295"],
  ["http-request set-nice", "expects <nice> as argument"],
  ["http-request set-nice x", "expects an integer for <nice>"],
  ["http-request set-nice 1025", "<nice> must be between -1024 and 1024"],
  ["tcp-request connection set-nice 1", "but got 'set-nice'"],
  ["tcp-request session set-nice 1", "but got 'set-nice'"],
  ["http-after-response set-tos 1", "but got 'set-tos'"],
  ["http-response set-priority-class int(1)", "but got 'set-priority-class'"],
  ["http-request set-priority-class", "expects <expr> as argument"],
  ["http-request set-priority-class nofetch", "unknown fetch method 'nofetch'"],
  ["http-request set-priority-class res.hdr(a)", "needs HTTP response headers"],
  ["http-request set-priority-offset int(1),nosuch", "unknown converter 'nosuch'"],
  ["http-request set-priority-offset int(1) x", "but found 'x'"],
  ["http-request set-timeout", "expects <timeout> as argument"],
  ["http-request set-timeout client 5s", "expects 'server' or 'tunnel'"],
  ["http-request set-timeout server", "expects exactly 2 arguments"],
  ["http-request set-timeout server 0", "null value is not valid"],
  ["http-request set-timeout server 5x", "unexpected character 'x'"],
  ["http-request set-timeout tunnel 100000d", "timer overflow in argument '100000d'"],
  ["http-request set-timeout server nofetch", "unknown fetch method 'nofetch'"],
  ["http-request disable-l7-retry x", "but found 'x'"],
  ["http-request early-hint", "expects <name> as argument"],
  ["http-request early-hint Link", "expects <fmt> as argument"],
  ["http-request early-hint 'a b' c", "'a b' is no name of a header"],
  ["http-request early-hint Link a b", "but found 'b'"],
  ["http-request early-hint Link %[nofetch]", "unknown fetch method 'nofetch'"],
  ["http-request normalize-uri", "expects <normalizer> as argument"],
  ["http-request normalize-uri path-strip-dots", 'Did you mean "path-strip-dot"?'],
  ["http-request normalize-uri path-strip-dotdot strict", "unknown argument 'strict'"],
  ["http-request normalize-uri percent-to-uppercase full", "unknown argument 'full'"],
  ["http-request normalize-uri path-strip-dot full", "but found 'full'"],
];

async function check(text: string) {
  const stage = new Stage(BOTH.sluice);
  try {
    return await stage.run(["-c", "-f", stage.file("cfg", text)]);
  } finally {
    await stage.close();
  }
}

test("every wrong line of an action on streams is told, all at once", async () => {
  const sections = WRONG.map(
    ([line], index) => `listen l${index}\n  bind 127.0.0.1:${20_000 + index}\n  ${line}\n`,
  );
  const { status, stderr } = await check(
    `global\n  expose-experimental-directives\n${HTTP_DEFAULTS}${sections.join("")}`,
  );
  expect(status).toBe(1);
  for (const [index, [line, told]] of WRONG.entries()) {
    const firstLine = 2 + HTTP_DEFAULTS.split("\n").length - 1;
    const at = `:${firstLine + 3 * index + 3}]`;
    const said = stderr.split("\n").filter((text) => text.includes(at));
    const whole = stderr.slice(stderr.indexOf(at), stderr.indexOf(at) + 1200);
    expect({ line, count: said.length }).toEqual({ line, count: 1 });
    expect(`${line}: ${whole.split("[ALERT]")[0]}`).toContain(told);
  }
});

test("what is experimental must be allowed before it is used", async () => {
  const line = "listen l\n  bind 127.0.0.1:20000\n  http-request normalize-uri path-strip-dot\n";
  const hidden = await check(`${HTTP_DEFAULTS}${line}`);
  expect(hidden.stderr).toContain(
    "'normalize-uri' action is experimental, must be allowed via a global 'expose-experimental-directives'",
  );
  const late = await check(`${HTTP_DEFAULTS}${line}global\n  expose-experimental-directives\n`);
  expect(late.status).toBe(1);
  expect(late.stderr).toContain("move the global section to the front");
  const early = await check(`global\n  expose-experimental-directives\n${HTTP_DEFAULTS}${line}`);
  expect(early.status).toBe(0);
});

test("option http-restrict-req-hdr-names wants one of three words, and no negation", async () => {
  const lines = ["", "foo", "delete x"].map(
    (words) => `  option http-restrict-req-hdr-names ${words}\n`,
  );
  const text = `${HTTP_DEFAULTS}listen x\n${lines.join("")}  no option http-restrict-req-hdr-names\n`;
  const { stderr } = await check(text);
  expect(stderr).toContain("expects <policy> as argument");
  expect(stderr).toContain("expects 'preserve', 'delete' or 'reject' for <policy>, but got 'foo'");
  expect(stderr).toContain("cannot handle unexpected argument 'x'");
  expect(stderr).toContain("negation");
});

test("a frontend alone has no server whose timeout it could set", async () => {
  const section = (kind: string) =>
    `${kind} x\n  bind 127.0.0.1:20000\n  http-request set-timeout server 5s\n`;
  const refused = await check(`${HTTP_DEFAULTS}${section("frontend")}`);
  expect(refused.stderr).toContain("proxy 'x' has no backend capability");
  expect((await check(`${HTTP_DEFAULTS}${section("listen")}`)).status).toBe(0);
});
