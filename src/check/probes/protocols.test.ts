import { describe, expect, test } from "bun:test";
import { SectionDraft } from "../../config/draft.ts";
import { madeWord } from "../../config/word.ts";
import { CHECK_KIND } from "../kind-part.ts";
import { PROTOCOL_CHECK } from "../protocol-check-part.ts";
import { playCheck, TEST_CONTEXT } from "../testing.ts";
import { ldap } from "./ldap.ts";
import { mysql } from "./mysql.ts";
import { pgsql } from "./pgsql.ts";
import { redis } from "./redis.ts";
import { smtp } from "./smtp.ts";
import { spop } from "./spop.ts";
import { sslHello } from "./ssl-hello.ts";

const KINDS = { ldap, mysql, pgsql, redis, smtp, spop, sslHello };
type Kind = keyof typeof KINDS;

function planOf(kind: Kind, userName = "") {
  const draft = new SectionDraft("backend", madeWord("b"));
  draft.part(CHECK_KIND).name = KINDS[kind].name;
  draft.part(PROTOCOL_CHECK).userName = userName;
  return KINDS[kind].compile(draft, TEST_CONTEXT)!;
}

const BIND = "\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\0\x04\0\x04\0";
const GREETING = "\x0a\0\0\0\x0a10.5\0abcd";
const ADMITTED = "\x03\0\0\x02\0\0\0";
const HELLO =
  "\x65\0\0\0\x01\0\0\x07version\x08\x032.0\x0emax-frame-size\x03\xfc\xf0\x06\x0ccapabilities\x08\0";

const AGENT = `\0\0\0${String.fromCharCode(HELLO.length)}${HELLO}`;

describe("probes of protocols", () => {
  test.each([
    { kind: "redis", answers: ["+PONG\r\n"], found: "L7OK 0 Redis server is ok" },
    { kind: "redis", answers: ["-ERR no\r\n", null], found: "L7STS 0 -ERR no" },
    { kind: "ldap", answers: [BIND], found: "L7OK 0 Success" },
    {
      kind: "ldap",
      answers: [BIND.replace("\x0a\x01\0", "\x0a\x01\x31")],
      found: "L7STS 49 See RFC: http://tools.ietf.org/html/rfc4511#section-4.1.9",
    },
    { kind: "mysql", answers: [GREETING], found: "L7OK 0 10.5" },
    { kind: "mysql", answers: ["\x05\0\0\0\xff\x10\x04no"], found: "L7STS 1040 no" },
    { kind: "mysql", user: "u", answers: [GREETING + ADMITTED], found: "L7OK 0 10.5" },
    {
      kind: "pgsql",
      user: "u",
      answers: ["R\0\0\0\x0c\0\0\0\x05salt"],
      found: "L7OK 0 PostgreSQL server is ok",
    },
    { kind: "pgsql", user: "u", answers: ["E\0\0\0\x40SFATAL\0", null], found: "L7RSP FATAL" },
    { kind: "spop", answers: [AGENT], found: "L7OK 0 SPOA server is ok" },
    { kind: "sslHello", answers: ["\x15\x03\0\0\x02\x02\x28"], found: "L6OK" },
    { kind: "sslHello", answers: ["HTTP/1.1 400"], found: "L6RSP" },
  ] as { kind: Kind; user?: string; answers: (string | null)[]; found: string }[])(
    "$kind finds $found at every cut",
    ({ kind, user, answers: [answer, ...rest], found }) => {
      const plan = planOf(kind, user);
      // The severity of an error is read from what came with its head.
      const isWhole = kind === "pgsql" && found.startsWith("L7RSP");
      for (let cut = isWhole ? answer!.length : 0; cut <= answer!.length; cut++) {
        const pieces = [answer!.slice(0, cut), answer!.slice(cut), ...rest];
        const sendsFirst = kind !== "mysql" || user !== undefined;
        expect(playCheck(plan, sendsFirst ? [pieces] : [pieces]).found).toBe(found);
      }
    },
  );

  test("smtp waits for a greeting, says hello, and says goodbye", () => {
    const answers = [["220 hi\r\n"], ["250-a\r\n", "250 b\r\n"], ["221 bye\r\n"]];
    expect(playCheck(planOf("smtp"), answers)).toEqual({
      found: "L7OK 221 bye",
      sent: ["HELO localhost\r\n", "QUIT\r\n"],
    });
  });

  test("mysql logs a user in as both ages of the protocol have it", () => {
    const [login] = playCheck(planOf("mysql", "haproxy"), []).sent;
    expect(Buffer.from(login!, "latin1").toString("hex")).toBe(
      `29000001008200000080000121${"00".repeat(23)}686170726f787900000100000001`,
    );
  });

  const kinds = Object.keys(KINDS) as Kind[];

  test.each(kinds)("%s survives silence, an early end, and more than it can keep", (kind) => {
    const plan = planOf(kind, "u");
    expect(playCheck(plan, []).found).toBe("-");
    expect(playCheck(plan, [[null]]).found).toMatch(/^L[67](RSP|STS)/);
    const flood = playCheck(plan, [["\xff".repeat(50_000)]]).found;
    expect(flood).toMatch(/^L[67](RSP|STS|OK)/);
  });

  test.each(kinds)("%s never throws, whatever bytes come", (kind) => {
    const plan = planOf(kind, "u");
    let seed = 12345;
    const random = () => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return seed >>> 16;
    };
    for (let round = 0; round < 200; round++) {
      const good = [BIND, GREETING, AGENT, "R\0\0\0\x08\0\0\0\0", "220 hi\r\n"][round % 5]!;
      const bytes = [...good].map((character) =>
        random() % 8 === 0 ? String.fromCharCode(random() & 255) : character,
      );
      const end = random() % 2 === 0 ? [null] : [];
      expect(playCheck(plan, [[bytes.join(""), ...end], [null], [null]]).found).toBeString();
    }
  });
});
