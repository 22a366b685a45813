import { describe, expect, test } from "bun:test";
import { LogLevel } from "../log/level.ts";
import type { Letter } from "./delivery.ts";
import { alertMessage, EmailAlerts, mailDate } from "./email-alerts.ts";
import type { Mailer } from "./mailer.ts";

const DATE = new Date("2026-11-05T03:28:58Z");

describe("EmailAlerts", () => {
  const alertsFor = (levelMax: LogLevel) => {
    const sent: string[] = [];
    const lost: string[] = [];
    const mailer = (path: string) =>
      ({
        path,
        send(letter: Letter, tellLost: (reason: string) => void) {
          sent.push(`${path} ${letter.from} ${letter.to} ${letter.hostName}`);
          if (path === "m/two") tellLost("it is full");
        },
      }) as unknown as Mailer;
    const settings = { from: "f@x", to: "t@x", hostName: "me", levelMax };
    const mailers = [mailer("m/one"), mailer("m/two")];
    const alerts = new EmailAlerts({ ...settings, mailers }, (text) => lost.push(text));
    return { alerts, sent, lost };
  };

  test("sends each alert to all mailers, and tells which did not get it", () => {
    const { alerts, sent, lost } = alertsFor(LogLevel.NOTICE);
    alerts.send(LogLevel.NOTICE, "Server a/b is UP.", DATE);
    expect(sent).toEqual(["m/one f@x t@x me", "m/two f@x t@x me"]);
    expect(lost).toEqual(["Email alert to t@x is lost: mailer m/two: it is full."]);
  });

  test.each([
    { levelMax: LogLevel.EMERGENCY, level: LogLevel.ALERT, count: 0 },
    { levelMax: LogLevel.ALERT, level: LogLevel.ALERT, count: 2 },
    { levelMax: LogLevel.ALERT, level: LogLevel.NOTICE, count: 0 },
    { levelMax: LogLevel.INFO, level: LogLevel.INFO, count: 2 },
    { levelMax: LogLevel.DEBUG, level: LogLevel.ALERT, count: 2 },
  ])("of level $level, up to $levelMax: $count letters", ({ levelMax, level, count }) => {
    const { alerts, sent } = alertsFor(levelMax);
    alerts.send(level, "x", DATE);
    expect(sent).toHaveLength(count);
  });
});

test("alertMessage() says it in the subject and in the content, without a period or line breaks", () => {
  const [head, body, end] = alertMessage("f@x", "t@x", "Server a\r\nBcc: z is DOWN.", DATE).split(
    "\r\n\r\n",
  );
  const fields = head!.split("\r\n");
  expect(fields.map((line) => line.split(":")[0]!)).toEqual(["From", "To", "Date", "Subject"]);
  expect(fields[3]).toBe("Subject: [HAProxy Alert] Server a Bcc: z is DOWN");
  expect([body, end]).toEqual(["Server a Bcc: z is DOWN", ""]);
});

test("mailDate() is that of RFC 5322, with the zone's name", () => {
  expect(mailDate(DATE)).toMatch(/^(Wed|Thu), 0[45] Nov 2026 \d\d:\d\d:58 [+-]\d{4} \([^()]+\)$/);
});
