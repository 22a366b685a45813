import { argument } from "../../config/arg.ts";
import { defineConverter } from "../declare.ts";
import { FixScan, FixVerdict, judgeFix } from "../fix-message.ts";
import { SampleType } from "../sample.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.1; FIX session layer";
const { BINARY, BOOLEAN } = SampleType;

const TAGS: ReadonlyMap<string, number> = new Map([
  ["beginstring", 8],
  ["bodylength", 9],
  ["checksum", 10],
  ["msgtype", 35],
  ["sendercompid", 49],
  ["targetcompid", 56],
]);

const TAG = argument("tag", (text, refuse) => {
  const tag = TAGS.get(text.toLowerCase()) ?? (/^[0-9]{1,10}$/.test(text) ? Number(text) : 0);
  if (tag > 0 && tag < 2 ** 31) return tag;
  return refuse(
    `unknown FIX tag '${text}'.`,
    "Write a number, or BeginString, BodyLength, CheckSum, MsgType, SenderCompID or TargetCompID",
  );
});

const scan = new FixScan();

export const fixIsValid = defineConverter({
  name: "fix_is_valid",
  summary: "Says whether bytes are a FIX message; nothing while not all of it has come",
  source: SOURCE,
  input: BINARY,
  output: BOOLEAN,
  args: [],
  examples: [
    {
      input: "OD1GSVguNC4yATk9MzEBMzU9QQE0OT1TTkQBNTY9VEdUATM0PTEBNTg9eD15ATEwPTE4NAE=",
      expression: "b64dec,fix_is_valid",
      output: "1",
    },
    {
      input: "OD1GSVguNC4yATk9MzEBMzU9QQE0OT1TTkQBNTY9VEdUATM0PTEBNTg9eD15ATEwPTE4NA==",
      expression: "b64dec,fix_is_valid",
      output: null,
    },
    {
      input: "OD1GSVguNC4yATk9MzEBMzU9QQE0OT1TTkQBNTY9VEdUATM0PTEBNTg9eD15ATEwPQ==",
      expression: "b64dec,fix_is_valid",
      output: null,
    },
    {
      input: "OD1GSVguNC4yATk9MzEBMzU9QQE0OT1TTkQBNTY9VEdUATM0PTEBNTg9eD15ATEwPTE4NAE4PQ==",
      expression: "b64dec,fix_is_valid",
      output: "1",
    },
    {
      input: "OD1GSVguNC4yATk9MwEzNT1BATEwPTE3NgE=",
      expression: "b64dec,fix_is_valid",
      output: "0",
    },
    {
      input: "OD1GSVguNC4yATk9NQEzNT1BATEwPTAwMQE=",
      expression: "b64dec,fix_is_valid",
      output: "0",
    },
    {
      input: "OD1GSVguNC4yATk9MTABNDk9UwEzNT1BATEwPTIyMAE=",
      expression: "b64dec,fix_is_valid",
      output: "0",
    },
    {
      input: "OD1GSVguNS4wATk9NQEzNT1BATEwPTE3NwE=",
      expression: "b64dec,fix_is_valid",
      output: "0",
    },
    {
      input: "OD1GSVhULjEuMQE5PTUBMzU9QQExMD0wMDIB",
      expression: "b64dec,fix_is_valid",
      output: "1",
    },
    {
      input: "OD1GSVguNC45ATk9NQEzNT1BATEwPTE4NQE=",
      expression: "b64dec,fix_is_valid",
      output: "0",
    },
    { input: "OD1GT08BOT01ATM1PUEBMTA9MjM3AQ==", expression: "b64dec,fix_is_valid", output: null },
    {
      input: "OD1GSVguNC4yATk9NAEzNT0BMTA9MTEyAQ==",
      expression: "b64dec,fix_is_valid",
      output: null,
    },
    {
      input: "OD1GSVguNC4yATk9OQEzNT1BATQ5PQExMD0wOTcB",
      expression: "b64dec,fix_is_valid",
      output: "1",
    },
    {
      input: "OD1GSVguNC4yATk9OQEzNT1BAXg9eQExMD0yMjkB",
      expression: "b64dec,fix_is_valid",
      output: "0",
    },
    {
      input: "OD1GSVguNC4yATk9OAEzNT1BAT15ATEwPTEwOAE=",
      expression: "b64dec,fix_is_valid",
      output: "0",
    },
    { input: "OD1GSVguNC4yAQ==", expression: "b64dec,fix_is_valid", output: null },
    {
      input: "OT01ATg9RklYLjQuMgEzNT1BATEwPTAwMAE=",
      expression: "b64dec,fix_is_valid",
      output: "0",
    },
    {
      input: "OD1GSVguNC4yATk9NQEzNT1BATEwPTE3OAEB",
      expression: "b64dec,fix_is_valid",
      output: "1",
    },
    {
      input: "OD1GSVguNC4yATk9MTABMzU9QQE5NT01ATEwPTE5MQE=",
      expression: "b64dec,fix_is_valid",
      output: "1",
    },
    {
      input: "OD1GSVguNC4yATk9MTEBMzU9QQEwNDk9UwExMD0wMTMB",
      expression: "b64dec,fix_is_valid",
      output: "1",
    },
    {
      input: "OD1GSVguNC4yATk9MTABMzU9QQE0OTpTATEwPTIyMAE=",
      expression: "b64dec,fix_is_valid",
      output: "0",
    },
    {
      input: "OD1GSVguNC4wATk9NQEzNT1BATEwPTE3NgE=",
      expression: "b64dec,fix_is_valid",
      output: "1",
    },
    {
      input: "OD1GSVguNS4wU1AxATk9NQEzNT1BATEwPTEzMwE=",
      expression: "b64dec,fix_is_valid",
      output: "0",
    },
    { input: "OD1GSVguNAE5PTUBMzU9QQExMD0wODIB", expression: "b64dec,fix_is_valid", output: null },
    {
      input: "OD1GSVguNS4wU1A5ATk9NQEzNT1BATEwPTE0MQE=",
      expression: "b64dec,fix_is_valid",
      output: "0",
    },
    {
      input: "OD1GSVguNC4yATk9MTIBMzU9QQExMD0xMjMBMTA9MDIxAQ==",
      expression: "b64dec,fix_is_valid",
      output: "0",
    },
    {
      input: "OD1GSVguNC4yATk9MzEBMzU9QQE0OT1TTkQBNTY9VEdUATM0PTEBNTg9eD15ATAxMD0xODQB",
      expression: "b64dec,fix_is_valid",
      output: "1",
    },
  ],
  compile: () => (sample) => {
    const verdict = judgeFix(sample.bytes, sample.start, sample.end);
    if (verdict === FixVerdict.INCOMPLETE) {
      sample.mayChange = true;
      return false;
    }
    sample.setBoolean(verdict === FixVerdict.VALID);
    return true;
  },
});

export const fixTagValue = defineConverter({
  name: "fix_tag_value",
  summary: "Gives the value of the first field of a FIX message that has a tag",
  source: SOURCE,
  input: BINARY,
  output: BINARY,
  args: [TAG],
  examples: [
    {
      input: "OD1GSVguNC4yATk9MzEBMzU9QQE0OT1TTkQBNTY9VEdUATM0PTEBNTg9eD15ATEwPTE4NAE=",
      expression: "b64dec,fix_tag_value(8)",
      output: "FIX.4.2",
    },
    {
      input: "OD1GSVguNC4yATk9MzEBMzU9QQE0OT1TTkQBNTY9VEdUATM0PTEBNTg9eD15ATEwPTE4NAE=",
      expression: "b64dec,fix_tag_value(BodyLength)",
      output: "31",
    },
    {
      input: "OD1GSVguNC4yATk9MzEBMzU9QQE0OT1TTkQBNTY9VEdUATM0PTEBNTg9eD15ATEwPTE4NAE=",
      expression: "b64dec,fix_tag_value(msgtype)",
      output: "A",
    },
    {
      input: "OD1GSVguNC4yATk9MzEBMzU9QQE0OT1TTkQBNTY9VEdUATM0PTEBNTg9eD15ATEwPTE4NAE=",
      expression: "b64dec,fix_tag_value(035)",
      output: "A",
    },
    {
      input: "OD1GSVguNC4yATk9MzEBMzU9QQE0OT1TTkQBNTY9VEdUATM0PTEBNTg9eD15ATEwPTE4NAE=",
      expression: "b64dec,fix_tag_value(49)",
      output: "SND",
    },
    {
      input: "OD1GSVguNC4yATk9MzEBMzU9QQE0OT1TTkQBNTY9VEdUATM0PTEBNTg9eD15ATEwPTE4NAE=",
      expression: "b64dec,fix_tag_value(TargetCompID)",
      output: "TGT",
    },
    {
      input: "OD1GSVguNC4yATk9MzEBMzU9QQE0OT1TTkQBNTY9VEdUATM0PTEBNTg9eD15ATEwPTE4NAE=",
      expression: "b64dec,fix_tag_value(CheckSum)",
      output: "184",
    },
    {
      input: "OD1GSVguNC4yATk9MzEBMzU9QQE0OT1TTkQBNTY9VEdUATM0PTEBNTg9eD15ATEwPTE4NAE=",
      expression: "b64dec,fix_tag_value(58)",
      output: "x=y",
    },
    {
      input: "OD1GSVguNC4yATk9MzEBMzU9QQE0OT1TTkQBNTY9VEdUATM0PTEBNTg9eD15ATEwPTE4NAE=",
      expression: "b64dec,fix_tag_value(99)",
      output: null,
    },
    { input: "OD1B", expression: "b64dec,fix_tag_value(8)", output: null },
    { input: "ATg9QQE=", expression: "b64dec,fix_tag_value(8)", output: null },
    { input: "QT1BATg9QgE=", expression: "b64dec,fix_tag_value(8)", output: null },
    { input: "OT0BOD1CAQ==", expression: "b64dec,fix_tag_value(8)", output: "B" },
  ],
  compile:
    ([tag]) =>
    (sample) => {
      scan.begin(sample.bytes, sample.start, sample.end);
      while (scan.next()) {
        if (scan.tag !== tag) continue;
        sample.setBytes(BINARY, sample.bytes, scan.valueStart, scan.valueEnd);
        return scan.valueEnd > scan.valueStart;
      }
      sample.mayChange = scan.isCut;
      return false;
    },
});
