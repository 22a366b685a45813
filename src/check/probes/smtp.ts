import { CheckStatus } from "../../balance/check-status.ts";
import { isKind } from "../kind-part.ts";
import { defineProbe } from "../probe.ts";
import { PROTOCOL_CHECK } from "../protocol-check-part.ts";
import { firstLine, protocolPlan } from "../protocol-plan.ts";
import { expectAnswer, finding, Judgement, sendBytes } from "../steps.ts";

const NAME = "option smtpchk";

/** Room for a reply's code and what follows it. */
const REPLY_SIZE_MIN = 4;

/** A greeting is one line with any code (RFC 5321 section 4.3.1). */
const IS_REPLY = expectAnswer({
  sizeMin: REPLY_SIZE_MIN,
  judge({ text }) {
    if (/^[0-9]{3}[ \r]/.test(text)) return Judgement.PASS;
    return finding(CheckStatus.L7_RESPONSE, firstLine(text));
  },
});

const IS_WELCOME = expectAnswer({
  sizeMin: REPLY_SIZE_MIN,
  nothingStatus: CheckStatus.L7_STATUS,
  judge: ({ text }) => (/^2[0-9]{2}[ \r]/.test(text) ? Judgement.PASS : refused(text)),
});

/** The hello's reply may have several lines: it ends with one whose code a blank follows. */
const IS_KNOWN = expectAnswer({
  sizeMin: REPLY_SIZE_MIN,
  nothingStatus: CheckStatus.L7_STATUS,
  judge({ text, isLast }) {
    if (/^2[0-9]{2}-[^\r\n]*\r?\n(?:2[0-9]{2}-[^\r\n]*\r?\n)*2[0-9]{2}[ \r]/.test(text)) {
      return Judgement.PASS;
    }
    if (/^2[0-9]{2}[ \r]/.test(text)) return Judgement.PASS;
    return isLast ? refused(text) : Judgement.WAIT;
  },
});

const IS_FAREWELL = expectAnswer({
  sizeMin: REPLY_SIZE_MIN,
  nothingStatus: CheckStatus.L7_STATUS,
  judge: ({ text }) => (/^2[0-9]{2}[- \r]/.test(text) ? Judgement.PASS : refused(text)),
  passed: ({ text }) => finding(CheckStatus.L7_OK, said(text), codeOf(text)),
});

function refused(text: string) {
  return finding(CheckStatus.L7_STATUS, said(text), codeOf(text));
}

/** The code that a reply starts with, or 0. */
function codeOf(text: string): number {
  return Number(/^[0-9]{3}/.exec(text)?.[0] ?? 0);
}

/** What a reply says behind its code. */
function said(text: string): string {
  return firstLine(text).slice(REPLY_SIZE_MIN);
}

/** The check of sections with `option smtpchk`. */
export const smtp = defineProbe({
  name: NAME,
  summary: "Waits for a mail server's greeting, says hello and goodbye; codes from 200 to 299 pass",
  source: "HAProxy configuration manual, section 4.2, option smtpchk",
  compile(draft, context) {
    if (!isKind(draft, NAME)) return undefined;
    const hello = Buffer.from(`${draft.part(PROTOCOL_CHECK).smtpHello}\r\n`, "latin1");
    const quit = Buffer.from("QUIT\r\n");
    const steps = [IS_REPLY, IS_WELCOME, sendBytes(hello), IS_KNOWN, sendBytes(quit), IS_FAREWELL];
    return protocolPlan(context, steps, true);
  },
});
