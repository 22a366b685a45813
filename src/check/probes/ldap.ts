import { CheckStatus } from "../../balance/check-status.ts";
import type { CheckInput } from "../check-input.ts";
import { isKind } from "../kind-part.ts";
import { defineProbe, type Finding } from "../probe.ts";
import { protocolPlan } from "../protocol-plan.ts";
import { expectAnswer, finding, Judgement, sendBytes } from "../steps.ts";

const NAME = "option ldap-check";

/** A bind of version 3 with an empty name and an empty password, as message 1. */
const BIND = Uint8Array.of(0x30, 12, 2, 1, 1, 0x60, 7, 2, 1, 3, 4, 0, 0x80, 0);

/** The shortest answer: a message with a result of three empty parts. */
const ANSWER_SIZE_MIN = 14;

const SEQUENCE = 0x30;
const INTEGER = 2;
const ENUMERATED = 10;
const BIND_RESPONSE = 0x61;

const NOT_LDAP = finding(CheckStatus.L7_RESPONSE, "Not LDAPv3 protocol");
const CUT_OFF = finding(CheckStatus.L7_RESPONSE);

/**
 * Where the content of an element (tag, length, content) starts and how long it is; null when it is
 * not there. Source: ITU-T X.690, section 8.1.
 */
function element(bytes: Uint8Array, at: number, tag: number) {
  const first = bytes[at + 1];
  if (bytes[at] !== tag || first === undefined) return null;
  if (first < 0x80) return { start: at + 2, size: first };
  const count = first & 0x7f;
  if (count === 0 || count > 4 || at + 2 + count > bytes.length) return null;
  let size = 0;
  for (let index = 0; index < count; index++) size = size * 256 + bytes[at + 2 + index]!;
  return { start: at + 2 + count, size };
}

/** Judges a bind's answer: message 1 with a result code. Source: RFC 4511, section 4.2.2. */
function judge(input: CheckInput): Judgement {
  const { bytes } = input;
  const message = element(bytes, 0, SEQUENCE);
  if (message === null) return NOT_LDAP;
  if (message.start + message.size > bytes.length) {
    return input.isLast ? CUT_OFF : Judgement.WAIT;
  }
  const number = element(bytes, message.start, INTEGER);
  if (number === null || number.size !== 1 || bytes[number.start] !== 1) return NOT_LDAP;
  const response = element(bytes, number.start + 1, BIND_RESPONSE);
  const result = response === null ? null : element(bytes, response.start, ENUMERATED);
  if (result === null || result.size !== 1) return NOT_LDAP;
  const code = bytes[result.start];
  if (code === undefined) return NOT_LDAP;
  return code === 0 ? Judgement.PASS : refused(code);
}

function refused(code: number): Finding {
  const text = "See RFC: http://tools.ietf.org/html/rfc4511#section-4.1.9";
  return finding(CheckStatus.L7_STATUS, text, code);
}

const ANSWER = expectAnswer({
  sizeMin: ANSWER_SIZE_MIN,
  judge,
  passed: () => finding(CheckStatus.L7_OK, "Success"),
});

/** The check of sections with `option ldap-check`. */
export const ldap = defineProbe({
  name: NAME,
  summary: "Binds anonymously as LDAPv3 has it, which must succeed",
  source: "HAProxy configuration manual, section 4.2, option ldap-check",
  compile(draft, context) {
    return isKind(draft, NAME) ? protocolPlan(context, [sendBytes(BIND), ANSWER]) : undefined;
  },
});
