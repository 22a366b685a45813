import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { exampleText, GUIDE_FOLDER, onGuideStage } from "../support/guide.ts";

const NAMES = readdirSync(GUIDE_FOLDER).filter((name) => name.endsWith(".cfg"));

/** What the reference spells otherwise today, and the words that a warning must have. */
const LEGACY: readonly [RegExp, string][] = [
  [/^ +listen (\S+ )?\S+:\d+/m, "Use 'bind "],
  [/^ +redispatch/m, "Use 'option redispatch'"],
  [/^ +contimeout/m, "Use 'timeout connect'"],
  [/^ +clitimeout/m, "Use 'timeout client'"],
  [/^ +srvtimeout/m, "Use 'timeout server'"],
  [/^ +grace/m, "Use 'grace <time>' in the global section"],
  [/^ +monitor-net/m, "'tcp-request connection reject"],
];

test(
  "every file is accepted, and each old spelling in it warns with today's",
  onGuideStage(async (stage) => {
    const outcomes = await Promise.all(
      NAMES.map(async (name) => {
        const outcome = await stage.run(["-c", "-f", join(GUIDE_FOLDER, name)]);
        return { name, ...outcome };
      }),
    );
    for (const { name, status, stderr } of outcomes) {
      expect([name, status]).toEqual([name, 0]);
      const text = readFileSync(join(GUIDE_FOLDER, name), "utf8");
      for (const [spelling, today] of LEGACY) {
        expect([name, today, stderr.includes(today)]).toEqual([name, today, spelling.test(text)]);
      }
    }
  }),
  30_000,
);

test.each([
  {
    name: "1-cookie-insertion.cfg",
    from: "balance roundrobin",
    to: "balance roundrobbin",
    line: 4,
  },
  { name: "1-cookie-insertion.cfg", from: "insert indirect", to: "insert indirct", line: 5 },
  { name: "2-cookie-prefix.cfg", from: "weight 26", to: "weight 257", line: 11 },
  { name: "3-ssl-hello.cfg", from: "ssl-hello-chk", to: "ssl-helo-chk", line: 6 },
  { name: "4-behind-stunnel.cfg", from: "except 127.1.4.1", to: "except 127.1.4.x", line: 5 },
  { name: "5-soft-stop-file.cfg", from: "contimeout 5000", to: "contimeout soon", line: 13 },
  { name: "6-soft-stop-backup.cfg", from: "port 8081 inter", to: "port 88081 inter", line: 9 },
  {
    name: "6-check-port.cfg",
    from: "dispatch 127.1.6.11:8080",
    to: "dispatch 127.1.6.11",
    line: 8,
  },
  { name: "8-s1l1.cfg", from: "grace 20000", to: "grace never", line: 3 },
  { name: "9-source-balancing.cfg", from: "source 127.2.9.1", to: "source", line: 5 },
])("$name with '$to' is refused, with line $line", ({ name, from, to, line }) =>
  onGuideStage(async (stage) => {
    const whole = exampleText(name, { port: 8080, haste: 1 });
    const path = stage.file("wrong", whole.replace(from, to));
    const { status, stderr } = await stage.run(["-c", "-f", path]);
    expect(status).toBe(1);
    expect(stderr).toContain(`[ALERT]`);
    expect(stderr).toContain(`wrong:${line}]`);
  })(),
);
