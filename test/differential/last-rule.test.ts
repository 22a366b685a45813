import { expect, test } from "bun:test";
import { join } from "node:path";
import { eachProgram } from "../support/programs.ts";
import { startRelay } from "../support/relay.ts";
import { okResponse } from "../support/scripted-server.ts";
import { onStage } from "../support/stage.ts";

/** Rules of a frontend, and the lines of it that the log names, counted from the first one. */
const RULES = [
  "http-request set-var(txn.a) str(a)",
  "http-request deny if { path /deny }",
  "http-request return status 200 if { path /return }",
  "http-request allow if { path /allow }",
  "http-request redirect location /other if { path /moved }",
  "http-response deny if { res.hdr(x-refuse) -m found }",
  "http-response allow if { res.hdr(x-allow) -m found }",
  "http-after-response set-header x-after 1",
];

const CASES = [
  { path: "/deny", rule: 1, because: "a rule that denies" },
  { path: "/return", rule: 2, because: "a rule that answers" },
  { path: "/moved", rule: 4, because: "a rule that redirects" },
  { path: "/allow", rule: 3, because: "a rule that ends its rule set" },
  { path: "/plain", rule: undefined, because: "no rule has the last word" },
  { path: "/refuse", fields: ["X-Refuse: 1"], rule: 5, because: "the response is refused" },
  { path: "/let", fields: ["X-Allow: 1"], rule: 6, because: "the response is let through" },
] as const;

eachProgram("the rule that had the last word", (program) => {
  test(
    "is named in the log",
    onStage(program, async (stage) => {
      const { port, server } = await startRelay(stage, {
        frontend: [...RULES, 'log-format "%ci:%cp [%t] %[last_rule_file] %[last_rule_line]"'].join(
          "\n",
        ),
      });
      server.answerAll((head) => {
        const found = CASES.find(({ path }) => head.startsWith(`GET ${path} `));
        return okResponse("", found !== undefined && "fields" in found ? found.fields : []);
      });
      const file = join(stage.directory, "cfg");
      const lines = (await Bun.file(file).text()).split("\n").map((line) => line.trim());
      for (const { path, rule, because } of CASES) {
        const client = await stage.client(port);
        client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
        await client.head();
        client.close();
        const heard = (await stage.rawLogLine()).split("] ")[1];
        const at = rule === undefined ? "- -" : `${file} ${lines.indexOf(RULES[rule]!) + 1}`;
        expect([because, heard]).toEqual([because, at]);
      }
    }),
  );
});
